import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Brings ledgers that ran a migration in an earlier form to what its present form makes (decision
 * 0030): the kinds of files that may come, and room for what is issued again in place of certificates
 * that were withdrawn whole before live ones were kept apart. Finds nothing to do in any other ledger.
 */
export class MendEditedMigrations1790002500000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'import_file_kind_is_known'
            AND conrelid = 'import_file'::regclass
            AND pg_get_constraintdef(oid) LIKE '%bundles%') THEN
          ALTER TABLE import_file DROP CONSTRAINT import_file_kind_is_known,
            ADD CONSTRAINT import_file_kind_is_known
              CHECK (kind IN ('intervals', 'certificates', 'storage-records', 'mwh-cancellations',
                'bundles'));
        END IF;
      END $$
    `);
    await db.query(`
      ALTER TABLE live_certificate NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE certificate_bundle NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE bundle_change NO FORCE ROW LEVEL SECURITY;
      DELETE FROM live_certificate l USING (
        SELECT ledger_id, certificate_id
        FROM (
          SELECT DISTINCT ON (b.ledger_id, b.bundle_id) b.ledger_id, b.certificate_id, h.status
          FROM certificate_bundle b JOIN bundle_change h USING (ledger_id, bundle_id)
          ORDER BY b.ledger_id, b.bundle_id, h.version DESC) now
        GROUP BY 1, 2 HAVING bool_and(status IN ('Withdrawn', 'Bundle Split'))) gone
      WHERE l.ledger_id = gone.ledger_id AND l.certificate_id = gone.certificate_id;
      ALTER TABLE live_certificate FORCE ROW LEVEL SECURITY;
      ALTER TABLE certificate_bundle FORCE ROW LEVEL SECURITY;
      ALTER TABLE bundle_change FORCE ROW LEVEL SECURITY;
    `);
  }

  /** What was mended is what the migrations before make: there is nothing to go back to. */
  async down(): Promise<void> {}
}
