/**
 * A year of a campus, 8,760 hours × 200 meters × 30 plants.
 *
 * Compute: each policy on numbers in memory. The peer of `pro-rata` is the same match in one
 * set-based SQL statement in PostgreSQL, every row compared; that of `tiered-spread` the rule written
 * down a second time on bigints, on a sample of the hours, every pair compared.
 *
 * End to end: what `year.bench.ts` measures, in a process of its own.
 */
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import pg from 'pg';
import type { HourInput } from '../../src/core/matching/policies/hour.js';
import { seeded } from '../support/seeded.ts';
import { spreadByTheBook } from '../support/spread-reference.ts';
import { meterCode, plantCode } from './campus.ts';
import { type Report, runApart } from './report.ts';

type ProRata = typeof import('../../src/core/matching/policies/pro-rata.js');
type TieredSpread = typeof import('../../src/core/matching/policies/tiered-spread.js');
type Maximal = typeof import('../../src/core/matching/policies/maximal.js');

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
  const built = join(import.meta.dirname, '../../dist/src/core/matching/policies/pro-rata.js');
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
  const pairs = await computePairs(load, generation);
  // In a process of its own, on a heap that nothing else has filled, as a server's is.
  const whole = runApart('year');
  return {
    hours: HOURS,
    meters: METERS,
    plants: PLANTS,
    proRataMs: Math.round(computeMs),
    sqlMs: Math.round(sqlMs),
    ratioToSql: Math.round((sqlMs / computeMs) * 10) / 10,
    rowsPerS: Math.round((HOURS * (METERS + PLANTS)) / (computeMs / 1000)),
    computePeakRssMb: peakRssMb,
    ...pairs,
    ...whole,
    agree: 'every row and every sampled pair equal',
  };
}

/** Hours of which the peer on bigints plays the rounds, spread over the year. */
const SAMPLED_HOURS = 12;

async function computePairs(load: Float64Array, generation: Float64Array): Promise<Report> {
  const dist = (file: string): string =>
    pathToFileURL(join(import.meta.dirname, '../../dist/src/core/matching/policies', file)).href;
  const { spreadOut } = (await import(dist('tiered-spread.js'))) as TieredSpread;
  const { spreadMaximally } = (await import(dist('maximal.js'))) as Maximal;
  const hourOf = (hour: number): HourInput => ({
    start: '',
    supply: rowsOf(generation, { hour, count: PLANTS, code: plantCode }),
    demand: rowsOf(load, { hour, count: METERS, code: meterCode }),
  });
  const timed = (match: (hour: HourInput) => unknown): number => {
    let ms = 0;
    for (let hour = 0; hour < HOURS; hour += 1) {
      const input = hourOf(hour);
      const startedMs = performance.now();
      match(input);
      ms += performance.now() - startedMs;
    }
    return ms;
  };
  const tieredMs = timed((hour) => spreadOut(hour, 'largest-remainder'));
  const maximalMs = timed(spreadMaximally);
  let [peerMs, oursMs] = [0, 0];
  for (let at = 0; at < SAMPLED_HOURS; at += 1) {
    const input = hourOf(Math.floor((at * HOURS) / SAMPLED_HOURS) + 12);
    let startedMs = performance.now();
    const peer = spreadByTheBook(input);
    peerMs += performance.now() - startedMs;
    startedMs = performance.now();
    const { flowWh } = spreadOut(input, 'largest-remainder');
    oursMs += performance.now() - startedMs;
    flowWh.forEach((wh, pair) => {
      const key = `${Math.floor(pair / PLANTS)}:${pair % PLANTS}`;
      if ((peer.get(key) ?? 0) !== wh) throw new Error(`The two spreads differ at ${key}`);
    });
  }
  return {
    tieredSpreadMs: Math.round(tieredMs),
    maximalMs: Math.round(maximalMs),
    bigintMsPerHour: Math.round(peerMs / SAMPLED_HOURS),
    ratioToBigint: Math.round(peerMs / oursMs),
  };
}

function rowsOf(
  values: Float64Array,
  { hour, count, code }: { hour: number; count: number; code: (at: number) => string },
): { id: string; wh: number }[] {
  return Array.from({ length: count }, (_, at) => ({
    id: code(at),
    wh: values[hour * count + at]!,
  }));
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
