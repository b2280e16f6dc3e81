import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The energy book: double entry in watt-hours, per certificate and per meter-hour.
 *
 * What must survive a bug in our code, whoever writes: a posting is a legal move; a certificate is
 * not spent beyond its Wh; a meter-hour is not covered beyond its consumption, nor booked beyond
 * what was metered; in every hour the supply side and the demand side match the same energy.
 */
export class KeepEnergyBook1790000300000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(TABLES);
    await db.query(APPLY);
    await db.query(`
      CALL protect_table('posting', append_only => true);
      CALL protect_table('supply_balance', append_only => false);
      CALL protect_table('demand_balance', append_only => false);
      CALL protect_table('matching_run', append_only => true);
      REVOKE INSERT ON supply_balance, demand_balance FROM mizan_app;
      CREATE TRIGGER postings_move_balances AFTER INSERT ON posting
        REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION apply_postings();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE matching_run, posting, demand_balance, supply_balance;
      DROP FUNCTION apply_postings, block_hour_wh;
    `);
  }
}

const TABLES = `
  CREATE TABLE posting (
    ledger_id       uuid        NOT NULL,
    event_id        uuid        NOT NULL,
    row_index       integer     NOT NULL,
    move            text        NOT NULL,
    book            text        NOT NULL,
    debit           text        NOT NULL,
    credit          text        NOT NULL,
    hour            timestamptz NOT NULL,
    certificate_id  uuid,
    meter_code      text,
    wh              bigint      NOT NULL,
    CONSTRAINT posting_is_written_once PRIMARY KEY (ledger_id, event_id, row_index),
    CONSTRAINT posting_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT posting_spends_a_certificate FOREIGN KEY (ledger_id, certificate_id)
      REFERENCES certificate (ledger_id, certificate_id),
    CONSTRAINT posting_covers_a_meter FOREIGN KEY (ledger_id, meter_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT posting_is_positive_and_safe CHECK (wh BETWEEN 1 AND 9007199254740991),
    CONSTRAINT hour_is_whole CHECK (hour = date_trunc('hour', hour, 'UTC')),
    CONSTRAINT posting_has_one_subject CHECK (
      (book = 'supply' AND certificate_id IS NOT NULL AND meter_code IS NULL)
      OR (book = 'demand' AND meter_code IS NOT NULL AND certificate_id IS NULL)),
    CONSTRAINT posting_is_a_legal_move CHECK ((move, book, debit, credit) IN (
      ('issue',            'supply', 'available',   'issued'),
      ('match_supply',     'supply', 'matched',     'available'),
      ('unmatch_supply',   'supply', 'available',   'matched'),
      ('consume',          'demand', 'residual',    'consumption'),
      ('consume_reversal', 'demand', 'consumption', 'residual'),
      ('match_demand',     'demand', 'matched',     'residual'),
      ('unmatch_demand',   'demand', 'residual',    'matched')))
  );
  CREATE INDEX posting_by_hour ON posting (ledger_id, hour);

  CREATE TABLE supply_balance (
    ledger_id              uuid        NOT NULL,
    certificate_id         uuid        NOT NULL,
    hour                   timestamptz NOT NULL,
    issued                 bigint      NOT NULL DEFAULT 0,
    available              bigint      NOT NULL DEFAULT 0,
    matched                bigint      NOT NULL DEFAULT 0,
    surplus                bigint      NOT NULL DEFAULT 0,
    expired                bigint      NOT NULL DEFAULT 0,
    withdrawn              bigint      NOT NULL DEFAULT 0,
    cancelled_for_storage  bigint      NOT NULL DEFAULT 0,
    CONSTRAINT certificate_has_one_balance PRIMARY KEY (ledger_id, certificate_id),
    CONSTRAINT supply_balance_belongs_to_a_certificate FOREIGN KEY (ledger_id, certificate_id)
      REFERENCES certificate (ledger_id, certificate_id),
    CONSTRAINT supply_is_conserved CHECK (issued =
      available + matched + surplus + expired + withdrawn + cancelled_for_storage),
    CONSTRAINT no_supply_balance_is_negative CHECK (0 <= ALL (ARRAY[
      issued, available, matched, surplus, expired, withdrawn, cancelled_for_storage]))
  );
  CREATE INDEX supply_balance_by_hour ON supply_balance (ledger_id, hour);

  CREATE TABLE demand_balance (
    ledger_id    uuid        NOT NULL,
    meter_code   text        NOT NULL,
    hour         timestamptz NOT NULL,
    consumption  bigint      NOT NULL DEFAULT 0,
    matched      bigint      NOT NULL DEFAULT 0,
    residual     bigint      NOT NULL DEFAULT 0,
    CONSTRAINT meter_hour_has_one_balance PRIMARY KEY (ledger_id, meter_code, hour),
    CONSTRAINT demand_balance_belongs_to_a_meter FOREIGN KEY (ledger_id, meter_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT demand_is_conserved CHECK (consumption = matched + residual),
    CONSTRAINT no_demand_balance_is_negative CHECK (0 <= ALL (ARRAY[consumption, matched, residual]))
  );
  CREATE INDEX demand_balance_by_hour ON demand_balance (ledger_id, hour);

  CREATE TABLE matching_run (
    ledger_id         uuid        NOT NULL,
    run_id            uuid        NOT NULL,
    site_code         text        NOT NULL,
    contract_code     text        NOT NULL,
    contract_version  integer     NOT NULL,
    month             text        NOT NULL,
    policy            text        NOT NULL,
    starts_at         timestamptz NOT NULL,
    ends_at           timestamptz NOT NULL,
    input_sha256      text        NOT NULL,
    result_root       text        NOT NULL,
    demand_wh         bigint      NOT NULL,
    supply_wh         bigint      NOT NULL,
    matched_wh        bigint      NOT NULL,
    touched_hours     integer     NOT NULL,
    supersedes        uuid,
    recorded_at       timestamptz NOT NULL,
    CONSTRAINT matching_run_is_recorded_once PRIMARY KEY (ledger_id, run_id),
    CONSTRAINT matching_run_has_an_event FOREIGN KEY (ledger_id, run_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT matching_run_is_for_a_site FOREIGN KEY (ledger_id, site_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT matching_run_uses_a_contract FOREIGN KEY (ledger_id, contract_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT matching_run_month_is_civil CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    CONSTRAINT matching_run_matches_what_there_is
      CHECK (matched_wh >= 0 AND matched_wh <= demand_wh AND matched_wh <= supply_wh)
  );
`;

