import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Storage devices: their records, the certificates cancelled for a charge, what each discharge drew
 * on which charge, and the certificates that are issued again (METHOD 3.6).
 *
 * What must survive a bug in our code: the records of a device never overlap; a charge is certified,
 * and drawn, at most once; a cancelled bundle stands behind one charge and is drawn once; a discharge
 * gives back no more than went in, and is certified once.
 */
export class KeepStorage1790001100000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE import_file DROP CONSTRAINT import_file_kind_is_known,
        ADD CONSTRAINT import_file_kind_is_known
          CHECK (kind IN ('intervals', 'certificates', 'storage-records', 'mwh-cancellations',
            'bundles'));
      ALTER TABLE certificate ADD COLUMN origin jsonb;
      ALTER TABLE live_certificate ADD COLUMN part int8range NOT NULL DEFAULT '(,)',
        DROP CONSTRAINT one_live_certificate_per_plant_and_instant,
        ADD CONSTRAINT one_live_certificate_per_plant_and_instant EXCLUDE USING gist (
          ledger_id WITH =, plant_code WITH =, tstzrange(starts_at, ends_at) WITH &&,
          part WITH &&);
    `);
    await db.query(TABLES);
    await db.query(BALANCE);
    await db.query(`
      CALL protect_table('storage_terms', append_only => true);
      CALL protect_table('storage_record', append_only => true);
      CALL protect_table('storage_charge', append_only => true);
      CALL protect_table('storage_run', append_only => true);
      CALL protect_table('storage_allocation', append_only => true);
      CALL protect_table('storage_balance', append_only => false);
      REVOKE INSERT ON storage_balance FROM mizan_app;
    `);
  }

  /** The kinds of files stay: such files may have come, and the register keeps them. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE storage_balance, storage_allocation, storage_run, storage_charge, storage_record,
        storage_terms;
      DROP FUNCTION keep_storage_balance;
      ALTER TABLE live_certificate DROP CONSTRAINT one_live_certificate_per_plant_and_instant,
        DROP COLUMN part,
        ADD CONSTRAINT one_live_certificate_per_plant_and_instant EXCLUDE USING gist (
          ledger_id WITH =, plant_code WITH =, tstzrange(starts_at, ends_at) WITH &&);
      ALTER TABLE certificate DROP COLUMN origin;
    `);
  }
}

