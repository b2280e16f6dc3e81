import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Settlement runs of contracts, as the bytes that were recorded. */
export class SettleContracts1790001600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE settlement_run (
        ledger_id         uuid        NOT NULL,
        run_id            uuid        NOT NULL,
        contract_code     text        NOT NULL,
        contract_version  integer     NOT NULL,
        run               text        NOT NULL,
        period            text        NOT NULL,
        version           integer     NOT NULL,
        corrects          uuid,
        document          bytea       NOT NULL,
        sha256            bytea       NOT NULL,
        event_id          uuid        NOT NULL,
        recorded_at       timestamptz NOT NULL,
        CONSTRAINT settlement_run_is_settled_once PRIMARY KEY (ledger_id, run_id),
        CONSTRAINT settlement_version_is_used_once
          UNIQUE (ledger_id, contract_code, period, version),
        CONSTRAINT settlement_run_is_of_a_contract
          FOREIGN KEY (ledger_id, contract_code, contract_version)
          REFERENCES contract (ledger_id, code, version),
        CONSTRAINT settlement_run_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT settlement_run_kind_is_known
          CHECK (run IN ('PROVISIONAL', 'FINAL', 'TRUE_UP', 'RECONCILIATION')),
        CONSTRAINT settlement_period_is_a_month_or_a_year CHECK (
          period ~ CASE run WHEN 'RECONCILIATION' THEN '^Y-?[0-9]+$' ELSE '^[0-9]{4}-[0-9]{2}$' END
        ),
        CONSTRAINT settlement_run_hash_is_of_its_bytes CHECK (sha256 = sha256(document)),
        CONSTRAINT later_settlements_name_the_earlier CHECK ((version = 1) = (corrects IS NULL))
      );
      CALL protect_table('settlement_run', append_only => true);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE settlement_run');
  }
}