/** The trigger on postings, one subject a row. */
export const APPLY = `
  -- Wh of one hour of a block; NULL when a part is missing.
  CREATE FUNCTION block_hour_wh(wh bigint[], interval_minutes smallint, hour_of_day integer)
    RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT CASE WHEN count(part) = 60 / interval_minutes THEN sum(part)::bigint END
      FROM unnest(wh[hour_of_day * 60 / interval_minutes + 1
                     : (hour_of_day + 1) * 60 / interval_minutes]) AS part
  $$;

  CREATE FUNCTION apply_postings() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = mizan, pg_temp AS $$
  DECLARE
    wrong record;
  BEGIN
    INSERT INTO supply_balance (ledger_id, certificate_id, hour)
      SELECT DISTINCT f.ledger_id, f.certificate_id, f.hour FROM fresh f WHERE f.book = 'supply'
      ORDER BY 1, 2
      ON CONFLICT (ledger_id, certificate_id) DO NOTHING;
    INSERT INTO demand_balance (ledger_id, meter_code, hour)
      SELECT DISTINCT f.ledger_id, f.meter_code, f.hour FROM fresh f WHERE f.book = 'demand'
      ORDER BY 1, 2, 3
      ON CONFLICT (ledger_id, meter_code, hour) DO NOTHING;

    UPDATE supply_balance b SET
        issued    = b.issued + d.issued,
        available = b.available + d.available,
        matched   = b.matched + d.matched
      FROM (SELECT f.ledger_id, f.certificate_id,
              sum(f.wh * ((f.credit = 'issued')::int - (f.debit = 'issued')::int)) AS issued,
              sum(f.wh * ((f.debit = 'available')::int - (f.credit = 'available')::int)) AS available,
              sum(f.wh * ((f.debit = 'matched')::int - (f.credit = 'matched')::int)) AS matched
            FROM fresh f WHERE f.book = 'supply' GROUP BY 1, 2) d
      WHERE b.ledger_id = d.ledger_id AND b.certificate_id = d.certificate_id;
    UPDATE demand_balance b SET
        consumption = b.consumption + d.consumption,
        matched     = b.matched + d.matched,
        residual    = b.residual + d.residual
      FROM (SELECT f.ledger_id, f.meter_code, f.hour,
              sum(f.wh * ((f.credit = 'consumption')::int - (f.debit = 'consumption')::int)) AS consumption,
              sum(f.wh * ((f.debit = 'matched')::int - (f.credit = 'matched')::int)) AS matched,
              sum(f.wh * ((f.debit = 'residual')::int - (f.credit = 'residual')::int)) AS residual
            FROM fresh f WHERE f.book = 'demand' GROUP BY 1, 2, 3) d
      WHERE b.ledger_id = d.ledger_id AND b.meter_code = d.meter_code AND b.hour = d.hour;

    SELECT f.hour INTO wrong FROM fresh f
      WHERE f.debit = 'matched' OR f.credit = 'matched'
      GROUP BY f.ledger_id, f.hour
      HAVING sum(CASE f.book WHEN 'supply' THEN f.wh ELSE -f.wh END
                 * CASE f.debit WHEN 'matched' THEN 1 ELSE -1 END) <> 0
      LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'supply and demand match different energy in the hour %', wrong.hour
        USING ERRCODE = 'check_violation', CONSTRAINT = 'matched_sides_agree';
    END IF;

    SELECT c.certificate_id INTO wrong
      FROM (SELECT DISTINCT f.ledger_id, f.certificate_id, f.hour FROM fresh f WHERE f.book = 'supply') t
      JOIN supply_balance b USING (ledger_id, certificate_id)
      JOIN certificate c USING (ledger_id, certificate_id)
      WHERE b.issued > c.wh OR b.hour <> t.hour OR t.hour <> date_trunc('hour', c.starts_at, 'UTC')
      LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'certificate % is booked beyond its Wh or outside its hour', wrong.certificate_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'issued_stays_within_certificate';
    END IF;

    SELECT t.meter_code, t.hour INTO wrong
      FROM (SELECT DISTINCT f.ledger_id, f.meter_code, f.hour FROM fresh f WHERE f.book = 'demand') t
      JOIN demand_balance b USING (ledger_id, meter_code, hour)
      LEFT JOIN LATERAL (
        SELECT block_hour_wh(i.wh, i.interval_minutes,
                 extract(hour FROM t.hour AT TIME ZONE 'UTC')::integer) AS metered
        FROM interval_block i
        WHERE i.ledger_id = t.ledger_id AND i.meter_code = t.meter_code
          AND i.utc_day = (t.hour AT TIME ZONE 'UTC')::date
        ORDER BY i.revision DESC LIMIT 1) latest ON true
      WHERE b.consumption > coalesce(latest.metered, 0)
      LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'meter % is booked beyond what it metered in the hour %',
          wrong.meter_code, wrong.hour
        USING ERRCODE = 'check_violation', CONSTRAINT = 'consumption_stays_within_metered';
    END IF;
    RETURN NULL;
  END $$;
`;
