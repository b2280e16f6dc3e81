import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Statements of one tenant's part of a month, beside those of the site. */
export class StateTenants1790001400000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE statement ADD COLUMN tenant_code text,
        DROP CONSTRAINT statement_kind_is_known,
        ADD CONSTRAINT statement_kind_is_known CHECK (kind IN ('carbon', 'billing', 'tenant')),
        DROP CONSTRAINT statement_version_is_used_once,
        ADD CONSTRAINT statement_version_is_used_once UNIQUE NULLS NOT DISTINCT
          (ledger_id, kind, site_code, month, tenant_code, version),
        ADD CONSTRAINT statement_of_a_tenant_names_it
          CHECK ((kind = 'tenant') = (tenant_code IS NOT NULL)),
        ADD CONSTRAINT statement_is_for_a_tenant FOREIGN KEY (ledger_id, tenant_code)
          REFERENCES record (ledger_id, code);
    `);
  }

  /** The kinds stay: a tenant's statement may have been issued, and what was issued stays. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE statement DROP CONSTRAINT statement_version_is_used_once,
        ADD CONSTRAINT statement_version_is_used_once UNIQUE
          (ledger_id, kind, site_code, month, version),
        DROP COLUMN tenant_code;
    `);
  }
}
