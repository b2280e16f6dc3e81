import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Parties, assets, contracts, VAT rates and emission factors, as versions.
 *
 * What must survive a bug in our code: a version is written once and belongs to an event; whatever
 * it refers to exists; prices and rates are not negative; a Scope 2 factor is direct.
 */
export class CreateMasterData1790000100000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const { name, columns, constraints } of TABLES) {
      await db.query(`
        CREATE TABLE ${name} (
          ledger_id    uuid        NOT NULL,
          code         text        NOT NULL,
          version      integer     NOT NULL,
          ${columns.trim().replace(/,?$/, ',')}
          event_id     uuid        NOT NULL,
          recorded_at  timestamptz NOT NULL,
          CONSTRAINT ${name}_version_is_written_once PRIMARY KEY (ledger_id, code, version),
          CONSTRAINT ${name}_is_a_record FOREIGN KEY (ledger_id, code)
            REFERENCES record (ledger_id, code),
          CONSTRAINT ${name}_has_an_event FOREIGN KEY (ledger_id, event_id)
            REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
          CONSTRAINT ${name}_versions_start_at_one CHECK (version >= 1)
          ${constraints.map((constraint) => `, CONSTRAINT ${constraint}`).join('\n')}
        );
        CALL protect_table('${name}', append_only => true);
      `);
    }
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      `DROP TABLE ${TABLES.map(({ name }) => name)
        .toReversed()
        .join(', ')}`,
    );
  }
}

const refersTo = (name: string, column: string): string =>
  `${name} FOREIGN KEY (ledger_id, ${column}) REFERENCES record (ledger_id, code)`;

const TABLES = [
  {
    name: 'organisation',
    columns: `name text NOT NULL, legal_form text, ice text, tax_id text, trade_register text,
              address text, country text NOT NULL`,
    constraints: [
      `organisation_ice_has_15_digits CHECK (ice ~ '^[0-9]{15}$')`,
      `organisation_country_is_iso_3166 CHECK (country ~ '^[A-Z]{2}$')`,
    ],
  },
  {
    name: 'site',
    columns: `name text NOT NULL, organisation_code text NOT NULL, boundary text NOT NULL,
              delivery_point text NOT NULL, contracted_power_w bigint NOT NULL,
              legal_time text NOT NULL`,
    constraints: [
      refersTo('site_belongs_to_an_organisation', 'organisation_code'),
      `site_power_is_positive CHECK (contracted_power_w > 0 AND contracted_power_w <= 9007199254740991)`,
      `site_legal_time_is_known CHECK (legal_time = 'MA')`,
    ],
  },
  {
    name: 'meter',
    columns: `name text NOT NULL, site_code text NOT NULL, interval_minutes smallint NOT NULL,
              rated_power_w bigint NOT NULL`,
    constraints: [
      refersTo('meter_stands_on_a_site', 'site_code'),
      `meter_interval_divides_the_hour CHECK (interval_minutes IN (5, 10, 15, 30, 60))`,
      `meter_power_is_positive CHECK (rated_power_w > 0 AND rated_power_w <= 9007199254740991)`,
    ],
  },
  {
    name: 'plant',
    columns: `name text NOT NULL, organisation_code text NOT NULL, technology text NOT NULL,
              boundary text NOT NULL, capacity_w bigint NOT NULL, commissioned_on date NOT NULL,
              loss_factor numeric NOT NULL, direct_factor_g_per_kwh numeric NOT NULL`,
    constraints: [
      refersTo('plant_belongs_to_an_organisation', 'organisation_code'),
      `plant_technology_is_known CHECK (technology IN
        ('solar_pv', 'wind_turbine', 'hydro', 'battery_storage', 'other_storage', 'chp', 'other'))`,
      `plant_capacity_is_positive CHECK (capacity_w > 0 AND capacity_w <= 9007199254740991)`,
      `plant_loss_factor_is_a_share CHECK (loss_factor >= 0 AND loss_factor < 1 AND scale(loss_factor) <= 6)`,
      `plant_direct_factor_is_not_negative CHECK (direct_factor_g_per_kwh >= 0)`,
    ],
  },
  {
    name: 'contract',
    columns: `name text NOT NULL, seller_code text NOT NULL, buyer_code text NOT NULL,
              site_code text NOT NULL, plant_codes text[] NOT NULL, delivery_form text NOT NULL,
              volume_product text NOT NULL, effective_from date NOT NULL,
              strike_price_mad_per_mwh numeric NOT NULL, vat_code text NOT NULL,
              currency text NOT NULL, clause text`,
    constraints: [
      refersTo('contract_has_a_seller', 'seller_code'),
      refersTo('contract_has_a_buyer', 'buyer_code'),
      refersTo('contract_delivers_to_a_site', 'site_code'),
      `contract_names_its_plants CHECK (cardinality(plant_codes) > 0)`,
      `contract_form_is_built CHECK (delivery_form = 'PHYSICAL' AND volume_product = 'PAY_AS_PRODUCED')`,
      `contract_price_is_not_negative CHECK (strike_price_mad_per_mwh >= 0)`,
      `contract_is_in_dirhams CHECK (currency = 'MAD')`,
    ],
  },
  {
    name: 'vat_rate',
    columns: `rate_pct numeric NOT NULL, valid_from date NOT NULL, valid_to date,
              source text NOT NULL, confidence text NOT NULL`,
    constraints: [
      `vat_rate_is_a_percentage CHECK (rate_pct >= 0 AND rate_pct <= 100)`,
      `vat_rate_ends_after_it_starts CHECK (valid_to IS NULL OR valid_to > valid_from)`,
      `vat_rate_confidence_is_marked CHECK (confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+'))`,
    ],
  },
  {
    name: 'emission_factor',
    columns: `kind text NOT NULL, zone text NOT NULL, basis text NOT NULL, resolution text NOT NULL,
              publisher text NOT NULL, title text NOT NULL, vintage text NOT NULL,
              licence text, valid_from timestamptz NOT NULL, valid_to timestamptz NOT NULL,
              mg_per_kwh integer[] NOT NULL, cfe_ppm integer[] NOT NULL`,
    constraints: [
      `emission_factor_kind_is_known CHECK (kind IN ('grid_average', 'residual_mix', 'fossil'))`,
      `emission_factor_basis_is_known CHECK (basis IN ('direct', 'lifecycle'))`,
      `emission_factor_ends_after_it_starts CHECK (valid_to > valid_from)`,
      `emission_factor_has_a_value_per_step CHECK ((
        CASE resolution
          WHEN 'annual' THEN cardinality(mg_per_kwh) = 1
          WHEN 'hourly' THEN cardinality(mg_per_kwh) * interval '1 hour' = valid_to - valid_from
        END AND cardinality(cfe_ppm) = cardinality(mg_per_kwh)) IS TRUE)`,
      `emission_factor_is_not_negative CHECK (array_position(mg_per_kwh, NULL) IS NULL AND 0 <= ALL (mg_per_kwh))`,
      `emission_factor_share_is_a_share CHECK ((0 <= ALL (cfe_ppm) AND 1000000 >= ALL (cfe_ppm)) IS NOT FALSE)`,
    ],
  },
];
