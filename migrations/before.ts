/**
 * What is done before any migration runs, to ledgers that ran a migration whose text was changed
 * afterwards, and that a later migration could therefore not carry forward (decision 0030). Each step
 * holds for one state that a committed build left behind, does what that build's successor would have
 * done, and finds nothing to do anywhere else. Like a migration, a step is never edited.
 */
export interface Step {
  readonly reason: string;
  /** A query that gives one row, `applies`; the table `migration` is there when it is asked. */
  readonly when: string;
  readonly sql: string;
}

/** Migrations that an earlier build ran, and that this one carries on under another name. */
export const FORMER_NAMES: readonly string[] = ['GuaranteeCoverage1790001000000'];

const RAN = (name: string): string => `EXISTS (SELECT FROM migration WHERE name = '${name}')`;
const KNOWS_ISSUERS = RAN('KnowIssuers1790001000000');

/** In this order: what a later step looks for, an earlier one may have made. */
export const STEPS: readonly Step[] = [
  {
    reason: 'contracts guaranteed coverage in a migration of their own, before issuers were known',
    when: `SELECT ${RAN(FORMER_NAMES[0]!)} AND NOT ${KNOWS_ISSUERS} AS applies`,
    sql: `
      CREATE TABLE issuer (
        ledger_id               uuid        NOT NULL,
        code                    text        NOT NULL,
        version                 integer     NOT NULL,
        name                    text        NOT NULL,
        metadata                jsonb       NOT NULL,
        registry_configuration  smallint    NOT NULL,
        expiry_years            smallint    NOT NULL,
        is_unsigned_allowed     boolean     NOT NULL,
        keys                    jsonb       NOT NULL,
        event_id                uuid        NOT NULL,
        recorded_at             timestamptz NOT NULL,
        CONSTRAINT issuer_version_is_written_once PRIMARY KEY (ledger_id, code, version),
        CONSTRAINT issuer_is_a_record FOREIGN KEY (ledger_id, code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT issuer_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT issuer_versions_start_at_one CHECK (version >= 1),
        CONSTRAINT issuer_configuration_is_known CHECK (registry_configuration IN (1, 2, 3)),
        CONSTRAINT issuer_certificates_expire CHECK (expiry_years BETWEEN 1 AND 30)
      );
      CALL protect_table('issuer', append_only => true);
      ALTER TABLE certificate ADD COLUMN signed_by text,
        ADD COLUMN flags text[] NOT NULL DEFAULT '{}';
      ALTER TABLE certificate ALTER COLUMN flags DROP DEFAULT;
      ALTER TABLE plant ADD COLUMN latitude_deg numeric, ADD COLUMN longitude_deg numeric,
        ADD CONSTRAINT plant_stands_on_earth CHECK (
          latitude_deg BETWEEN -90 AND 90 AND longitude_deg BETWEEN -180 AND 180),
        ADD CONSTRAINT plant_place_has_two_coordinates CHECK (
          (latitude_deg IS NULL) = (longitude_deg IS NULL));
      UPDATE migration SET name = 'KnowIssuers1790001000000'
        WHERE name = 'GuaranteeCoverage1790001000000'`,
  },
  {
    reason: 'issuers were known before tenants were',
    when: `SELECT ${KNOWS_ISSUERS} AND to_regclass('mizan.tenant') IS NULL AS applies`,
    sql: `
      CREATE TABLE tenant (
        ledger_id    uuid        NOT NULL,
        code         text        NOT NULL,
        version      integer     NOT NULL,
        name         text        NOT NULL,
        site_code    text        NOT NULL,
        meter_codes  text[]      NOT NULL,
        event_id     uuid        NOT NULL,
        recorded_at  timestamptz NOT NULL,
        CONSTRAINT tenant_version_is_written_once PRIMARY KEY (ledger_id, code, version),
        CONSTRAINT tenant_is_a_record FOREIGN KEY (ledger_id, code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT tenant_is_at_a_site FOREIGN KEY (ledger_id, site_code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT tenant_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT tenant_versions_start_at_one CHECK (version >= 1)
      );
      CALL protect_table('tenant', append_only => true)`,
  },
  {
    reason: 'tenants were known before certificates could be issued again',
    when: `SELECT ${KNOWS_ISSUERS} AND to_regclass('mizan.live_certificate') IS NULL AS applies`,
    sql: `
      ALTER TABLE certificate DROP CONSTRAINT one_live_certificate_per_plant_and_instant;
      CREATE TABLE live_certificate (
        ledger_id       uuid        NOT NULL,
        certificate_id  uuid        NOT NULL,
        plant_code      text        NOT NULL,
        starts_at       timestamptz NOT NULL,
        ends_at         timestamptz NOT NULL,
        CONSTRAINT certificate_lives_once PRIMARY KEY (ledger_id, certificate_id),
        CONSTRAINT live_certificate_is_a_certificate FOREIGN KEY (ledger_id, certificate_id)
          REFERENCES certificate (ledger_id, certificate_id),
        CONSTRAINT one_live_certificate_per_plant_and_instant EXCLUDE USING gist (
          ledger_id WITH =, plant_code WITH =, tstzrange(starts_at, ends_at) WITH &&)
      );
      ALTER TABLE certificate NO FORCE ROW LEVEL SECURITY;
      INSERT INTO live_certificate
        SELECT ledger_id, certificate_id, plant_code, starts_at, ends_at FROM certificate
        WHERE status <> 'Withdrawn';
      ALTER TABLE certificate FORCE ROW LEVEL SECURITY;
      CALL protect_table('live_certificate', append_only => false);
      GRANT DELETE ON live_certificate TO mizan_app`,
  },
];
