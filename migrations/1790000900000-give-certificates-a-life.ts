import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPLY as APPLY_BEFORE } from './1790000800000-post-in-blocks.js';
import { APPLY_AFTER } from './1790000900000-give-certificates-a-life.functions.js';

/**
 * Bundles of certificates and what is done with them; pairs of policies that post pairs; contract
 * terms of matching.
 *
 * What must survive a bug in our code: ranges of ids never overlap, on a device or in a split; a
 * bundle goes from status to status by the closed table only, one step at a time; a request's key is
 * used once; a Wh is cancelled once, whichever ledger holds it; what is withdrawn, expired or
 * cancelled is booked, and nothing of it can be matched.
 */
export class GiveCertificatesALife1790000900000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE certificate ADD COLUMN range_start bigint, ADD COLUMN owner_code text,
        ADD COLUMN facts jsonb;
      ALTER TABLE certificate NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE plant NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE certificate DISABLE TRIGGER certificate_is_append_only;
    `);
    await db.query(FACTS);
    await db.query(`
      SET CONSTRAINTS ALL IMMEDIATE;
      ALTER TABLE certificate ENABLE TRIGGER certificate_is_append_only;
      ALTER TABLE certificate FORCE ROW LEVEL SECURITY;
      ALTER TABLE plant FORCE ROW LEVEL SECURITY;
      ALTER TABLE certificate
        ALTER COLUMN range_start SET NOT NULL, ALTER COLUMN owner_code SET NOT NULL,
        ALTER COLUMN facts SET NOT NULL,
        ADD CONSTRAINT certificate_range_starts_at_zero CHECK (range_start >= 0),
        ADD CONSTRAINT serials_never_overlap EXCLUDE USING gist (ledger_id WITH =,
          plant_code WITH =, int8range(range_start, range_start + wh) WITH &&);
    `);
    await db.query(TABLES);
    await db.query(`
      CALL protect_table('certificate_bundle', append_only => true);
      CALL protect_table('bundle_change', append_only => true);
      CALL protect_table('certificate_action', append_only => true);
      CALL protect_table('transfer_consent', append_only => true);
      CALL protect_table('match_pairs', append_only => true);
      REVOKE ALL ON cancelled_serial FROM PUBLIC, mizan_app;
      GRANT INSERT ON cancelled_serial TO mizan_app;
      ALTER TABLE contract ADD COLUMN matching jsonb;
      ALTER TABLE matching_run ADD COLUMN maximum_wh bigint, ADD COLUMN code_version text;
      ALTER TABLE supply_balance ADD COLUMN cancelled bigint NOT NULL DEFAULT 0,
        DROP CONSTRAINT supply_is_conserved, DROP CONSTRAINT no_supply_balance_is_negative,
        ADD CONSTRAINT supply_is_conserved CHECK (issued = available + matched + surplus + expired
          + withdrawn + cancelled + cancelled_for_storage),
        ADD CONSTRAINT no_supply_balance_is_negative CHECK (0 <= ALL (ARRAY[issued, available,
          matched, surplus, expired, withdrawn, cancelled, cancelled_for_storage]));
      ALTER TABLE posting DROP CONSTRAINT posting_is_a_legal_move,
        ADD CONSTRAINT posting_is_a_legal_move CHECK ((move, book, debit, credit) IN (
          ('issue',              'supply', 'available',             'issued'),
          ('match_supply',       'supply', 'matched',               'available'),
          ('unmatch_supply',     'supply', 'available',             'matched'),
          ('withdraw',           'supply', 'withdrawn',             'available'),
          ('withdraw_cancelled', 'supply', 'withdrawn',             'cancelled'),
          ('expire',             'supply', 'expired',               'available'),
          ('cancel',             'supply', 'cancelled',             'available'),
          ('cancel_for_storage', 'supply', 'cancelled_for_storage', 'available'),
          ('consume',            'demand', 'residual',              'consumption'),
          ('consume_reversal',   'demand', 'consumption',           'residual'),
          ('match_demand',       'demand', 'matched',               'residual'),
          ('unmatch_demand',     'demand', 'residual',              'matched')));
    `);
    await db.query(APPLY_AFTER);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(APPLY_BEFORE);
    await db.query(`
      ALTER TABLE posting DROP CONSTRAINT posting_is_a_legal_move,
        ADD CONSTRAINT posting_is_a_legal_move CHECK ((move, book, debit, credit) IN (
          ('issue',            'supply', 'available',   'issued'),
          ('match_supply',     'supply', 'matched',     'available'),
          ('unmatch_supply',   'supply', 'available',   'matched'),
          ('consume',          'demand', 'residual',    'consumption'),
          ('consume_reversal', 'demand', 'consumption', 'residual'),
          ('match_demand',     'demand', 'matched',     'residual'),
          ('unmatch_demand',   'demand', 'residual',    'matched')));
      ALTER TABLE supply_balance DROP CONSTRAINT supply_is_conserved,
        DROP CONSTRAINT no_supply_balance_is_negative, DROP COLUMN cancelled,
        ADD CONSTRAINT supply_is_conserved CHECK (issued =
          available + matched + surplus + expired + withdrawn + cancelled_for_storage),
        ADD CONSTRAINT no_supply_balance_is_negative CHECK (0 <= ALL (ARRAY[
          issued, available, matched, surplus, expired, withdrawn, cancelled_for_storage]));
      ALTER TABLE contract DROP COLUMN matching;
      ALTER TABLE matching_run DROP COLUMN maximum_wh, DROP COLUMN code_version;
      DROP TABLE match_pairs, certificate_action, transfer_consent, bundle_change, certificate_bundle,
        cancelled_serial;
      ALTER TABLE certificate DROP CONSTRAINT serials_never_overlap,
        DROP CONSTRAINT certificate_range_starts_at_zero,
        DROP COLUMN range_start, DROP COLUMN owner_code, DROP COLUMN facts;
    `);
  }
}

/** What certificates of before leave unsaid: their place on the device, their owner, the defaults. */
const FACTS = `
  UPDATE certificate c SET range_start = p.range_start, owner_code = p.owner_code, facts = p.facts
  FROM (
    SELECT c.ledger_id, c.certificate_id, p.organisation_code AS owner_code,
      (sum(c.wh) OVER (PARTITION BY c.ledger_id, c.plant_code
         ORDER BY c.starts_at, c.external_id) - c.wh)::bigint AS range_start,
      jsonb_build_object(
        'issuance_id', c.plant_code || '-electricity-'
          || to_char(c.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'metadata_id', c.issuer, 'energy_carrier', 'electricity',
        'energy_source', CASE p.technology WHEN 'wind_turbine' THEN 'wind'
          WHEN 'other_storage' THEN 'other' ELSE p.technology END,
        'face_value', 1, 'issuance_post_energy_carrier_conversion', false,
        'registry_configuration', 1, 'emissions_factor_production_device', NULL,
        'emissions_factor_source', NULL, 'device_id', c.plant_code,
        'production_starting_interval',
          to_char(c.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'production_ending_interval',
          to_char(c.ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'expiry_datestamp', to_char((c.starts_at AT TIME ZONE 'UTC') + interval '2 years',
          'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'is_storage', false, 'usable_for_disclosure', true, 'is_trial', false) AS facts
    FROM certificate c
    CROSS JOIN LATERAL (
      SELECT technology, organisation_code FROM plant p
      WHERE p.ledger_id = c.ledger_id AND p.code = c.plant_code
      ORDER BY p.version DESC LIMIT 1) p) p
  WHERE p.ledger_id = c.ledger_id AND p.certificate_id = c.certificate_id
`;

const LEGAL = `
  ('split', 'Active', 'Bundle Split'), ('transfer', 'Active', 'Active'),
  ('reserve', 'Active', 'Reserved'), ('release', 'Reserved', 'Active'),
  ('cancel', 'Active', 'Cancelled'), ('cancel', 'Reserved', 'Cancelled'),
  ('cancel_for_storage', 'Active', 'Cancelled for Storage'),
  ('cancel_for_storage', 'Reserved', 'Cancelled for Storage'),
  ('claim', 'Cancelled', 'Claimed'), ('lock', 'Active', 'Locked'), ('lock', 'Reserved', 'Locked'),
  ('unlock', 'Locked', 'Active'), ('unlock', 'Locked', 'Reserved'),
  ('withdraw', 'Active', 'Withdrawn'), ('withdraw', 'Locked', 'Withdrawn'),
  ('issuer_correction', 'Cancelled', 'Withdrawn'), ('issuer_correction', 'Claimed', 'Withdrawn'),
  ('expire', 'Active', 'Expired'), ('expire', 'Reserved', 'Expired')`;

const TABLES = `
  CREATE TABLE certificate_bundle (
    ledger_id       uuid    NOT NULL,
    bundle_id       uuid    NOT NULL,
    certificate_id  uuid    NOT NULL,
    range_start     bigint  NOT NULL,
    range_end       bigint  NOT NULL,
    parent_id       uuid,
    hash            text    NOT NULL,
    CONSTRAINT bundle_is_made_once PRIMARY KEY (ledger_id, bundle_id),
    CONSTRAINT bundle_is_of_a_certificate FOREIGN KEY (ledger_id, certificate_id)
      REFERENCES certificate (ledger_id, certificate_id),
    CONSTRAINT bundle_is_part_of_a_bundle FOREIGN KEY (ledger_id, parent_id)
      REFERENCES certificate_bundle (ledger_id, bundle_id),
    CONSTRAINT whole_bundle_is_its_certificate
      CHECK ((parent_id IS NULL) = (bundle_id = certificate_id)),
    CONSTRAINT bundle_range_is_not_empty CHECK (range_start >= 0 AND range_end >= range_start),
    CONSTRAINT bundle_hash_is_sha256 CHECK (hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT parts_of_a_bundle_never_overlap EXCLUDE USING gist (ledger_id WITH =,
      parent_id WITH =, int8range(range_start, range_end, '[]') WITH &&)
  );
  CREATE INDEX bundle_by_certificate ON certificate_bundle (ledger_id, certificate_id);

  CREATE TABLE bundle_change (
    ledger_id      uuid        NOT NULL,
    bundle_id      uuid        NOT NULL,
    version        integer     NOT NULL,
    version_was    integer,
    action         text        NOT NULL,
    status_was     text,
    status         text        NOT NULL,
    status_before  text,
    owner_code     text        NOT NULL,
    beneficiary    text,
    event_id       uuid        NOT NULL,
    row_index      integer     NOT NULL,
    recorded_at    timestamptz NOT NULL,
    CONSTRAINT bundle_changes_one_version_at_a_time PRIMARY KEY (ledger_id, bundle_id, version),
    CONSTRAINT bundle_version_has_one_status UNIQUE (ledger_id, bundle_id, version, status),
    CONSTRAINT bundle_change_has_one_place_in_its_event UNIQUE (ledger_id, event_id, row_index),
    CONSTRAINT bundle_change_is_of_a_bundle FOREIGN KEY (ledger_id, bundle_id)
      REFERENCES certificate_bundle (ledger_id, bundle_id),
    CONSTRAINT bundle_change_follows_the_last FOREIGN KEY
      (ledger_id, bundle_id, version_was, status_was)
      REFERENCES bundle_change (ledger_id, bundle_id, version, status),
    CONSTRAINT bundle_change_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT bundle_change_is_a_legal_transition CHECK (
      (version >= 1 AND (action, status_was, status) IN (${LEGAL}))
      OR (version = 1 AND action = 'split' AND status_was IS NULL AND status = 'Active')),
    CONSTRAINT bundle_change_names_the_version_before
      CHECK (version >= 1 AND version_was IS NOT DISTINCT FROM nullif(version - 1, 0)),
    CONSTRAINT locked_bundle_knows_what_it_was
      CHECK ((status = 'Locked') = (status_before IS NOT NULL))
  );

  CREATE TABLE transfer_consent (
    ledger_id      uuid        NOT NULL,
    code           text        NOT NULL,
    version        integer     NOT NULL,
    receiver_code  text        NOT NULL,
    accepts_from   text[]      NOT NULL,
    event_id       uuid        NOT NULL,
    recorded_at    timestamptz NOT NULL,
    CONSTRAINT transfer_consent_version_is_written_once PRIMARY KEY (ledger_id, code, version),
    CONSTRAINT transfer_consent_is_a_record FOREIGN KEY (ledger_id, code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT transfer_consent_is_given_by_an_organisation FOREIGN KEY (ledger_id, receiver_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT transfer_consent_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT transfer_consent_versions_start_at_one CHECK (version >= 1)
  );

  CREATE TABLE certificate_action (
    ledger_id        uuid        NOT NULL,
    action_id        uuid        NOT NULL,
    idempotency_key  text        NOT NULL,
    request_sha256   text        NOT NULL,
    action           text        NOT NULL,
    acting_for       text        NOT NULL,
    request          jsonb       NOT NULL,
    response         jsonb       NOT NULL,
    recorded_at      timestamptz NOT NULL,
    CONSTRAINT certificate_action_is_recorded_once PRIMARY KEY (ledger_id, action_id),
    CONSTRAINT certificate_action_key_is_used_once UNIQUE (ledger_id, idempotency_key),
    CONSTRAINT certificate_action_has_an_event FOREIGN KEY (ledger_id, action_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT certificate_action_key_is_visible
      CHECK (idempotency_key ~ '^[\\x21-\\x7e]{1,255}$'),
    CONSTRAINT certificate_action_hash_is_sha256 CHECK (request_sha256 ~ '^[0-9a-f]{64}$')
  );

  -- Without a ledger: two ledgers cannot cancel one Wh. No volume, no name; nobody reads it.
  CREATE TABLE cancelled_serial (
    issuer       text      NOT NULL,
    external_id  text      NOT NULL,
    wh_range     int8range NOT NULL,
    CONSTRAINT serial_is_cancelled_once_anywhere EXCLUDE USING gist (
      issuer WITH =, external_id WITH =, wh_range WITH &&)
  );

  CREATE TABLE match_pairs (
    ledger_id         uuid        NOT NULL,
    event_id          uuid        NOT NULL,
    row_index         integer     NOT NULL,
    hour              timestamptz NOT NULL,
    meters            text[]      NOT NULL,
    certificates      text[]      NOT NULL,
    demand_at         integer[]   NOT NULL,
    supply_at         integer[]   NOT NULL,
    wh                bigint[]    NOT NULL,
    reached_demand    integer[],
    exhausted_supply  integer[],
    CONSTRAINT match_pairs_are_written_once PRIMARY KEY (ledger_id, event_id, row_index),
    CONSTRAINT match_pairs_have_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT match_pairs_are_of_an_hour CHECK (hour = date_trunc('hour', hour, 'UTC')),
    CONSTRAINT match_pairs_have_two_ends CHECK (
      cardinality(demand_at) = cardinality(wh) AND cardinality(supply_at) = cardinality(wh)
      AND (0 < ALL (wh)) IS TRUE)
  );
`;
