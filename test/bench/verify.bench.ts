/**
 * What proof costs, on a month of a campus of 500 meters and 30 plants: rows that are sealed as they come in,
 * beside PostgreSQL's own COPY of them; the whole log verified, beside SHA-256 of the same rows read by COPY;
 * the month's attestation pack, written, and checked by the verifier that needs nothing of ours.
 */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmodSync, createReadStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { type Campus, createCampus } from './campus.ts';
import type { Report } from './report.ts';

const METERS = 500;
const PLANTS = 30;
const [YEAR, MONTH] = [2026, 10];
const NAME = `${YEAR}-${MONTH}`;
const ROOT = join(import.meta.dirname, '../..');

const built = <T>(file: string): Promise<T> =>
  import(pathToFileURL(join(ROOT, 'dist/src', file)).href) as Promise<T>;

/** Measures all of it in one ledger. */
export async function bench(): Promise<Report> {
  const campus = await createCampus(METERS, PLANTS);
  const client = new pg.Client({ connectionString: campus.adminUrl });
  await client.connect();
  await client.query('SET search_path = mizan');
  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'));
  // The server writes and reads there for its COPY, as another user when we are root.
  chmodSync(folder, 0o777);
  try {
    await makeFactors(campus);
    const readMs = await timed(() => campus.fillReadings(YEAR, MONTH));
    const readings = await copied(client, folder, {
      from: READINGS,
      to: 'bare_reading (meter_code text, starts_at timestamptz, wh bigint, quality smallint, PRIMARY KEY (meter_code, starts_at))',
    });
    const issueMs = await timed(() => campus.fillCertificates(YEAR, MONTH));
    const certificates = await copied(client, folder, {
      from: 'SELECT * FROM certificate',
      to: 'bare_certificate AS SELECT * FROM certificate WITH NO DATA',
    });
    await campus.match(NAME);
    return {
      meters: METERS,
      readings: readings.rows,
      readingsPerS: perS(readings.rows, readMs),
      copiedReadingsPerS: perS(readings.rows, readings.ms),
      readingsBesideCopy: ratio(readings.ms / readMs),
      certificates: certificates.rows,
      certificatesPerS: perS(certificates.rows, issueMs),
      copiedCertificatesPerS: perS(certificates.rows, certificates.ms),
      certificatesBesideCopy: ratio(certificates.ms / issueMs),
      ...(await verification(campus, client, folder)),
      ...(await pack(campus, folder)),
    };
  } finally {
    await client.end();
    await campus.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const ratio = (value: number): number => Math.round(value * 1_000) / 1_000;
const perS = (rows: number, ms: number): number => Math.round(rows / (ms / 1_000));

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** What statements of the month need beside a run. */
async function makeFactors({ nest, actor }: Campus): Promise<void> {
  type Doors = typeof import('../../src/platform/records/record-doors.js');
  const { RecordDoors } = await built<Doors>('platform/records/record-doors.js');
  const records = JSON.parse(
    readFileSync(join(ROOT, 'fixtures/demo/records.json'), 'utf8'),
  ) as readonly { readonly kind: string; readonly document: object }[];
  for (const { document } of records.filter(({ kind }) => kind === 'factor')) {
    await nest.get(RecordDoors).of('factor').create(actor, document);
  }
}

/** Readings as rows, one each: a reading is a row of the file that it came in. */
const READINGS = `SELECT meter_code, utc_day + (place - 1) * interval_minutes * interval '1 minute', one, of_it
  FROM interval_block, unnest(wh, quality) WITH ORDINALITY AS reading (one, of_it, place)
  WHERE one IS NOT NULL`;

/** What a query gives, copied by the server into a table. */
async function copied(
  client: pg.Client,
  folder: string,
  { from, to }: { readonly from: string; readonly to: string },
) {
  const file = join(folder, 'rows.copy');
  await client.query(`CREATE TABLE ${to}`);
  await client.query(`COPY (${from}) TO '${file}'`);
  let rows = 0;
  const ms = await timed(async () => {
    rows = (await client.query(`COPY ${to.split(' ')[0]} FROM '${file}'`)).rowCount!;
  });
  return { rows, ms };
}

/** The whole log verified, beside SHA-256 of what its tables hold, read by COPY. */
async function verification(campus: Campus, client: pg.Client, folder: string): Promise<Report> {
  type Verifies = typeof import('../../src/features/ledger/replay/verification.service.js');
  const { VerificationService } = await built<Verifies>(
    'features/ledger/replay/verification.service.js',
  );
  const verify = campus.nest.get(VerificationService);
  let rowCount = 0;
  const verifyMs = await timed(async () => {
    const found = await verify.verify(campus.actor.ledgerId);
    if (found.fault !== null) throw new Error(found.fault.detail);
    rowCount = found.rowCount;
  });
  const bareMs = await timed(async () => {
    for (const table of ['ledger_event', 'interval_block', 'certificate', 'match_pairs']) {
      const file = join(folder, `${table}.bare`);
      await client.query(`COPY ${table} TO '${file}'`);
      await pipeline(createReadStream(file), createHash('sha256'));
    }
  });
  const { rows } = await client.query<{ count: string }>(
    'SELECT sum(cardinality(wh)) AS count FROM interval_block',
  );
  const readings = Number(rows[0]!.count);
  return {
    verifiedRows: rowCount,
    verifiedReadings: readings,
    verifyMs: Math.round(verifyMs),
    verifiedRowsPerS: perS(rowCount, verifyMs),
    verifiedReadingsPerS: perS(readings, verifyMs),
    bareMs: Math.round(bareMs),
    verifyBesideBare: ratio(bareMs / verifyMs),
  };
}

/** The month's pack: sealed, written, and checked by the published verifier in a process of its own. */
async function pack({ nest, actor }: Campus, folder: string): Promise<Report> {
  type Statements = typeof import('../../src/features/statements/statements.service.js');
  type Attestations = typeof import('../../src/features/attestation/attestations.service.js');
  type Packs = typeof import('../../src/features/attestation/packs.service.js');
  const { StatementsService } = await built<Statements>(
    'features/statements/statements.service.js',
  );
  const { AttestationsService } = await built<Attestations>(
    'features/attestation/attestations.service.js',
  );
  const { PacksService } = await built<Packs>('features/attestation/packs.service.js');
  const wanted = { month: NAME, siteCode: null };
  for (const kind of ['carbon', 'billing'] as const) {
    await nest.get(StatementsService).issue(actor, kind, wanted);
  }
  const file = join(folder, 'pack.zip');
  const buildMs = await timed(async () => {
    const attestation = await nest.get(AttestationsService).attest(actor, wanted);
    await nest.get(PacksService).write(actor.ledgerId, attestation, { file, since: [] });
  });
  const verifier = join(ROOT, 'src/verifiers/verify.mjs');
  let output = '';
  const verifyMs = await timed(() => {
    const { status, stdout } = spawnSync(process.execPath, [verifier, file], { encoding: 'utf8' });
    output = `${status}: ${stdout}`;
    return Promise.resolve();
  });
  if (/\bFAIL\b/.test(output)) throw new Error(output);
  const hashMs = await timed(() => pipeline(createReadStream(file), createHash('sha256')));
  return {
    packMb: Math.round(statSync(file).size / 1e5) / 10,
    packBuildMs: Math.round(buildMs),
    packVerifyMs: Math.round(verifyMs),
    packHashMs: Math.round(hashMs),
    packVerifyBesideHash: ratio(hashMs / verifyMs),
  };
}
