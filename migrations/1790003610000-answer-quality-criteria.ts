import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a carbon statement asks of contracts and of organisations: the clause and the attestation that give all
 * attributes to the buyer alone, and how an entity reports. Versions from before say neither, and keep their bytes.
 */
export class AnswerQualityCriteria1790003610000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE contract ADD COLUMN sole_claim jsonb;
      ALTER TABLE organisation ADD COLUMN carbon_reporting jsonb;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE organisation DROP COLUMN carbon_reporting;
      ALTER TABLE contract DROP COLUMN sole_claim;
    `);
  }
}
