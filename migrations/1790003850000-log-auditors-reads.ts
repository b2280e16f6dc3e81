import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What auditors read (LEDGER 15: access is time-boxed, and seen by both sides): route, ids, instant and key, never
 * what was answered.
 *
 * What must survive a bug in our code: what was read is not edited afterwards, and each read stands there once.
 */
export class LogAuditorsReads1790003850000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE auditor_read (
        ledger_id     uuid         NOT NULL,
        read_id       uuid         NOT NULL,
        key_id        text         NOT NULL,
        principal_id  text         NOT NULL,
        read_at       timestamptz  NOT NULL,
        route         text         NOT NULL,
        path          text         NOT NULL,
        query         text,
        status        integer,
        CONSTRAINT auditor_read_is_kept_once PRIMARY KEY (ledger_id, read_id),
        CONSTRAINT auditor_read_names_a_route CHECK (route <> ''),
        CONSTRAINT auditor_read_is_not_too_long
          CHECK (octet_length(path) <= 8192 AND octet_length(query) <= 8192)
      );
      CREATE INDEX auditor_read_by_reader ON auditor_read (ledger_id, principal_id, read_at, read_id);
      CALL protect_table('auditor_read', append_only => true);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE auditor_read;');
  }
}
