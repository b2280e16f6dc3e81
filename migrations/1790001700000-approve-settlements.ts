import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Approvals of settlement runs: one for each, for good. */
export class ApproveSettlements1790001700000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE settlement_approval (
        ledger_id    uuid        NOT NULL,
        run_id       uuid        NOT NULL,
        event_id     uuid        NOT NULL,
        recorded_at  timestamptz NOT NULL,
        CONSTRAINT settlement_run_is_approved_once PRIMARY KEY (ledger_id, run_id),
        CONSTRAINT settlement_approval_is_of_a_run FOREIGN KEY (ledger_id, run_id)
          REFERENCES settlement_run (ledger_id, run_id),
        CONSTRAINT settlement_approval_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED
      );
      CALL protect_table('settlement_approval', append_only => true);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE settlement_approval');
  }
}
