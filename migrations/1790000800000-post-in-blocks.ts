import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPLY as APPLY_BEFORE } from './1790000300000-keep-energy-book.js';
import { BEFORE } from './1790000800000-post-in-blocks.down.js';

/**
 * Postings in blocks: the certificates of an hour in one row, the hours of a meter's UTC day in
 * another; and the demand side's balances by meter and UTC day. A month of two hundred meters is
 * thousands of rows instead of hundreds of thousands.
 *
 * What must survive a bug in our code is what held before: a legal move, whole energy above zero,
 * nothing spent or covered beyond what there is, nothing booked beyond what was metered, and both
 * sides of every hour alike.
 */
export class PostInBlocks1790000800000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE posting RENAME TO single_posting;
      ALTER TABLE single_posting RENAME CONSTRAINT posting_is_written_once TO single_posting_key;
      ALTER TABLE demand_balance RENAME TO hour_balance;
      ALTER TABLE hour_balance RENAME CONSTRAINT meter_hour_has_one_balance TO hour_balance_key;
      DROP INDEX posting_by_hour;
      DROP FUNCTION apply_postings, block_hour_wh CASCADE;
      -- Rows of all ledgers are carried over; the old tables go.
      ALTER TABLE single_posting NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE hour_balance NO FORCE ROW LEVEL SECURITY;
    `);
    await db.query(FUNCTIONS);
    await db.query(TABLES);
    await db.query(`
      INSERT INTO posting
        SELECT ledger_id, event_id, row_index, move, book, debit, credit,
          CASE book WHEN 'supply' THEN hour ELSE date_trunc('day', hour, 'UTC') END,
          ARRAY[coalesce(certificate_id::text, meter_code)],
          CASE book WHEN 'supply' THEN ARRAY[wh] ELSE only_hour(hour, wh) END
        FROM single_posting;
      INSERT INTO demand_balance
        SELECT ledger_id, meter_code, (hour AT TIME ZONE 'UTC')::date,
          sum_hours(only_hour(hour, consumption)), sum_hours(only_hour(hour, matched)),
          sum_hours(only_hour(hour, residual))
        FROM hour_balance GROUP BY 1, 2, 3;
      SET CONSTRAINTS ALL IMMEDIATE;
      DROP TABLE single_posting, hour_balance;
      CALL protect_table('posting', append_only => true);
      CALL protect_table('demand_balance', append_only => false);
      REVOKE INSERT ON demand_balance FROM mizan_app;
      -- The trigger below asks for the certificate anyway, once for all of a posting.
      ALTER TABLE supply_balance DROP CONSTRAINT supply_balance_belongs_to_a_certificate;
    `);
    await db.query(APPLY);
    await db.query(`
      CREATE TRIGGER postings_move_balances AFTER INSERT ON posting
        REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION apply_postings();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE posting RENAME TO block_posting;
      ALTER TABLE block_posting RENAME CONSTRAINT posting_is_written_once TO block_posting_key;
      ALTER TABLE demand_balance RENAME TO day_balance;
      ALTER TABLE day_balance RENAME CONSTRAINT meter_day_has_one_balance TO day_balance_key;
      DROP INDEX posting_by_start, demand_balance_by_day;
      DROP FUNCTION apply_postings CASCADE;
      ALTER TABLE block_posting NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE day_balance NO FORCE ROW LEVEL SECURITY;
    `);
    await db.query(BEFORE);
    await db.query(`
      INSERT INTO posting
        SELECT ledger_id, event_id,
          row_number() OVER (PARTITION BY ledger_id, event_id ORDER BY row_index, s.n) - 1,
          move, book, debit, credit,
          starts_at + CASE book WHEN 'supply' THEN 0 ELSE s.n - 1 END * interval '1 hour',
          CASE book WHEN 'supply' THEN s.subject::uuid END,
          CASE book WHEN 'demand' THEN subjects[1] END, s.wh
        FROM block_posting, unnest(subjects, wh) WITH ORDINALITY AS s (subject, wh, n)
        WHERE s.wh > 0;
      INSERT INTO demand_balance
        SELECT ledger_id, meter_code, (utc_day + (h.n - 1) * interval '1 hour') AT TIME ZONE 'UTC',
          h.consumption, h.matched, h.residual
        FROM day_balance, unnest(consumption, matched, residual)
          WITH ORDINALITY AS h (consumption, matched, residual, n)
        WHERE h.consumption > 0;
      SET CONSTRAINTS ALL IMMEDIATE;
      DROP TABLE block_posting, day_balance;
      DROP AGGREGATE sum_hours(bigint[]);
      DROP FUNCTION add_hours, take_hours, no_hours, only_hour, metered_hour_wh;
      CALL protect_table('posting', append_only => true);
      CALL protect_table('demand_balance', append_only => false);
      REVOKE INSERT ON demand_balance FROM mizan_app;
    `);
    await db.query(APPLY_BEFORE);
    await db.query(`
      CREATE TRIGGER postings_move_balances AFTER INSERT ON posting
        REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION apply_postings();
      ALTER TABLE supply_balance ADD CONSTRAINT supply_balance_belongs_to_a_certificate
        FOREIGN KEY (ledger_id, certificate_id) REFERENCES certificate (ledger_id, certificate_id);
    `);
  }
}

const FUNCTIONS = `
  -- Hour by hour; what is missing on one side is zero.
  CREATE FUNCTION add_hours(a bigint[], b bigint[]) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT ARRAY(SELECT coalesce(h.a, 0) + coalesce(h.b, 0)
                   FROM unnest(a, b) WITH ORDINALITY AS h (a, b, n) ORDER BY h.n)
  $$;
  CREATE FUNCTION take_hours(a bigint[], b bigint[]) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT ARRAY(SELECT coalesce(h.a, 0) - coalesce(h.b, 0)
                   FROM unnest(a, b) WITH ORDINALITY AS h (a, b, n) ORDER BY h.n)
  $$;
  CREATE FUNCTION no_hours() RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_fill(0::bigint, ARRAY[24])
  $$;
  CREATE AGGREGATE sum_hours(bigint[]) (sfunc = add_hours, stype = bigint[], initcond = '{}');

  -- A UTC day with energy in one hour.
  CREATE FUNCTION only_hour(hour timestamptz, wh bigint) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT ARRAY(SELECT CASE WHEN n = extract(hour FROM hour AT TIME ZONE 'UTC') THEN wh ELSE 0 END
                   FROM generate_series(0, 23) AS n ORDER BY n)
  $$;

  -- Wh of one hour of a block; NULL when a part is missing, as the sum of its parts is then.
  -- Without a subquery, so that it is expanded where it is called.
  CREATE FUNCTION metered_hour_wh(wh bigint[], interval_minutes smallint, at integer)
    RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT CASE interval_minutes
        WHEN 60 THEN wh[at + 1]
        WHEN 30 THEN wh[2 * at + 1] + wh[2 * at + 2]
        WHEN 15 THEN wh[4 * at + 1] + wh[4 * at + 2] + wh[4 * at + 3] + wh[4 * at + 4]
        WHEN 10 THEN wh[6 * at + 1] + wh[6 * at + 2] + wh[6 * at + 3]
          + wh[6 * at + 4] + wh[6 * at + 5] + wh[6 * at + 6]
        WHEN 5 THEN wh[12 * at + 1] + wh[12 * at + 2] + wh[12 * at + 3]
          + wh[12 * at + 4] + wh[12 * at + 5] + wh[12 * at + 6]
          + wh[12 * at + 7] + wh[12 * at + 8] + wh[12 * at + 9]
          + wh[12 * at + 10] + wh[12 * at + 11] + wh[12 * at + 12]
      END
  $$;
