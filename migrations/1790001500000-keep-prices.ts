import type { MigrationInterface, QueryRunner } from 'typeorm';

const TARIFFS_AND_INDICES = `
  CREATE TABLE tariff (
    ledger_id    uuid        NOT NULL,
    code         text        NOT NULL,
    version      integer     NOT NULL,
    mad_per_kwh  numeric     NOT NULL,
    valid_from   date        NOT NULL,
    valid_to     date,
    source       text        NOT NULL,
    confidence   text        NOT NULL,
    event_id     uuid        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT tariff_version_is_written_once PRIMARY KEY (ledger_id, code, version),
    CONSTRAINT tariff_is_a_record FOREIGN KEY (ledger_id, code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT tariff_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT tariff_versions_start_at_one CHECK (version >= 1),
    CONSTRAINT tariff_is_not_negative CHECK (mad_per_kwh >= 0),
    CONSTRAINT tariff_ends_after_it_starts CHECK (valid_to IS NULL OR valid_to > valid_from),
    CONSTRAINT tariff_confidence_is_marked CHECK (confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+'))
  );
  CALL protect_table('tariff', append_only => true);
  CREATE TABLE price_index (
    ledger_id    uuid        NOT NULL,
    code         text        NOT NULL,
    version      integer     NOT NULL,
    name         text        NOT NULL,
    "values"      jsonb       NOT NULL,
    source       text        NOT NULL,
    confidence   text        NOT NULL,
    event_id     uuid        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT price_index_version_is_written_once PRIMARY KEY (ledger_id, code, version),
    CONSTRAINT price_index_is_a_record FOREIGN KEY (ledger_id, code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT price_index_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT price_index_versions_start_at_one CHECK (version >= 1),
    CONSTRAINT price_index_confidence_is_marked CHECK (confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+'))
  );
  CALL protect_table('price_index', append_only => true);
`;

const RATES_AND_GRIDS = `
  CREATE TABLE fx_series (
    ledger_id    uuid        NOT NULL,
    code         text        NOT NULL,
    version      integer     NOT NULL,
    rates        jsonb       NOT NULL,
    source       text        NOT NULL,
    confidence   text        NOT NULL,
    event_id     uuid        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT fx_series_version_is_written_once PRIMARY KEY (ledger_id, code, version),
    CONSTRAINT fx_series_is_a_record FOREIGN KEY (ledger_id, code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT fx_series_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fx_series_versions_start_at_one CHECK (version >= 1),
    CONSTRAINT fx_series_confidence_is_marked CHECK (confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+'))
  );
  CALL protect_table('fx_series', append_only => true);
  CREATE TABLE tariff_grid (
    ledger_id    uuid        NOT NULL,
    code         text        NOT NULL,
    version      integer     NOT NULL,
    name         text        NOT NULL,
    valid_from   date        NOT NULL,
    valid_to     date,
    seasons      jsonb       NOT NULL,
    source       text        NOT NULL,
    confidence   text        NOT NULL,
    event_id     uuid        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT tariff_grid_version_is_written_once PRIMARY KEY (ledger_id, code, version),
    CONSTRAINT tariff_grid_is_a_record FOREIGN KEY (ledger_id, code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT tariff_grid_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT tariff_grid_versions_start_at_one CHECK (version >= 1),
    CONSTRAINT tariff_grid_ends_after_it_starts CHECK (valid_to IS NULL OR valid_to > valid_from),
    CONSTRAINT tariff_grid_confidence_is_marked CHECK (confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+'))
  );
  CALL protect_table('tariff_grid', append_only => true);
`;

/** Tariffs, indices and rates of exchange as dated figures; contracts with elections. */
export class KeepPrices1790001500000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(TARIFFS_AND_INDICES);
    await db.query(RATES_AND_GRIDS);
    await db.query(`
      ALTER TABLE contract
        ADD COLUMN elections jsonb,
        DROP CONSTRAINT contract_form_is_built,
        ADD CONSTRAINT contract_form_is_built CHECK (
          elections IS NOT NULL OR delivery_form = 'PHYSICAL' AND volume_product = 'PAY_AS_PRODUCED'
        );
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE contract
        DROP CONSTRAINT contract_form_is_built,
        DROP COLUMN elections,
        ADD CONSTRAINT contract_form_is_built CHECK (
          delivery_form = 'PHYSICAL' AND volume_product = 'PAY_AS_PRODUCED'
        );
      DROP TABLE tariff, price_index, fx_series, tariff_grid;
    `);
  }
}
