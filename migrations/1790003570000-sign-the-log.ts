import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * States of the log are signed (LEDGER 5, 13). Which keys signed when follows from their events.
 *
 * What must survive a bug in our code: a checkpoint is written once for a size and a key, and stays.
 */
export class SignTheLog1790003570000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE checkpoint (
        ledger_id  uuid         NOT NULL,
        size       bigint       NOT NULL,
        kid        text         NOT NULL,
        root       bytea        NOT NULL,
        note       text         NOT NULL,
        signed_at  timestamptz  NOT NULL,
        CONSTRAINT checkpoint_is_signed_once PRIMARY KEY (ledger_id, size, kid),
        CONSTRAINT checkpoint_is_of_a_ledger FOREIGN KEY (ledger_id) REFERENCES ledger (ledger_id),
        CONSTRAINT checkpoint_is_of_a_log_with_events CHECK (size > 0),
        CONSTRAINT checkpoint_root_has_32_bytes CHECK (octet_length(root) = 32)
      );
      CALL protect_table('checkpoint', append_only => true);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE checkpoint;');
  }
}
