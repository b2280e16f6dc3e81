import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Emission factors of every kind of METHOD 6.2, with the gases they count and the potentials these are added
 * by; monthly ones, whose steps say when each begins; and hourly ones with hours that the publisher has no
 * value for. Versions from before stay as they are: they have no months, and nothing of the rest.
 *
 * What must survive a bug in our code: a value for each step, none below zero, none missing but in an hourly
 * series; a supplier's rate, and only that, names its supplier.
 */
export class DateFactorSeries1790003600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE emission_factor
        ADD COLUMN gases         text,
        ADD COLUMN gwp_set       text,
        ADD COLUMN is_estimated  boolean NOT NULL DEFAULT false,
        ADD COLUMN supplier_code text,
        ADD COLUMN file_sha256   text,
        ADD COLUMN step_starts   text[] NOT NULL DEFAULT '{}',
        DROP CONSTRAINT emission_factor_kind_is_known,
        DROP CONSTRAINT emission_factor_has_a_value_per_step,
        DROP CONSTRAINT emission_factor_is_not_negative,
        ADD CONSTRAINT emission_factor_kind_is_known CHECK (kind IN ('grid_average', 'residual_mix', 'supplier', 'instrument', 'fossil', 'marginal', 'operating_margin', 'build_margin', 'grid_losses', 'upstream', 'biogenic')),
        ADD CONSTRAINT emission_factor_has_a_value_per_step CHECK ((
          CASE resolution
            WHEN 'annual' THEN cardinality(mg_per_kwh) = 1 AND cardinality(step_starts) = 0
            WHEN 'monthly' THEN cardinality(mg_per_kwh) = cardinality(step_starts)
            WHEN 'hourly' THEN cardinality(mg_per_kwh) * interval '1 hour' = valid_to - valid_from
              AND cardinality(step_starts) = 0
          END AND cardinality(cfe_ppm) = cardinality(mg_per_kwh)) IS TRUE),
        ADD CONSTRAINT emission_factor_is_not_negative CHECK (
          (0 <= ALL (mg_per_kwh)) IS NOT FALSE
          AND (resolution = 'hourly' OR array_position(mg_per_kwh, NULL) IS NULL)),
        ADD CONSTRAINT supplier_factor_names_its_supplier
          CHECK ((kind = 'supplier') = (supplier_code IS NOT NULL)),
        ADD CONSTRAINT supplier_factor_names_an_organisation
          FOREIGN KEY (ledger_id, supplier_code) REFERENCES record (ledger_id, code);
      ALTER TABLE emission_factor
        ALTER COLUMN is_estimated DROP DEFAULT,
        ALTER COLUMN step_starts DROP DEFAULT;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE emission_factor
        DROP CONSTRAINT supplier_factor_names_an_organisation,
        DROP CONSTRAINT supplier_factor_names_its_supplier,
        DROP CONSTRAINT emission_factor_is_not_negative,
        DROP CONSTRAINT emission_factor_has_a_value_per_step,
        DROP CONSTRAINT emission_factor_kind_is_known,
        DROP COLUMN step_starts, DROP COLUMN file_sha256, DROP COLUMN supplier_code,
        DROP COLUMN is_estimated, DROP COLUMN gwp_set, DROP COLUMN gases,
        ADD CONSTRAINT emission_factor_kind_is_known
          CHECK (kind IN ('grid_average', 'residual_mix', 'fossil')),
        ADD CONSTRAINT emission_factor_has_a_value_per_step CHECK ((
          CASE resolution
            WHEN 'annual' THEN cardinality(mg_per_kwh) = 1
            WHEN 'hourly' THEN cardinality(mg_per_kwh) * interval '1 hour' = valid_to - valid_from
          END AND cardinality(cfe_ppm) = cardinality(mg_per_kwh)) IS TRUE),
        ADD CONSTRAINT emission_factor_is_not_negative
          CHECK (array_position(mg_per_kwh, NULL) IS NULL AND 0 <= ALL (mg_per_kwh));
    `);
  }
}
