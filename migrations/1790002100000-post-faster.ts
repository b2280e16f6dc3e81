import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPLY_AFTER } from './1790000900000-give-certificates-a-life.functions.js';

/**
 * The same trigger with fewer calls of functions on arrays of hours: a sum of one array is that array,
 * what is left over is taken once, and days that only grow are not looked up again as days that shrink.
 */
export class PostFaster1790002100000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE FUNCTION add_whole_hours(a bigint[], b bigint[]) RETURNS bigint[]
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
          SELECT ARRAY(SELECT h.a + h.b FROM unnest(a, b) WITH ORDINALITY AS h (a, b, n) ORDER BY h.n)
      $$;
      -- NULL where nothing is summed; the first array is taken as it is.
      CREATE AGGREGATE total_hours(bigint[]) (sfunc = add_whole_hours, stype = bigint[]);
    `);
    await db.query(FASTER);
    await db.query(compressed('lz4'));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(compressed('default'));
    // Replacing a function replaces its settings too.
    await db.query(APPLY_AFTER);
    await db.query(`
      DROP AGGREGATE total_hours(bigint[]);
      DROP FUNCTION add_whole_hours(bigint[], bigint[]);
    `);
  }
}

const HEAD = 'SET search_path = mizan, pg_temp';

const SUMS_AND_GROWN = `
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
        CASE WHEN s.matched IS NULL THEN s.consumed ELSE take_hours(s.consumed, s.matched) END
      END AS left_over
      FROM sums s),
    grown AS (
      INSERT INTO demand_balance AS b
        (ledger_id, meter_code, utc_day, consumption, matched, residual)
      SELECT ledger_id, meter_code, utc_day, consumed, coalesce(matched, no_hours()), left_over
      FROM d WHERE consumed IS NOT NULL AND 0 <= ALL (left_over)
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
      FROM d WHERE (d.consumed IS NOT NULL AND 0 <= ALL (d.left_over)) IS NOT TRUE
        AND b.ledger_id = d.ledger_id AND b.meter_code = d.meter_code AND b.utc_day = d.utc_day
      RETURNING b.ledger_id, b.meter_code, b.utc_day, b.consumption),
    `;

/** The trigger on postings, with sums and days that only grow taken once. */
export const FASTER = (() => {
  const from = APPLY_AFTER.indexOf(
    'WITH d AS MATERIALIZED (\n      SELECT f.ledger_id, f.subjects[1]',
  );
  const to = APPLY_AFTER.indexOf('moved AS (');
  if (from < 0 || to < from) throw new Error('The trigger on postings is not the one known here.');
  const text = APPLY_AFTER.slice(0, from) + SUMS_AND_GROWN.trimStart() + APPLY_AFTER.slice(to);
  return text.replace(HEAD, `${HEAD} SET work_mem = '32MB'`);
})();

/** Long arrays, compressed faster where the server can; otherwise as before. */
const compressed = (method: 'lz4' | 'default'): string => `
  DO $$ BEGIN
    ALTER TABLE match_pairs
      ALTER COLUMN demand_at SET COMPRESSION ${method},
      ALTER COLUMN supply_at SET COMPRESSION ${method},
      ALTER COLUMN wh SET COMPRESSION ${method};
    ALTER TABLE posting
      ALTER COLUMN subjects SET COMPRESSION ${method},
      ALTER COLUMN wh SET COMPRESSION ${method};
  EXCEPTION WHEN feature_not_supported THEN NULL;
  END $$;
`;
