const eachHour = (of: (n: number) => string): string =>
  Array.from({ length: 24 }, (_, at) => of(at + 1)).join(', ');

/**
 * Hour by hour of a day; what is missing on one side is zero. Without a subquery, so that they are
 * expanded where they are called.
 */
export const DAY_FUNCTIONS = `
  CREATE FUNCTION add_day_hours(a bigint[], b bigint[]) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT ARRAY[${eachHour((n) => `coalesce(a[${n}], 0) + coalesce(b[${n}], 0)`)}]
  $$;
  CREATE FUNCTION take_day_hours(a bigint[], b bigint[]) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT ARRAY[${eachHour((n) => `coalesce(a[${n}], 0) - coalesce(b[${n}], 0)`)}]
  $$;
`;

/** The trigger on postings: one statement moves balances and asks what else holds. */
export const APPLY_IN_DAYS = `
  CREATE OR REPLACE FUNCTION apply_postings() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = mizan, pg_temp SET work_mem = '32MB' AS $$
  DECLARE
    wrong record;
  BEGIN
    -- What only grows is inserted or added to by its key, which takes as long in the tenth year as
    -- in the first; what gives something back is updated. Giving back where there is nothing is
    -- inserted last: its CHECK says no.
    WITH d AS MATERIALIZED (
      SELECT f.ledger_id, s.subject::uuid AS certificate_id, f.starts_at AS hour,
        sum(s.wh * ((f.credit = 'issued')::int - (f.debit = 'issued')::int)) AS issued,
        sum(s.wh * ((f.debit = 'available')::int - (f.credit = 'available')::int)) AS available,
        sum(s.wh * ((f.debit = 'matched')::int - (f.credit = 'matched')::int)) AS matched,
        sum(s.wh * (f.debit = 'expired')::int) AS expired,
        sum(s.wh * (f.debit = 'withdrawn')::int) AS withdrawn,
        sum(s.wh * ((f.debit = 'cancelled')::int - (f.credit = 'cancelled')::int)) AS cancelled,
        sum(s.wh * (f.debit = 'cancelled_for_storage')::int) AS cancelled_for_storage
      FROM fresh f, unnest(f.subjects, f.wh) AS s (subject, wh)
      WHERE f.book = 'supply' GROUP BY 1, 2, 3 ORDER BY 1, 2),
    grown AS (
      INSERT INTO supply_balance AS b (ledger_id, certificate_id, hour,
        issued, available, matched, expired, withdrawn, cancelled,
        cancelled_for_storage)
      SELECT d.* FROM d WHERE least(d.issued, d.available, d.matched, d.cancelled) >= 0
      ON CONFLICT (ledger_id, certificate_id) DO UPDATE SET issued = b.issued + excluded.issued,
        available = b.available + excluded.available, matched = b.matched + excluded.matched,
        expired = b.expired + excluded.expired, withdrawn = b.withdrawn + excluded.withdrawn,
        cancelled = b.cancelled + excluded.cancelled,
        cancelled_for_storage = b.cancelled_for_storage + excluded.cancelled_for_storage
      RETURNING b.ledger_id, b.certificate_id, b.hour, b.issued),
    shrunk AS (
      UPDATE supply_balance b SET issued = b.issued + d.issued,
        available = b.available + d.available, matched = b.matched + d.matched,
        expired = b.expired + d.expired, withdrawn = b.withdrawn + d.withdrawn,
        cancelled = b.cancelled + d.cancelled,
        cancelled_for_storage = b.cancelled_for_storage + d.cancelled_for_storage
      FROM d WHERE least(d.issued, d.available, d.matched, d.cancelled) < 0
        AND b.ledger_id = d.ledger_id AND b.certificate_id = d.certificate_id
      RETURNING b.ledger_id, b.certificate_id, b.hour, b.issued),
    refused AS (
      INSERT INTO supply_balance (ledger_id, certificate_id, hour,
        issued, available, matched, expired, withdrawn, cancelled,
        cancelled_for_storage)
      SELECT d.* FROM d LEFT JOIN shrunk USING (ledger_id, certificate_id)
      WHERE least(d.issued, d.available, d.matched, d.cancelled) < 0 AND shrunk.certificate_id IS NULL)
    SELECT t.certificate_id INTO wrong
      FROM d JOIN (TABLE grown UNION ALL TABLE shrunk) t USING (ledger_id, certificate_id)
      LEFT JOIN LATERAL (
        SELECT c.wh, c.starts_at FROM certificate c
        WHERE c.ledger_id = t.ledger_id AND c.certificate_id = t.certificate_id OFFSET 0) c ON true
      WHERE c.wh IS NULL OR t.issued > c.wh OR t.hour <> d.hour
        OR d.hour <> date_trunc('hour', c.starts_at, 'UTC')
      LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'certificate % is booked beyond its Wh or outside its hour', wrong.certificate_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'issued_stays_within_certificate';
    END IF;

    WITH sums AS MATERIALIZED (
      SELECT f.ledger_id, f.subjects[1] AS meter_code,
        (f.starts_at AT TIME ZONE 'UTC')::date AS utc_day,
        total_hours(f.wh) FILTER (WHERE f.credit = 'consumption') AS consumed,
        total_hours(f.wh) FILTER (WHERE f.debit = 'consumption') AS reversed,
        total_hours(f.wh) FILTER (WHERE f.debit = 'matched') AS matched,
        total_hours(f.wh) FILTER (WHERE f.credit = 'matched') AS unmatched
      FROM fresh f WHERE f.book = 'demand' GROUP BY 1, 2, 3),
    d AS MATERIALIZED (
      SELECT s.*, CASE WHEN s.reversed IS NULL AND s.unmatched IS NULL THEN
        CASE WHEN s.matched IS NULL THEN s.consumed ELSE take_day_hours(s.consumed, s.matched) END
      END AS left_over
      FROM sums s),
    grown AS (
      INSERT INTO demand_balance AS b
        (ledger_id, meter_code, utc_day, consumption, matched, residual)
      SELECT ledger_id, meter_code, utc_day, consumed, coalesce(matched, no_hours()), left_over
      FROM d WHERE consumed IS NOT NULL AND 0 <= ALL (left_over)
      ON CONFLICT (ledger_id, meter_code, utc_day) DO UPDATE SET
        consumption = add_day_hours(b.consumption, excluded.consumption),
        matched = add_day_hours(b.matched, excluded.matched),
        residual = add_day_hours(b.residual, excluded.residual)
      RETURNING b.ledger_id, b.meter_code, b.utc_day, b.consumption),
    shrunk AS (
      UPDATE demand_balance b SET
        consumption = take_day_hours(add_day_hours(b.consumption, d.consumed), d.reversed),
        matched = take_day_hours(add_day_hours(b.matched, d.matched), d.unmatched),
        residual = take_day_hours(add_day_hours(b.residual, add_day_hours(d.consumed, d.unmatched)),
                                  add_day_hours(d.reversed, d.matched))
      FROM d WHERE (d.consumed IS NOT NULL AND 0 <= ALL (d.left_over)) IS NOT TRUE
        AND b.ledger_id = d.ledger_id AND b.meter_code = d.meter_code AND b.utc_day = d.utc_day
      RETURNING b.ledger_id, b.meter_code, b.utc_day, b.consumption),
    moved AS (
      SELECT t.*, d.consumed, d.reversed, d.matched AS covered, d.unmatched
      FROM d JOIN (TABLE grown UNION ALL TABLE shrunk) t USING (ledger_id, meter_code, utc_day)),
    refused AS (
      INSERT INTO demand_balance (ledger_id, meter_code, utc_day, consumption, matched, residual)
      SELECT d.ledger_id, d.meter_code, d.utc_day,
        take_day_hours(d.consumed, d.reversed),
        take_day_hours(d.matched, d.unmatched),
        take_day_hours(add_day_hours(d.consumed, d.unmatched),
                       add_day_hours(d.reversed, d.matched))
      FROM d LEFT JOIN moved m USING (ledger_id, meter_code, utc_day) WHERE m.meter_code IS NULL)
    SELECT m.meter_code, m.utc_day, h.n - 1 AS at INTO wrong
      FROM moved m LEFT JOIN LATERAL (
        SELECT b.wh, b.interval_minutes FROM interval_block b
        WHERE b.ledger_id = m.ledger_id AND b.meter_code = m.meter_code AND b.utc_day = m.utc_day
        ORDER BY b.revision DESC LIMIT 1) i ON true
      CROSS JOIN LATERAL unnest(m.consumption, m.consumed, m.reversed, m.covered, m.unmatched)
        WITH ORDINALITY AS h (booked, consumed, reversed, covered, unmatched, n)
      WHERE greatest(h.consumed, h.reversed, h.covered, h.unmatched) > 0
        AND h.booked > coalesce(metered_hour_wh(i.wh, i.interval_minutes, h.n::integer - 1), 0)
      LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'meter % is booked beyond what it metered on % in UTC hour %',
          wrong.meter_code, wrong.utc_day, wrong.at
        USING ERRCODE = 'check_violation', CONSTRAINT = 'consumption_stays_within_metered';
    END IF;

    SELECT p.hour INTO wrong FROM (
        SELECT f.ledger_id, f.starts_at AS hour,
          (SELECT sum(s.wh) FROM unnest(f.wh) AS s (wh))
            * CASE f.debit WHEN 'matched' THEN 1 ELSE -1 END AS wh
        FROM fresh f WHERE f.move IN ('match_supply', 'unmatch_supply')
        UNION ALL
        SELECT d.ledger_id, d.starts_at + (h.n - 1) * interval '1 hour',
          h.wh * CASE d.debit WHEN 'matched' THEN -1 ELSE 1 END
        FROM (
          SELECT f.ledger_id, f.starts_at, f.debit, ARRAY[${eachHour((n) => `sum(f.wh[${n}])`)}] AS wh
          FROM fresh f WHERE f.move IN ('match_demand', 'unmatch_demand') GROUP BY 1, 2, 3) d,
          unnest(d.wh) WITH ORDINALITY AS h (wh, n)) p
      GROUP BY p.ledger_id, p.hour HAVING sum(p.wh) <> 0 LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'supply and demand match different energy in the hour %', wrong.hour
        USING ERRCODE = 'check_violation', CONSTRAINT = 'matched_sides_agree';
    END IF;
    RETURN NULL;
  END $$;
`;