`;

const TABLES = `
  CREATE TABLE posting (
    ledger_id  uuid        NOT NULL,
    event_id   uuid        NOT NULL,
    row_index  integer     NOT NULL,
    move       text        NOT NULL,
    book       text        NOT NULL,
    debit      text        NOT NULL,
    credit     text        NOT NULL,
    starts_at  timestamptz NOT NULL,
    subjects   text[]      NOT NULL,
    wh         bigint[]    NOT NULL,
    CONSTRAINT posting_is_written_once PRIMARY KEY (ledger_id, event_id, row_index),
    CONSTRAINT posting_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT posting_is_positive_and_safe CHECK (
      (0 <= ALL (wh) AND 9007199254740991 >= ALL (wh) AND 0 < ANY (wh)) IS TRUE),
    CONSTRAINT posting_is_an_hour_or_a_day CHECK (
      array_position(subjects, NULL) IS NULL AND (
        book = 'supply' AND starts_at = date_trunc('hour', starts_at, 'UTC')
          AND cardinality(subjects) = cardinality(wh) AND 0 < ALL (wh)
        OR book = 'demand' AND starts_at = date_trunc('day', starts_at, 'UTC')
          AND cardinality(subjects) = 1 AND cardinality(wh) = 24)),
    CONSTRAINT posting_is_a_legal_move CHECK ((move, book, debit, credit) IN (
      ('issue',            'supply', 'available',   'issued'),
      ('match_supply',     'supply', 'matched',     'available'),
      ('unmatch_supply',   'supply', 'available',   'matched'),
      ('consume',          'demand', 'residual',    'consumption'),
      ('consume_reversal', 'demand', 'consumption', 'residual'),
      ('match_demand',     'demand', 'matched',     'residual'),
      ('unmatch_demand',   'demand', 'residual',    'matched')))
  );
  CREATE INDEX posting_by_start ON posting (ledger_id, starts_at);

  CREATE TABLE demand_balance (
    ledger_id    uuid     NOT NULL,
    meter_code   text     NOT NULL,
    utc_day      date     NOT NULL,
    consumption  bigint[] NOT NULL,
    matched      bigint[] NOT NULL,
    residual     bigint[] NOT NULL,
    CONSTRAINT meter_day_has_one_balance PRIMARY KEY (ledger_id, meter_code, utc_day),
    CONSTRAINT demand_balance_belongs_to_a_meter FOREIGN KEY (ledger_id, meter_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT demand_balance_has_24_hours CHECK (
      cardinality(consumption) = 24 AND cardinality(matched) = 24 AND cardinality(residual) = 24),
    CONSTRAINT demand_is_conserved CHECK (consumption = add_hours(matched, residual)),
    CONSTRAINT no_demand_balance_is_negative CHECK (
      (0 <= ALL (consumption) AND 0 <= ALL (matched) AND 0 <= ALL (residual)) IS TRUE)
  );
  CREATE INDEX demand_balance_by_day ON demand_balance (ledger_id, utc_day);
`;

/** The trigger on postings in blocks. */
export const APPLY = `
  CREATE OR REPLACE FUNCTION apply_postings() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = mizan, pg_temp AS $$
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
        sum(s.wh * ((f.debit = 'matched')::int - (f.credit = 'matched')::int)) AS matched
      FROM fresh f, unnest(f.subjects, f.wh) AS s (subject, wh)
      WHERE f.book = 'supply' GROUP BY 1, 2, 3 ORDER BY 1, 2),
    grown AS (
      INSERT INTO supply_balance AS b (ledger_id, certificate_id, hour, issued, available, matched)
      SELECT d.* FROM d WHERE least(d.issued, d.available, d.matched) >= 0
      ON CONFLICT (ledger_id, certificate_id) DO UPDATE SET issued = b.issued + excluded.issued,
        available = b.available + excluded.available, matched = b.matched + excluded.matched
      RETURNING b.ledger_id, b.certificate_id, b.hour, b.issued),
    shrunk AS (
      UPDATE supply_balance b SET issued = b.issued + d.issued,
        available = b.available + d.available, matched = b.matched + d.matched
      FROM d WHERE least(d.issued, d.available, d.matched) < 0
        AND b.ledger_id = d.ledger_id AND b.certificate_id = d.certificate_id
      RETURNING b.ledger_id, b.certificate_id, b.hour, b.issued),
    refused AS (
      INSERT INTO supply_balance (ledger_id, certificate_id, hour, issued, available, matched)
      SELECT d.* FROM d LEFT JOIN shrunk USING (ledger_id, certificate_id)
      WHERE least(d.issued, d.available, d.matched) < 0 AND shrunk.certificate_id IS NULL)
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

    WITH d AS MATERIALIZED (
      SELECT f.ledger_id, f.subjects[1] AS meter_code,
        (f.starts_at AT TIME ZONE 'UTC')::date AS utc_day,
        sum_hours(f.wh) FILTER (WHERE f.credit = 'consumption') AS consumed,
        sum_hours(f.wh) FILTER (WHERE f.debit = 'consumption') AS reversed,
        sum_hours(f.wh) FILTER (WHERE f.debit = 'matched') AS matched,
        sum_hours(f.wh) FILTER (WHERE f.credit = 'matched') AS unmatched
      FROM fresh f WHERE f.book = 'demand' GROUP BY 1, 2, 3),
    grown AS (
      INSERT INTO demand_balance AS b
        (ledger_id, meter_code, utc_day, consumption, matched, residual)
      SELECT ledger_id, meter_code, utc_day, add_hours(consumed, no_hours()),
        add_hours(matched, no_hours()), take_hours(consumed, matched)
      FROM d WHERE reversed = '{}' AND unmatched = '{}'
        AND (0 <= ALL (take_hours(consumed, matched))) AND consumed <> '{}'
      ON CONFLICT (ledger_id, meter_code, utc_day) DO UPDATE SET
        consumption = add_hours(b.consumption, excluded.consumption),
        matched = add_hours(b.matched, excluded.matched),
        residual = add_hours(b.residual, excluded.residual)
      RETURNING b.ledger_id, b.meter_code, b.utc_day, b.consumption),
    shrunk AS (
      UPDATE demand_balance b SET
        consumption = take_hours(add_hours(b.consumption, d.consumed), d.reversed),
        matched = take_hours(add_hours(b.matched, d.matched), d.unmatched),
        residual = take_hours(add_hours(b.residual, add_hours(d.consumed, d.unmatched)),
                              add_hours(d.reversed, d.matched))
      FROM d WHERE NOT EXISTS (SELECT FROM grown g WHERE g.ledger_id = d.ledger_id
          AND g.meter_code = d.meter_code AND g.utc_day = d.utc_day)
        AND b.ledger_id = d.ledger_id AND b.meter_code = d.meter_code AND b.utc_day = d.utc_day
      RETURNING b.ledger_id, b.meter_code, b.utc_day, b.consumption),
    moved AS (
      SELECT t.*, d.consumed, d.reversed, d.matched AS covered, d.unmatched
      FROM d JOIN (TABLE grown UNION ALL TABLE shrunk) t USING (ledger_id, meter_code, utc_day)),
    refused AS (
      INSERT INTO demand_balance (ledger_id, meter_code, utc_day, consumption, matched, residual)
      SELECT d.ledger_id, d.meter_code, d.utc_day,
        take_hours(add_hours(d.consumed, no_hours()), d.reversed),
        take_hours(add_hours(d.matched, no_hours()), d.unmatched),
        take_hours(add_hours(add_hours(d.consumed, no_hours()), d.unmatched),
                   add_hours(d.reversed, d.matched))
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
        SELECT f.ledger_id, f.starts_at AS hour, s.wh * CASE f.debit WHEN 'matched' THEN 1 ELSE -1 END
          AS wh
        FROM fresh f, unnest(f.wh) AS s (wh)
        WHERE f.move IN ('match_supply', 'unmatch_supply')
        UNION ALL
        SELECT f.ledger_id, f.starts_at + (s.n - 1) * interval '1 hour',
          s.wh * CASE f.debit WHEN 'matched' THEN -1 ELSE 1 END
        FROM fresh f, unnest(f.wh) WITH ORDINALITY AS s (wh, n)
        WHERE f.move IN ('match_demand', 'unmatch_demand')) p
      GROUP BY p.ledger_id, p.hour HAVING sum(p.wh) <> 0 LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'supply and demand match different energy in the hour %', wrong.hour
        USING ERRCODE = 'check_violation', CONSTRAINT = 'matched_sides_agree';
    END IF;
    RETURN NULL;
  END $$;
`;
