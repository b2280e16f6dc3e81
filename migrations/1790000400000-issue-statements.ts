import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Carbon and billing statements, as the exact bytes that were issued.
 *
 * What must survive a bug in our code: an issued statement never changes; its hash is that of its
 * bytes; a month's versions are numbered once each.
 */
export class IssueStatements1790000400000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE statement (
        ledger_id     uuid        NOT NULL,
        statement_id  uuid        NOT NULL,
        kind          text        NOT NULL,
        site_code     text        NOT NULL,
        month         text        NOT NULL,
        version       integer     NOT NULL,
        supersedes    uuid,
        run_id        uuid        NOT NULL,
        document      bytea       NOT NULL,
        sha256        bytea       NOT NULL,
        event_id      uuid        NOT NULL,
        recorded_at   timestamptz NOT NULL,
        CONSTRAINT statement_is_issued_once PRIMARY KEY (ledger_id, statement_id),
        CONSTRAINT statement_version_is_used_once
          UNIQUE (ledger_id, kind, site_code, month, version),
        CONSTRAINT statement_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT statement_is_for_a_site FOREIGN KEY (ledger_id, site_code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT statement_rests_on_a_run FOREIGN KEY (ledger_id, run_id)
          REFERENCES matching_run (ledger_id, run_id),
        CONSTRAINT statement_kind_is_known CHECK (kind IN ('carbon', 'billing')),
        CONSTRAINT statement_hash_is_of_its_bytes CHECK (sha256 = sha256(document)),
        CONSTRAINT later_statements_name_the_earlier CHECK ((version = 1) = (supersedes IS NULL))
      );
      CALL protect_table('statement', append_only => true);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE statement');
  }
}