const TABLES = `
  CREATE TABLE storage_terms (
    ledger_id               uuid        NOT NULL,
    code                    text        NOT NULL,
    version                 integer     NOT NULL,
    device_code             text        NOT NULL,
    issuer_code             text        NOT NULL,
    method                  text        NOT NULL,
    efficiency              numeric     NOT NULL,
    efficiency_methodology  text        NOT NULL,
    efficiency_from         timestamptz NOT NULL,
    efficiency_to           timestamptz NOT NULL,
    event_id                uuid        NOT NULL,
    recorded_at             timestamptz NOT NULL,
    CONSTRAINT storage_terms_version_is_written_once PRIMARY KEY (ledger_id, code, version),
    CONSTRAINT storage_terms_is_a_record FOREIGN KEY (ledger_id, code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT storage_terms_are_of_a_device FOREIGN KEY (ledger_id, device_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT storage_terms_name_an_issuer FOREIGN KEY (ledger_id, issuer_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT storage_terms_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT storage_terms_versions_start_at_one CHECK (version >= 1),
    CONSTRAINT storage_method_is_known CHECK (method IN ('fifo', 'lifo', 'weighted-average')),
    CONSTRAINT storage_efficiency_is_a_share CHECK (efficiency > 0 AND efficiency <= 1),
    CONSTRAINT storage_efficiency_holds_half_a_year CHECK (efficiency_to > efficiency_from
      AND efficiency_to - efficiency_from <= interval '184 days')
  );

  CREATE TABLE storage_record (
    ledger_id    uuid        NOT NULL,
    record_id    uuid        NOT NULL,
    device_code  text        NOT NULL,
    is_charging  boolean     NOT NULL,
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    wh           bigint      NOT NULL,
    external_id  text        NOT NULL,
    validator    text        NOT NULL,
    source_line  integer     NOT NULL,
    event_id     uuid        NOT NULL,
    row_index    integer     NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT storage_record_is_kept_once PRIMARY KEY (ledger_id, record_id),
    CONSTRAINT storage_record_has_one_place_in_its_event UNIQUE (ledger_id, event_id, row_index),
    CONSTRAINT storage_record_is_of_a_device FOREIGN KEY (ledger_id, device_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT storage_record_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT storage_record_lies_in_one_hour CHECK (ends_at > starts_at
      AND ends_at <= date_trunc('hour', starts_at, 'UTC') + interval '1 hour'),
    CONSTRAINT storage_record_energy_is_whole_and_safe
      CHECK (wh >= 0 AND wh <= 9007199254740991),
    CONSTRAINT storage_records_never_overlap EXCLUDE USING gist (ledger_id WITH =,
      device_code WITH =, tstzrange(starts_at, ends_at) WITH &&)
  );

  CREATE TABLE storage_charge (
    ledger_id       uuid   NOT NULL,
    bundle_id       uuid   NOT NULL,
    record_id       uuid   NOT NULL,
    certificate_id  uuid   NOT NULL,
    wh              bigint NOT NULL,
    event_id        uuid   NOT NULL,
    CONSTRAINT bundle_stands_behind_one_charge PRIMARY KEY (ledger_id, bundle_id),
    CONSTRAINT storage_charge_is_of_a_record FOREIGN KEY (ledger_id, record_id)
      REFERENCES storage_record (ledger_id, record_id),
    CONSTRAINT storage_charge_is_a_bundle FOREIGN KEY (ledger_id, bundle_id)
      REFERENCES certificate_bundle (ledger_id, bundle_id),
    CONSTRAINT storage_charge_is_of_a_certificate FOREIGN KEY (ledger_id, certificate_id)
      REFERENCES certificate (ledger_id, certificate_id),
    CONSTRAINT storage_charge_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT storage_charge_is_positive CHECK (wh > 0)
  );

  CREATE TABLE storage_run (
    ledger_id     uuid        NOT NULL,
    run_id        uuid        NOT NULL,
    device_code   text        NOT NULL,
    from_at       timestamptz,
    through_at    timestamptz NOT NULL,
    discharge_wh  bigint      NOT NULL,
    certified_wh  bigint      NOT NULL,
    unbacked_wh   bigint      NOT NULL,
    loss_wh       bigint      NOT NULL,
    recorded_at   timestamptz NOT NULL,
    CONSTRAINT storage_run_is_made_once PRIMARY KEY (ledger_id, run_id),
    CONSTRAINT storage_run_follows_the_last UNIQUE NULLS NOT DISTINCT
      (ledger_id, device_code, from_at),
    CONSTRAINT storage_run_has_an_event FOREIGN KEY (ledger_id, run_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT storage_run_is_of_a_device FOREIGN KEY (ledger_id, device_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT storage_run_moves_on CHECK (from_at IS NULL OR through_at > from_at),
    CONSTRAINT storage_run_creates_no_energy CHECK (certified_wh >= 0 AND unbacked_wh >= 0
      AND loss_wh >= 0 AND certified_wh + unbacked_wh <= discharge_wh)
  );

  CREATE TABLE storage_allocation (
    ledger_id       uuid    NOT NULL,
    allocation_id   uuid    NOT NULL,
    discharge_id    uuid    NOT NULL,
    charge_id       uuid    NOT NULL,
    bundle_id       uuid,
    charge_wh       bigint  NOT NULL,
    discharge_wh    bigint  NOT NULL,
    terms_code      text    NOT NULL,
    terms_version   integer NOT NULL,
    certificate_id  uuid,
    event_id        uuid    NOT NULL,
    row_index       integer NOT NULL,
    CONSTRAINT storage_allocation_is_made_once PRIMARY KEY (ledger_id, allocation_id),
    CONSTRAINT storage_allocation_has_one_place_in_its_event UNIQUE (ledger_id, event_id, row_index),
    CONSTRAINT storage_allocation_has_its_own_certificate UNIQUE (ledger_id, certificate_id),
    CONSTRAINT storage_allocation_is_of_a_discharge FOREIGN KEY (ledger_id, discharge_id)
      REFERENCES storage_record (ledger_id, record_id),
    CONSTRAINT storage_allocation_is_of_a_charge FOREIGN KEY (ledger_id, charge_id)
      REFERENCES storage_record (ledger_id, record_id),
    CONSTRAINT storage_allocation_is_of_a_cancelled_bundle FOREIGN KEY (ledger_id, bundle_id)
      REFERENCES storage_charge (ledger_id, bundle_id),
    CONSTRAINT storage_allocation_is_under_terms FOREIGN KEY (ledger_id, terms_code, terms_version)
      REFERENCES storage_terms (ledger_id, code, version),
    CONSTRAINT storage_allocation_is_certified FOREIGN KEY (ledger_id, certificate_id)
      REFERENCES certificate (ledger_id, certificate_id),
    CONSTRAINT storage_allocation_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT storage_allocation_creates_no_energy
      CHECK (charge_wh > 0 AND discharge_wh >= 0 AND discharge_wh <= charge_wh),
    CONSTRAINT only_a_cancelled_certificate_is_issued_again
      CHECK (certificate_id IS NULL OR (bundle_id IS NOT NULL AND discharge_wh > 0))
  );

  CREATE TABLE storage_balance (
    ledger_id     uuid   NOT NULL,
    subject_id    uuid   NOT NULL,
    wh            bigint NOT NULL,
    certified_wh  bigint NOT NULL,
    used_wh       bigint NOT NULL,
    CONSTRAINT storage_balance_is_of_one_subject PRIMARY KEY (ledger_id, subject_id),
    CONSTRAINT storage_is_used_once CHECK (used_wh >= 0 AND used_wh <= wh),
    CONSTRAINT charge_is_certified_once CHECK (certified_wh >= 0 AND certified_wh <= wh)
  );
`;

