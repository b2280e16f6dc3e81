import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The bridge to certificates of a whole MWh, both ways, and one account per device and hour of what
 * instruments its energy lives in (METHOD 3.7, 3.8).
 *
 * What must survive a bug in our code: a Wh is in one live instrument; an MWh certificate holds a
 * million Wh; certificates never exceed what the device metered, where that is known; no more hourly
 * certificates are made from a MWh certificate than it holds, and that one is converted once on this
 * server, whichever ledger holds it.
 */
export class BridgeToMwh1790001200000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE plant ADD COLUMN generation_meter_code text;
    `);
    await db.query(TABLES);
    await db.query(FUNCTIONS);
    await db.query(`
      CALL protect_table('tracking_system', append_only => true);
      CALL protect_table('bridge_entry', append_only => true);
      CALL protect_table('mwh_certificate', append_only => true);
      CALL protect_table('mwh_part', append_only => true);
      CALL protect_table('mwh_source', append_only => true);
      CALL protect_table('mwh_source_balance', append_only => false);
      CALL protect_table('device_hour', append_only => false);
      REVOKE INSERT ON device_hour, mwh_source_balance FROM mizan_app;
      REVOKE ALL ON converted_mwh FROM PUBLIC, mizan_app;
      GRANT INSERT ON converted_mwh TO mizan_app;
      ALTER TABLE certificate NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE bundle_change NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE certificate_bundle NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE device_hour NO FORCE ROW LEVEL SECURITY;
      INSERT INTO device_hour
        SELECT ledger_id, plant_code, date_trunc('hour', starts_at, 'UTC'),
          sum(c.wh - coalesce(gone.wh, 0)), 0, 0, NULL
        FROM certificate c LEFT JOIN LATERAL (
          SELECT sum(b.range_end - b.range_start + 1) AS wh FROM certificate_bundle b
          JOIN bundle_change h USING (ledger_id, bundle_id)
          WHERE b.ledger_id = c.ledger_id AND b.certificate_id = c.certificate_id
            AND h.status = 'Withdrawn') gone ON true
        WHERE status <> 'Withdrawn' GROUP BY 1, 2, 3;
      ALTER TABLE certificate FORCE ROW LEVEL SECURITY;
      ALTER TABLE bundle_change FORCE ROW LEVEL SECURITY;
      ALTER TABLE certificate_bundle FORCE ROW LEVEL SECURITY;
      ALTER TABLE device_hour FORCE ROW LEVEL SECURITY;
    `);
    await db.query(TRIGGERS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER certificates_keep_device_hours ON certificate;
      DROP TRIGGER certificates_spend_their_mwh ON certificate;
      DROP TRIGGER bundle_changes_keep_device_hours ON bundle_change;
      DROP TABLE mwh_part, mwh_certificate, bridge_entry, tracking_system, mwh_source_balance,
        mwh_source, converted_mwh, device_hour;
      DROP FUNCTION keep_device_hours, spend_mwh, weigh_mwh, move_device_hours, certifiable_hour_wh,
        open_mwh_source;
      DROP TYPE device_move;
      ALTER TABLE plant DROP COLUMN generation_meter_code;
    `);
  }
}

