import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Carbon statements of quarters, years and reporting years, and of all sites of an organisation.
 *
 * What must survive a bug in our code: an issued statement never changes; its hash is that of its bytes; it is of one
 * site or of all of an organisation; versions are numbered once each.
 */
export class StatePeriods1790003800000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE period_statement (
        ledger_id     uuid        NOT NULL,
        statement_id  uuid        NOT NULL,
        site_code     text,
        entity_code   text,
        period        text        NOT NULL,
        version       integer     NOT NULL,
        supersedes    uuid,
        document      bytea       NOT NULL,
        sha256        bytea       NOT NULL,
        event_id      uuid        NOT NULL,
        recorded_at   timestamptz NOT NULL,
        CONSTRAINT period_statement_is_issued_once PRIMARY KEY (ledger_id, statement_id),
        CONSTRAINT period_statement_version_is_used_once UNIQUE NULLS NOT DISTINCT
          (ledger_id, site_code, entity_code, period, version),
        CONSTRAINT period_statement_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT period_statement_is_for_a_site FOREIGN KEY (ledger_id, site_code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT period_statement_is_for_an_organisation FOREIGN KEY (ledger_id, entity_code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT period_statement_is_of_a_site_or_of_all
          CHECK ((site_code IS NULL) <> (entity_code IS NULL)),
        CONSTRAINT period_statement_names_a_period
          CHECK (period ~ '^([0-9]{4}(-(0[1-9]|1[0-2])|-Q[1-4])?|FY[0-9]{4})$'),
        CONSTRAINT period_statement_hash_is_of_its_bytes CHECK (sha256 = sha256(document)),
        CONSTRAINT later_period_statements_name_the_earlier
          CHECK ((version = 1) = (supersedes IS NULL))
      );
      CALL protect_table('period_statement', append_only => true);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE period_statement');
  }
}
