import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Time-stamps of somebody else on checkpoints (LEDGER 17): tokens of RFC 3161 as they came.
 *
 * What must survive a bug in our code: a token stands beside the checkpoint that it stamps, once, and stays.
 */
export class StampCheckpoints1790003700000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE checkpoint_stamp (
        ledger_id   uuid         NOT NULL,
        size        bigint       NOT NULL,
        kid         text         NOT NULL,
        token       bytea        NOT NULL,
        stamped_at  timestamptz  NOT NULL,
        CONSTRAINT checkpoint_is_stamped_once PRIMARY KEY (ledger_id, size, kid),
        CONSTRAINT stamp_is_of_a_checkpoint FOREIGN KEY (ledger_id, size, kid)
          REFERENCES checkpoint (ledger_id, size, kid),
        CONSTRAINT stamp_has_a_token CHECK (octet_length(token) > 0)
      );
      CALL protect_table('checkpoint_stamp', append_only => true);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE checkpoint_stamp;');
  }
}