const TABLES = `
  CREATE TABLE tracking_system (
    ledger_id                uuid        NOT NULL,
    code                     text        NOT NULL,
    version                  integer     NOT NULL,
    name                     text        NOT NULL,
    plant_codes              text[]      NOT NULL,
    may_carry_across_years   boolean     NOT NULL,
    deadlines                jsonb       NOT NULL,
    expiry_months            integer,
    alarm_days               integer     NOT NULL,
    source                   text        NOT NULL,
    event_id                 uuid        NOT NULL,
    recorded_at              timestamptz NOT NULL,
    CONSTRAINT tracking_system_version_is_written_once PRIMARY KEY (ledger_id, code, version),
    CONSTRAINT tracking_system_is_a_record FOREIGN KEY (ledger_id, code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT tracking_system_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT tracking_system_versions_start_at_one CHECK (version >= 1),
    CONSTRAINT tracking_system_warns_ahead CHECK (alarm_days BETWEEN 0 AND 3660),
    CONSTRAINT mwh_certificates_expire CHECK (expiry_months BETWEEN 1 AND 600)
  );

  CREATE TABLE bridge_entry (
    ledger_id             uuid        NOT NULL,
    bundle_id             uuid        NOT NULL,
    bundle_version        integer     NOT NULL,
    bundle_status         text        NOT NULL,
    tracking_system_code  text        NOT NULL,
    plant_code            text        NOT NULL,
    certificate_id        uuid        NOT NULL,
    starts_at             timestamptz NOT NULL,
    range_start           bigint      NOT NULL,
    wh                    bigint      NOT NULL,
    event_id              uuid        NOT NULL,
    CONSTRAINT bundle_enters_the_bridge_once PRIMARY KEY (ledger_id, bundle_id),
    CONSTRAINT bridge_entry_is_of_a_cancelled_bundle FOREIGN KEY
      (ledger_id, bundle_id, bundle_version, bundle_status)
      REFERENCES bundle_change (ledger_id, bundle_id, version, status),
    CONSTRAINT bridge_entry_is_for_a_tracking_system FOREIGN KEY (ledger_id, tracking_system_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT bridge_entry_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT only_cancelled_energy_is_bridged CHECK (bundle_status = 'Cancelled'),
    CONSTRAINT bridge_entry_is_positive CHECK (wh > 0 AND range_start >= 0)
  );
  CREATE INDEX bridge_entry_by_system ON bridge_entry (ledger_id, tracking_system_code, plant_code);

  CREATE TABLE mwh_certificate (
    ledger_id             uuid        NOT NULL,
    mwh_id                uuid        NOT NULL,
    tracking_system_code  text        NOT NULL,
    plant_code            text        NOT NULL,
    number                integer     NOT NULL,
    starts_at             timestamptz NOT NULL,
    ends_at               timestamptz NOT NULL,
    expires_at            timestamptz,
    event_id              uuid        NOT NULL,
    CONSTRAINT mwh_certificate_is_issued_once PRIMARY KEY (ledger_id, mwh_id),
    CONSTRAINT mwh_certificate_number_is_used_once UNIQUE
      (ledger_id, tracking_system_code, plant_code, number),
    CONSTRAINT mwh_certificate_is_of_a_tracking_system FOREIGN KEY (ledger_id, tracking_system_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT mwh_certificate_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT mwh_certificate_numbers_start_at_one CHECK (number >= 1),
    CONSTRAINT mwh_certificate_spans_its_production CHECK (ends_at > starts_at)
  );

  CREATE TABLE mwh_part (
    ledger_id    uuid    NOT NULL,
    event_id     uuid    NOT NULL,
    row_index    integer NOT NULL,
    mwh_id       uuid    NOT NULL,
    plant_code   text    NOT NULL,
    bundle_id    uuid    NOT NULL,
    range_start  bigint  NOT NULL,
    wh           bigint  NOT NULL,
    CONSTRAINT mwh_part_is_written_once PRIMARY KEY (ledger_id, event_id, row_index),
    CONSTRAINT mwh_part_is_of_a_certificate FOREIGN KEY (ledger_id, mwh_id)
      REFERENCES mwh_certificate (ledger_id, mwh_id),
    CONSTRAINT mwh_part_came_over_the_bridge FOREIGN KEY (ledger_id, bundle_id)
      REFERENCES bridge_entry (ledger_id, bundle_id),
    CONSTRAINT mwh_part_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT mwh_part_is_positive CHECK (wh > 0 AND wh <= 1000000 AND range_start >= 0),
    CONSTRAINT a_wh_is_in_one_mwh_certificate EXCLUDE USING gist (ledger_id WITH =,
      plant_code WITH =, int8range(range_start, range_start + wh) WITH &&)
  );
  CREATE INDEX mwh_part_by_certificate ON mwh_part (ledger_id, mwh_id);
  CREATE INDEX mwh_part_by_bundle ON mwh_part (ledger_id, bundle_id);

  CREATE TABLE mwh_source (
    ledger_id             uuid        NOT NULL,
    tracking_system_code  text        NOT NULL,
    mwh_certificate_id    text        NOT NULL,
    plant_code            text        NOT NULL,
    starts_at             timestamptz NOT NULL,
    ends_at               timestamptz NOT NULL,
    mwh                   integer     NOT NULL,
    cancelled_on          date        NOT NULL,
    proof                 text        NOT NULL,
    source_line           integer     NOT NULL,
    event_id              uuid        NOT NULL,
    row_index             integer     NOT NULL,
    CONSTRAINT mwh_source_is_taken_in_once PRIMARY KEY
      (ledger_id, tracking_system_code, mwh_certificate_id),
    CONSTRAINT mwh_source_has_one_place_in_its_event UNIQUE (ledger_id, event_id, row_index),
    CONSTRAINT mwh_source_is_of_a_tracking_system FOREIGN KEY (ledger_id, tracking_system_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT mwh_source_is_of_a_plant FOREIGN KEY (ledger_id, plant_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT mwh_source_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT mwh_source_is_whole CHECK (mwh BETWEEN 1 AND 1000000),
    CONSTRAINT mwh_source_spans_its_production CHECK (ends_at > starts_at)
  );

  CREATE TABLE mwh_source_balance (
    ledger_id             uuid   NOT NULL,
    tracking_system_code  text   NOT NULL,
    mwh_certificate_id    text   NOT NULL,
    wh                    bigint NOT NULL,
    used_wh               bigint NOT NULL,
    CONSTRAINT mwh_source_has_one_balance PRIMARY KEY
      (ledger_id, tracking_system_code, mwh_certificate_id),
    CONSTRAINT mwh_source_is_converted_once CHECK (used_wh >= 0 AND used_wh <= wh)
  );

  -- Without a ledger: two ledgers cannot convert one MWh certificate. No volume, no name.
  CREATE TABLE converted_mwh (
    tracking_system_code  text NOT NULL,
    mwh_certificate_id    text NOT NULL,
    CONSTRAINT mwh_is_converted_once_anywhere PRIMARY KEY (tracking_system_code, mwh_certificate_id)
  );

  CREATE TABLE device_hour (
    ledger_id   uuid        NOT NULL,
    plant_code  text        NOT NULL,
    hour        timestamptz NOT NULL,
    gc_wh       bigint      NOT NULL,
    mwh_wh      bigint      NOT NULL,
    carry_wh    bigint      NOT NULL,
    metered_wh  bigint,
    CONSTRAINT device_hour_has_one_account PRIMARY KEY (ledger_id, plant_code, hour),
    CONSTRAINT device_hour_is_whole CHECK (hour = date_trunc('hour', hour, 'UTC')),
    CONSTRAINT no_device_hour_is_negative CHECK (gc_wh >= 0 AND mwh_wh >= 0 AND carry_wh >= 0),
    CONSTRAINT certified_stays_within_metered CHECK (
      metered_wh IS NULL OR gc_wh + mwh_wh + carry_wh <= metered_wh)
  );
`;

