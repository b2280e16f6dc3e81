import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An estimate may spread the energy that a neighbour holds for a gap over both (METHOD 2.5).
 *
 * What must survive a bug in our code: an estimate is made in a way that is known.
 */
export class KnowCatchUps1790003510000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE reading_estimate
        DROP CONSTRAINT reading_estimate_method_is_known,
        ADD CONSTRAINT reading_estimate_method_is_known CHECK (
          method IN ('check-meter', 'register-shape', 'catch-up', 'linear', 'like-days'));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE reading_estimate
        DROP CONSTRAINT reading_estimate_method_is_known,
        ADD CONSTRAINT reading_estimate_method_is_known CHECK (
          method IN ('check-meter', 'register-shape', 'linear', 'like-days'));
    `);
  }
}
