/**
 * A year of a pool, 8,760 hours × 200 meters × 30 plants: exact pro-rata with largest remainders on
 * both sides. Compute only: typed arrays in, typed arrays out. The peer is the same match in one
 * set-based SQL statement in PostgreSQL, on the same data, with the same result checked to the Wh.
 */
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import pg from 'pg';
import { seeded } from '../support/seeded.ts';
import type { Report } from './report.ts';

type ProRata = typeof import('../../src/core/matching/pro-rata.js');

const HOURS = 8_760;
const METERS = 200;
const PLANTS = 30;
const ROUNDS = 7;

/** 200 meters of 100 to 300 kWh an hour; 30 plants that together swing around that load. */
function makeYear(): { load: Float64Array; generation: Float64Array } {
  const random = seeded(2026);
  const load = Float64Array.from(
    { length: HOURS * METERS },
    () => 100_000 + Math.floor(random() * 200_000),
  );
  const generation = new Float64Array(HOURS * PLANTS);
  for (let hour = 0; hour < HOURS; hour += 1) {
    const weather = random() * 2_700_000;
    for (let plant = 0; plant < PLANTS; plant += 1) {
      const isDark = plant % 3 === 0 && (hour % 24 < 6 || hour % 24 > 18);
      generation[hour * PLANTS + plant] = isDark ? 0 : Math.floor(weather * random());
    }
  }
  return { load, generation };
}

const SIDE = (table: string): string => `
  SELECT hour, id, matched FROM (
    SELECT s.hour, s.id,
      div(least(t.load, t.generation) * s.wh, t.${table}) +
      (row_number() OVER (PARTITION BY s.hour
         ORDER BY mod(least(t.load, t.generation) * s.wh, t.${table}) DESC, s.id)
       <= least(t.load, t.generation) - sum(div(least(t.load, t.generation) * s.wh, t.${table}))
            OVER (PARTITION BY s.hour))::int AS matched
    FROM bench_${table} s JOIN totals t ON t.hour = s.hour AND t.${table} > 0) x`;

const STATEMENT = `
  CREATE TEMP TABLE bench_result AS
  WITH totals AS (
    SELECT hour, l.load, coalesce(g.generation, 0) AS generation
    FROM (SELECT hour, sum(wh) AS load FROM bench_load GROUP BY hour) l
    LEFT JOIN (SELECT hour, sum(wh) AS generation FROM bench_generation GROUP BY hour) g USING (hour))
  SELECT 'demand' AS side, * FROM (${SIDE('load')}) d
  UNION ALL SELECT 'supply', * FROM (${SIDE('generation')}) s`;

/** Measures both, and checks that they agree. */
export async function bench(): Promise<Report> {
  const built = join(import.meta.dirname, '../../dist/src/core/matching/pro-rata.js');
  const { matchPoolHours } = (await import(pathToFileURL(built).href)) as ProRata;
  const { load, generation } = makeYear();
  const compute = (): ReturnType<typeof matchPoolHours> =>
    matchPoolHours({ values: load, rowCount: METERS }, { values: generation, rowCount: PLANTS });

  const times: number[] = [];
  let result = compute();
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedMs = performance.now();
    result = compute();
    times.push(performance.now() - startedMs);
  }
  const computeMs = median(times);
  const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);

  const client = new pg.Client({ connectionString: process.env['MIZAN_TEST_ADMIN_URL'] });
  await client.connect();
  await client.query(`SET work_mem = '512MB'; SET jit = off`);
  await fill(client, 'bench_load', load, METERS);
  await fill(client, 'bench_generation', generation, PLANTS);
  const sqlTimes: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    await client.query('DROP TABLE IF EXISTS bench_result');
    const startedMs = performance.now();
    await client.query(STATEMENT);
    sqlTimes.push(performance.now() - startedMs);
  }
  const wrong =
    (await compare(client, 'demand', result.demandWh, METERS)) +
    (await compare(client, 'supply', result.supplyWh, PLANTS));
  await client.end();
  if (wrong > 0) throw new Error(`The two matches differ in ${wrong} rows`);

  const sqlMs = Math.min(...sqlTimes);
  return {
    hours: HOURS,
    meters: METERS,
    plants: PLANTS,
    computeMs: Math.round(computeMs),
    sqlMs: Math.round(sqlMs),
    ratio: Math.round((sqlMs / computeMs) * 10) / 10,
    rowsPerS: Math.round((HOURS * (METERS + PLANTS)) / (computeMs / 1000)),
    peakRssMb,
    agree: 'every row equal',
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function fill(
  client: pg.Client,
  table: string,
  values: Float64Array,
  rowCount: number,
): Promise<void> {
  await client.query(`CREATE TEMP TABLE ${table} (hour integer, id integer, wh numeric)`);
  const page = 500;
  for (let hour = 0; hour < HOURS; hour += page) {
    const part = Array.from(
      values.subarray(hour * rowCount, Math.min(HOURS, hour + page) * rowCount),
    );
    await client.query(
      `INSERT INTO ${table} SELECT $2 + (n - 1) / $3, (n - 1) % $3, wh
       FROM unnest($1::bigint[]) WITH ORDINALITY AS v (wh, n)`,
      [part, hour, rowCount],
    );
  }
  await client.query(`ANALYZE ${table}`);
}

/** How many rows the SQL result has that are not ours. */
async function compare(
  client: pg.Client,
  side: string,
  ours: Float64Array,
  rowCount: number,
): Promise<number> {
  const { rows } = await client.query<{ hour: number; id: number; matched: string }>({
    text: 'SELECT hour, id, matched FROM bench_result WHERE side = $1',
    values: [side],
  });
  let matchedWh = 0;
  let wrong = 0;
  for (const { hour, id, matched } of rows) {
    if (Number(matched) !== ours[hour * rowCount + id]) wrong += 1;
    matchedWh += Number(matched);
  }
  const total = ours.reduce((sum, wh) => sum + wh, 0);
  return wrong + (matchedWh === total ? 0 : 1);
}
