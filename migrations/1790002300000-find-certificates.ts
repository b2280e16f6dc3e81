import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Certificates are found by what is asked of them: the months of a plant, and its last serial. Both
 * read the whole table before, so that a month took longer with every year in the ledger.
 */
export class FindCertificates1790002300000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX certificate_by_start ON certificate (ledger_id, plant_code, starts_at);
      CREATE INDEX certificate_by_serial ON certificate (ledger_id, plant_code, range_start);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX certificate_by_start, certificate_by_serial');
  }
}
