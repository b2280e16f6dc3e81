import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Attempts at an upload are counted before they begin, so that a file that takes the process with it
 * is not tried for ever; who is at one says so for some seconds at a time, so that one that was cut
 * off is known from one that goes on.
 */
export class CountAttempts1790002700000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE import_job
        ADD COLUMN attempt_count integer     NOT NULL DEFAULT 0,
        ADD COLUMN worked_until  timestamptz,
        ADD COLUMN is_clean_only boolean     NOT NULL DEFAULT false,
        ADD CONSTRAINT import_job_counts_attempts CHECK (attempt_count >= 0);
      CREATE INDEX import_job_by_actor ON import_job (ledger_id, actor, state);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX import_job_by_actor;
      ALTER TABLE import_job
        DROP COLUMN attempt_count, DROP COLUMN worked_until, DROP COLUMN is_clean_only;
    `);
  }
}