const FUNCTIONS = `
  -- Wh of one hour of a block that may be certified: qualities EDITED, DERIVED and ACTUAL only. NULL
  -- where a part is missing: then it is not known.
  CREATE FUNCTION certifiable_hour_wh(wh bigint[], quality smallint[], interval_minutes smallint,
      at integer) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN bool_or(v.quality = 0) THEN NULL
      ELSE coalesce(sum(v.wh) FILTER (WHERE v.quality >= 6), 0)::bigint END
    FROM unnest(wh[at * 60 / interval_minutes + 1 : (at + 1) * 60 / interval_minutes],
      quality[at * 60 / interval_minutes + 1 : (at + 1) * 60 / interval_minutes]) AS v (wh, quality)
  $$;

  CREATE TYPE device_move AS (ledger_id uuid, plant_code text, hour timestamptz, gc bigint,
    mwh bigint, carry bigint);

  -- Moves the accounts of device-hours. What was metered is looked up where they grow; a later
  -- correction of the meter is answered by withdrawal, never by refusing the reading (METHOD 2.7).
  CREATE FUNCTION move_device_hours(moves device_move[]) RETURNS void LANGUAGE sql
    SET search_path = mizan, pg_temp AS $$
    INSERT INTO device_hour AS d
      SELECT m.ledger_id, m.plant_code, m.hour, 0, 0, 0, NULL FROM unnest(moves) AS m
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      ON CONFLICT (ledger_id, plant_code, hour) DO NOTHING;
    UPDATE device_hour d SET gc_wh = d.gc_wh + m.gc, mwh_wh = d.mwh_wh + m.mwh,
        carry_wh = d.carry_wh + m.carry,
        metered_wh = CASE WHEN m.gc + m.mwh + m.carry > 0 THEN m.metered
          WHEN m.gc + m.mwh + m.carry < 0 THEN NULL ELSE d.metered_wh END
      FROM (
        SELECT s.*, k.metered FROM (
          SELECT ledger_id, plant_code, hour, sum(gc) AS gc, sum(mwh) AS mwh, sum(carry) AS carry
          FROM unnest(moves) GROUP BY 1, 2, 3) s
        LEFT JOIN LATERAL (
          SELECT p.generation_meter_code AS code FROM plant p
          WHERE p.ledger_id = s.ledger_id AND p.code = s.plant_code
          ORDER BY p.version DESC LIMIT 1) g ON true
        LEFT JOIN LATERAL (
          SELECT certifiable_hour_wh(b.wh, b.quality, b.interval_minutes,
            extract(hour FROM s.hour AT TIME ZONE 'UTC')::integer) AS metered
          FROM interval_block b
          WHERE b.ledger_id = s.ledger_id AND b.meter_code = g.code
            AND b.utc_day = (s.hour AT TIME ZONE 'UTC')::date
          ORDER BY b.revision DESC LIMIT 1) k ON true) m
      WHERE d.ledger_id = m.ledger_id AND d.plant_code = m.plant_code AND d.hour = m.hour
  $$;

  CREATE FUNCTION keep_device_hours() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = mizan, pg_temp AS $$
  DECLARE
    moves device_move[];
  BEGIN
    IF TG_TABLE_NAME = 'certificate' THEN
      SELECT array_agg((ledger_id, plant_code, date_trunc('hour', starts_at, 'UTC'), wh, 0, 0)
        ::device_move) INTO moves FROM fresh WHERE status <> 'Withdrawn';
    ELSIF TG_TABLE_NAME = 'bundle_change' THEN
      SELECT array_agg((b.ledger_id, c.plant_code, date_trunc('hour', c.starts_at, 'UTC'),
          CASE WHEN e.wh IS NULL THEN b.range_start - b.range_end - 1 ELSE 0 END,
          CASE WHEN e.wh IS NULL THEN 0 ELSE -issued.wh END,
          CASE WHEN e.wh IS NULL THEN 0 ELSE issued.wh - e.wh END)::device_move) INTO moves
        FROM fresh h JOIN certificate_bundle b USING (ledger_id, bundle_id)
        JOIN certificate c USING (ledger_id, certificate_id)
        LEFT JOIN bridge_entry e USING (ledger_id, bundle_id)
        CROSS JOIN LATERAL (SELECT coalesce(sum(p.wh), 0) AS wh FROM mwh_part p
          WHERE p.ledger_id = b.ledger_id AND p.bundle_id = b.bundle_id) issued
        WHERE h.status = 'Withdrawn';
    ELSIF TG_TABLE_NAME = 'bridge_entry' THEN
      SELECT array_agg((ledger_id, plant_code, date_trunc('hour', starts_at, 'UTC'), -wh, 0, wh)
        ::device_move) INTO moves FROM fresh;
    ELSE
      SELECT array_agg((f.ledger_id, f.plant_code, date_trunc('hour', e.starts_at, 'UTC'), 0, f.wh,
        -f.wh)::device_move) INTO moves
        FROM fresh f JOIN bridge_entry e USING (ledger_id, bundle_id);
    END IF;
    IF moves IS NOT NULL THEN PERFORM move_device_hours(moves); END IF;
    RETURN NULL;
  END $$;

  -- A certificate holds a MWh when it is issued, and never more.
  CREATE FUNCTION weigh_mwh() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = mizan, pg_temp AS $$
  DECLARE
    wrong record;
  BEGIN
    SELECT f.mwh_id INTO wrong FROM (SELECT DISTINCT ledger_id, mwh_id, event_id FROM fresh) f
      LEFT JOIN mwh_certificate m USING (ledger_id, mwh_id)
      CROSS JOIN LATERAL (
        SELECT sum(p.wh) FILTER (WHERE w.bundle_id IS NULL) AS live_wh, sum(p.wh) AS wh
        FROM mwh_part p LEFT JOIN bundle_change w ON w.ledger_id = p.ledger_id
          AND w.bundle_id = p.bundle_id AND w.status = 'Withdrawn'
        WHERE p.ledger_id = f.ledger_id AND p.mwh_id = f.mwh_id) s
      WHERE m.event_id IS NULL OR s.live_wh > 1000000
        OR (m.event_id = f.event_id AND s.wh <> 1000000) LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'the parts of the certificate % are not one MWh', wrong.mwh_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'mwh_certificate_is_one_mwh';
    END IF;
    RETURN NULL;
  END $$;

  CREATE FUNCTION open_mwh_source() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = mizan, pg_temp AS $$
  BEGIN
    INSERT INTO mwh_source_balance
      SELECT ledger_id, tracking_system_code, mwh_certificate_id, mwh::bigint * 1000000, 0 FROM fresh;
    RETURN NULL;
  END $$;

  -- Hourly certificates are made only from a MWh certificate that was cancelled for conversion.
  CREATE FUNCTION spend_mwh() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = mizan, pg_temp AS $$
  BEGIN
    IF EXISTS (SELECT FROM fresh f
        WHERE f.origin ->> 'kind' = 'mwh' AND NOT EXISTS (SELECT FROM mwh_source_balance b
          WHERE b.ledger_id = f.ledger_id
            AND b.tracking_system_code = f.origin ->> 'trackingSystemCode'
            AND b.mwh_certificate_id = f.origin ->> 'mwhCertificateId')) THEN
      RAISE EXCEPTION 'an hourly certificate names no MWh certificate that was cancelled for it'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'hourly_certificate_has_its_mwh';
    END IF;
    UPDATE mwh_source_balance b SET used_wh = b.used_wh + s.wh
      FROM (SELECT ledger_id, origin ->> 'trackingSystemCode' AS system,
          origin ->> 'mwhCertificateId' AS id, sum(wh) AS wh
        FROM fresh WHERE origin ->> 'kind' = 'mwh' GROUP BY 1, 2, 3) s
      WHERE b.ledger_id = s.ledger_id AND b.tracking_system_code = s.system
        AND b.mwh_certificate_id = s.id;
    RETURN NULL;
  END $$;
`;

const TRIGGERS = `
  CREATE TRIGGER certificates_keep_device_hours AFTER INSERT ON certificate
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION keep_device_hours();
  CREATE TRIGGER certificates_spend_their_mwh AFTER INSERT ON certificate
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION spend_mwh();
  CREATE TRIGGER bundle_changes_keep_device_hours AFTER INSERT ON bundle_change
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION keep_device_hours();
  CREATE TRIGGER bridge_entries_keep_device_hours AFTER INSERT ON bridge_entry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION keep_device_hours();
  CREATE TRIGGER mwh_parts_keep_device_hours AFTER INSERT ON mwh_part
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION keep_device_hours();
  CREATE TRIGGER mwh_parts_make_one_mwh AFTER INSERT ON mwh_part
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION weigh_mwh();
  CREATE TRIGGER mwh_source_has_a_balance AFTER INSERT ON mwh_source
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION open_mwh_source();
`;
