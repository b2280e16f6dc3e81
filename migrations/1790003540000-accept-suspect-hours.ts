import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A matching run may take SUSPECT meter-hours as measured, and then says which, and why (METHOD 2.5).
 *
 * What must survive a bug in our code: what is accepted is a list that names something.
 */
export class AcceptSuspectHours1790003540000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE matching_run
        ADD COLUMN accepted_suspect jsonb,
        ADD CONSTRAINT matching_run_accepts_something CHECK (
          jsonb_typeof(accepted_suspect) = 'array' AND accepted_suspect <> '[]');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE matching_run DROP COLUMN accepted_suspect');
  }
}