const BALANCE = `
  -- What of each record, and of each bundle behind a charge, is certified and used. The serving role
  -- cannot write it.
  CREATE FUNCTION keep_storage_balance() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = mizan, pg_temp AS $$
  BEGIN
    IF TG_TABLE_NAME = 'storage_record' THEN
      INSERT INTO storage_balance SELECT ledger_id, record_id, wh, 0, 0 FROM fresh;
    ELSIF TG_TABLE_NAME = 'storage_charge' THEN
      INSERT INTO storage_balance SELECT ledger_id, bundle_id, wh, wh, 0 FROM fresh;
      UPDATE storage_balance b SET certified_wh = b.certified_wh + f.wh
        FROM (SELECT ledger_id, record_id, sum(wh) AS wh FROM fresh GROUP BY 1, 2) f
        WHERE b.ledger_id = f.ledger_id AND b.subject_id = f.record_id;
    ELSE
      UPDATE storage_balance b SET used_wh = b.used_wh + f.wh
        FROM (SELECT ledger_id, subject_id, sum(wh) AS wh FROM (
            SELECT ledger_id, charge_id AS subject_id, charge_wh AS wh FROM fresh
            UNION ALL SELECT ledger_id, bundle_id, charge_wh FROM fresh WHERE bundle_id IS NOT NULL
            UNION ALL SELECT ledger_id, discharge_id, discharge_wh FROM fresh) s
          GROUP BY 1, 2) f
        WHERE b.ledger_id = f.ledger_id AND b.subject_id = f.subject_id;
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER storage_record_has_a_balance AFTER INSERT ON storage_record
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION keep_storage_balance();
  CREATE TRIGGER storage_charge_is_balanced AFTER INSERT ON storage_charge
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION keep_storage_balance();
  CREATE TRIGGER storage_allocation_is_balanced AFTER INSERT ON storage_allocation
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION keep_storage_balance();
`;
