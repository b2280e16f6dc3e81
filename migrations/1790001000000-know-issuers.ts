import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Issuers with the keys that sign their files, marks on what came unsigned or looks wrong, where
 * plants stand, the coverage that a contract guarantees, and the tenants of a site.
 */
export class KnowIssuers1790001000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
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
      ALTER TABLE contract ADD COLUMN coverage_guarantee jsonb;
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
      CALL protect_table('tenant', append_only => true);
    `);
    await db.query(LIVE);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE contract DROP COLUMN coverage_guarantee;
      ALTER TABLE plant DROP COLUMN latitude_deg, DROP COLUMN longitude_deg;
      ALTER TABLE certificate DROP COLUMN signed_by, DROP COLUMN flags;
      DROP TABLE issuer, tenant, live_certificate;
      ALTER TABLE certificate ADD CONSTRAINT one_live_certificate_per_plant_and_instant
        EXCLUDE USING gist (ledger_id WITH =, plant_code WITH =,
          tstzrange(starts_at, ends_at) WITH &&) WHERE (status <> 'Withdrawn');
    `);
  }
}

const LIVE = `
  -- Which interval a device has a certificate for: one that is withdrawn whole makes room for the
  -- one that is issued again.
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
  GRANT DELETE ON live_certificate TO mizan_app;
`;
