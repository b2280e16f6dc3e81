/** The energy book as it was before `PostInBlocks`: what its `down` leads back to. */

/** Postings and meter-hours, a row each. */
export const BEFORE = `
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
`;

/** The trigger on them. */
export const APPLY_BEFORE = `
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
