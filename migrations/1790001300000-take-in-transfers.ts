import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Certificates that are transferred here from another registry.
 *
 * What must survive a bug in our code: a Wh of another registry is taken in once on this server,
 * whichever ledger takes it.
 */
export class TakeInTransfers1790001300000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE registry (
        ledger_id            uuid        NOT NULL,
        code                 text        NOT NULL,
        version              integer     NOT NULL,
        name                 text        NOT NULL,
        issuer_code          text        NOT NULL,
        is_unsigned_allowed  boolean     NOT NULL,
        keys                 jsonb       NOT NULL,
        devices              jsonb       NOT NULL,
        accounts             jsonb       NOT NULL,
        event_id             uuid        NOT NULL,
        recorded_at          timestamptz NOT NULL,
        CONSTRAINT registry_version_is_written_once PRIMARY KEY (ledger_id, code, version),
        CONSTRAINT registry_is_a_record FOREIGN KEY (ledger_id, code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT registry_holds_certificates_of_an_issuer FOREIGN KEY (ledger_id, issuer_code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT registry_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT registry_versions_start_at_one CHECK (version >= 1)
      );
      CALL protect_table('registry', append_only => true);
      -- Without a ledger, as cancelled_serial is: no volume, no name; nobody reads it.
      CREATE TABLE transferred_serial (
        issuer       text      NOT NULL,
        issuance_id  text      NOT NULL,
        wh_range     int8range NOT NULL,
        CONSTRAINT serial_is_transferred_once_anywhere EXCLUDE USING gist (
          issuer WITH =, issuance_id WITH =, wh_range WITH &&)
      );
      REVOKE ALL ON transferred_serial FROM PUBLIC, mizan_app;
      GRANT INSERT ON transferred_serial TO mizan_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE transferred_serial, registry');
  }
}
