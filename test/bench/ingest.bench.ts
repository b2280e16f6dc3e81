/**
 * A year of a campus: 200 meters × 35,040 quarter-hours as CSV, one reading a row, in twelve monthly
 * files. From the bytes of the files to sealed, queryable blocks, through the same service that the
 * API and the command line call. The peer is PostgreSQL's own COPY of the same files into a bare
 * table, a row an interval with a primary key, read by the server from disk.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type BenchApp, createBenchApp } from './app.ts';
import { code, METERS, POINTS, YEAR } from './ingest.files.ts';
import type { Report } from './report.ts';

/** Measures both on the same files and the same server. */
export async function bench(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'));
  // The server reads the files for its COPY, as another user when we are root.
  chmodSync(folder, 0o755);
  const files = Array.from({ length: 12 }, (_, month) => join(folder, `${month}.csv`));
  // In a process of its own, so that the peak of this one is that of taking them in.
  const made = spawnSync(process.execPath, [join(import.meta.dirname, 'ingest.files.ts'), folder]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  const rowCount = Number(made.stdout.toString());
  const byteCount = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const app = await createBenchApp(METERS, code);
  try {
    await app.createProfile('UTC-DAYS', { zone: 'UTC', unit: 'wh' });
    const startedMs = performance.now();
    for (const [month, file] of files.entries()) {
      await app.importIntervals(`${YEAR}-${month + 1}.csv`, createReadStream(file));
    }
    const ingestMs = performance.now() - startedMs;
    const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
    const client = new pg.Client({ connectionString: app.adminUrl });
    await client.connect();
    await client.query('SET search_path = mizan');
    const sum = await client.query<{ wh: string }>(
      'SELECT sum(v)::text AS wh FROM interval_block, unnest(wh) AS v',
    );
    const blockBytes = await sizeOf(client, 'interval_block');
    const copy = await copyAll(client, files);
    if (sum.rows[0]!.wh !== copy.wh) throw new Error('The two hold different energy');
    const bareBytes = await sizeOf(client, 'bare');
    await client.end();
    const wideRowsPerS = await rateOf(app, join(folder, 'wide.csv'), METERS * 31 * 96, 'UTC-DAYS');
    const espiRowsPerS = await rateOf(app, join(folder, 'espi.xml'), POINTS * 28 * 96);
    return {
      rows: rowCount,
      megabytes: Math.round(byteCount / 1e6),
      ingestMs: Math.round(ingestMs),
      copyMs: Math.round(copy.ms),
      ratio: Math.round((copy.ms / ingestMs) * 100) / 100,
      rowsPerS: Math.round(rowCount / (ingestMs / 1000)),
      wideRowsPerS,
      espiRowsPerS,
      copyRowsPerS: Math.round(rowCount / (copy.ms / 1000)),
      peakRssMb,
      diskMb: Math.round(blockBytes / 1e6),
      copyDiskMb: Math.round(bareBytes / 1e6),
      diskShare: Math.round((blockBytes / bareBytes) * 1000) / 1000,
      agree: 'Σ Wh equal',
    };
  } finally {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Readings a second of one file in another form, in the same process. */
async function rateOf(
  app: BenchApp,
  file: string,
  rowCount: number,
  profileCode?: string,
): Promise<number> {
  const startedMs = performance.now();
  await app.importIntervals(file, createReadStream(file), profileCode);
  return Math.round(rowCount / ((performance.now() - startedMs) / 1000));
}

async function copyAll(
  client: pg.Client,
  files: readonly string[],
): Promise<{ ms: number; wh: string }> {
  await client.query(`
    CREATE TABLE bare (meter_code text NOT NULL, starts_at timestamptz NOT NULL,
      wh bigint NOT NULL, quality text NOT NULL, PRIMARY KEY (meter_code, starts_at))`);
  const startedMs = performance.now();
  for (const file of files) {
    await client.query(`COPY bare FROM '${file}' (FORMAT csv, HEADER)`);
  }
  const ms = performance.now() - startedMs;
  const { rows } = await client.query<{ wh: string }>('SELECT sum(wh)::text AS wh FROM bare');
  return { ms, wh: rows[0]!.wh };
}

async function sizeOf(client: pg.Client, table: string): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(
    'SELECT pg_total_relation_size($1::regclass) AS bytes',
    [table],
  );
  return Number(rows[0]!.bytes);
}
