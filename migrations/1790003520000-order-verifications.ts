import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which verification was the last is said by a count, not by a clock: of one that was ahead, a
 * verification that found nothing would hide what later ones find until that day had come.
 *
 * What must survive a bug in our code: what was found has its place among the others.
 */
export class OrderVerifications1790003520000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX verification_job_by_end;
      ALTER TABLE verification_job ADD COLUMN place bigint;
      ALTER TABLE verification_job NO FORCE ROW LEVEL SECURITY;
      UPDATE verification_job j SET place = o.place FROM (
        SELECT ledger_id, job_id, row_number() OVER (
          PARTITION BY ledger_id ORDER BY verified_at, is_clean DESC, job_id) AS place
        FROM verification_job WHERE state = 'done') o
      WHERE j.ledger_id = o.ledger_id AND j.job_id = o.job_id;
      ALTER TABLE verification_job FORCE ROW LEVEL SECURITY;
      ALTER TABLE verification_job ADD CONSTRAINT done_verification_has_a_place
        CHECK ((state = 'done') = (place IS NOT NULL));
      CREATE INDEX verification_job_by_place ON verification_job (ledger_id, place);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE verification_job DROP COLUMN place;
      CREATE INDEX verification_job_by_end ON verification_job (ledger_id, verified_at);
    `);
  }
}
