import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The coverage that a contract guarantees, as a term of its version; none in versions of before. */
export class GuaranteeCoverage1790001000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE contract ADD COLUMN coverage_guarantee jsonb');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE contract DROP COLUMN coverage_guarantee');
  }
}
