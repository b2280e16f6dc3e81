import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts of the buyer's books, and batches of entries as they were handed over. */
export class ExportJournals1790001900000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE account_map (
        ledger_id         uuid        NOT NULL,
        code              text        NOT NULL,
        version           integer     NOT NULL,
        journal           text        NOT NULL,
        supplier_account  text        NOT NULL,
        accrual_account   text        NOT NULL,
        credit_account    text        NOT NULL,
        vat_account       text        NOT NULL,
        charge_account    text        NOT NULL,
        kinds             jsonb       NOT NULL,
        oracle            jsonb,
        event_id          uuid        NOT NULL,
        recorded_at       timestamptz NOT NULL,
        CONSTRAINT account_map_version_is_written_once PRIMARY KEY (ledger_id, code, version),
        CONSTRAINT account_map_is_a_record FOREIGN KEY (ledger_id, code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT account_map_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT account_map_versions_start_at_one CHECK (version >= 1)
      );
      CALL protect_table('account_map', append_only => true);
      CREATE TABLE journal_batch (
        ledger_id    uuid        NOT NULL,
        batch_id     uuid        NOT NULL,
        sequence     integer     NOT NULL,
        month        text        NOT NULL,
        reverses     uuid,
        debit_mad    numeric     NOT NULL,
        credit_mad   numeric     NOT NULL,
        document     bytea       NOT NULL,
        sha256       bytea       NOT NULL,
        event_id     uuid        NOT NULL,
        recorded_at  timestamptz NOT NULL,
        CONSTRAINT journal_batch_is_exported_once PRIMARY KEY (ledger_id, batch_id),
        CONSTRAINT journal_batch_number_is_used_once UNIQUE (ledger_id, sequence),
        CONSTRAINT journal_batch_is_reversed_once UNIQUE (ledger_id, reverses),
        CONSTRAINT journal_batch_reverses_a_batch FOREIGN KEY (ledger_id, reverses)
          REFERENCES journal_batch (ledger_id, batch_id),
        CONSTRAINT journal_batch_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT journal_batch_numbers_start_at_one CHECK (sequence >= 1),
        CONSTRAINT journal_batch_month_is_civil CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
        CONSTRAINT journal_batch_balances CHECK (debit_mad = credit_mad),
        CONSTRAINT journal_batch_hash_is_of_its_bytes CHECK (sha256 = sha256(document))
      );
      CALL protect_table('journal_batch', append_only => true);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE journal_batch');
    await db.query('DROP TABLE account_map');
  }
}
