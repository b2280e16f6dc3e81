/**
 * Jobs: how soon one starts that was handed over, beside a bare hand-over (a row, NOTIFY, a listener
 * that updates it) on the same database; how many a second; what 500 open streams of events cost other
 * readers; what twenty auditors who verify cost a writer. Rates and limits of streams are off.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { createTestDatabase } from '../support/database.ts';
import { intervalsCsv, RECORDS } from '../support/make.ts';
import { NO_RATES } from '../support/rates.ts';
import type { Report } from './report.ts';

const STARTS = 40;
const AT_ONCE = 40;
const STREAMS = 500;
const READERS = 10;
const SECONDS = 4;
const AUDITORS = 20;
const WRITES = 150;
const READINGS = 8_000;

const built = <T>(file: string): Promise<T> =>
  import(pathToFileURL(join(import.meta.dirname, '../../dist/src', file)).href) as Promise<T>;

/** The product on a database of its own, over HTTP in this process. */
async function serve() {
  await import('reflect-metadata');
  type App = typeof import('../../src/app.module.js');
  type Http = typeof import('../../src/http.js');
  type Settings = typeof import('../../src/platform/config.js');
  type Log = typeof import('../../src/platform/logger.js');
  type Ledgers = typeof import('../../src/features/ledger/ledger.service.js');
  type Access = typeof import('../../src/features/access/access.service.js');
  type Roles = typeof import('../../src/platform/auth/roles.js');
  type Jobs = typeof import('../../src/platform/jobs/queue.js');
  const { AppModule } = await built<App>('app.module.js');
  const { buildHttp } = await built<Http>('http.js');
  const { readConfig } = await built<Settings>('platform/config.js');
  const { logger } = await built<Log>('platform/logger.js');
  const { LedgerService } = await built<Ledgers>('features/ledger/ledger.service.js');
  const { AccessService } = await built<Access>('features/access/access.service.js');
  const { atTerminal } = await built<Roles>('platform/auth/roles.js');
  const { Queue } = await built<Jobs>('platform/jobs/queue.js');
  logger.level = 'silent';
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'mizan-bench-data-'));
  const config = readConfig({
    ...NO_RATES,
    MIZAN_DATA_DIR: dataDir,
    MIZAN_STREAMS: '0',
    MIZAN_OPEN_IMPORTS: '0',
  });
  const app = await buildHttp(AppModule.on(database.appUrl, config), config);
  const { ledgerId } = await app.get(LedgerService).open('bench');
  const access = app.get(AccessService);
  const admin = async (name: string) => {
    const request = { name, role: 'admin', expiresAt: null } as const;
    const { keyId, row } = await access.issue(atTerminal(ledgerId, 'admin'), request);
    return { ledgerId, id: keyId, principalId: row.principalId, role: 'admin' } as const;
  };
  const [first, second] = [await admin('first'), await admin('second')];
  const keyOf = async (role: 'energy-manager' | 'auditor' | 'finance'): Promise<string> => {
    const issued = await access.issue(first, { name: role, role, expiresAt: null });
    if (issued.state === 'PENDING') await access.confirm(second, issued.keyId);
    return issued.key;
  };
  const keys = {
    manager: await keyOf('energy-manager'),
    auditor: await keyOf('auditor'),
    finance: await keyOf('finance'),
  };
  const url = await app.getHttpAdapter().getInstance().listen({ host: '127.0.0.1', port: 0 });
  const call = async (method: string, path: string, key: string, body?: string, type?: string) => {
    const answer = await fetch(`${url}/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as Record<string, unknown>;
  };
  return {
    url,
    keys,
    call,
    adminUrl: database.adminUrl,
    work: () => app.get(Queue).work(),
    close: async () => {
      await app.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

type Served = Awaited<ReturnType<typeof serve>>;

const at = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
};
const tenths = (value: number): number => Math.round(value * 10) / 10;
const ratio = (value: number): number => Math.round(value * 100) / 100;

/** A file of one reading that no other has. */
function smallFile(nth: number): string {
  const start = new Date(Date.UTC(2024, 0, 1) + nth * 3_600_000).toISOString();
  return intervalsCsv(start.replace('.000', ''), 1, () => 1_000);
}

/** From the moment a job was handed over until its stream says that it is no longer queued, ms. */
async function startOf({ url, keys, call }: Served, nth: number): Promise<number> {
  const beganMs = performance.now();
  const path = `imports/intervals?asJob=true&fileName=${nth}.csv`;
  const { jobId } = await call('POST', path, keys.manager, smallFile(nth), 'text/csv');
  const answer = await fetch(`${url}/v1/import-jobs/${String(jobId)}/events`, {
    headers: { authorization: `Bearer ${keys.manager}` },
  });
  for await (const chunk of answer.body!) {
    const text = Buffer.from(chunk as Uint8Array).toString();
    if (/"state":"(?!queued)/.test(text)) break;
  }
  return performance.now() - beganMs;
}

/** The same with nothing around it: a row, a NOTIFY, a listener that marks it and says so, ms each. */
async function bareStarts(adminUrl: string): Promise<number[]> {
  const [sender, worker] = [0, 1].map(() => new pg.Client({ connectionString: adminUrl }));
  await Promise.all([sender!.connect(), worker!.connect()]);
  await sender!.query(`CREATE TABLE bare (id int PRIMARY KEY, state text)`);
  await worker!.query('LISTEN handed');
  await sender!.query('LISTEN started');
  worker!.on('notification', ({ payload }) => {
    const sql = `UPDATE bare SET state = 'active' WHERE id = ${Number(payload)}; NOTIFY started`;
    void worker!.query(sql);
  });
  const times: number[] = [];
  for (let nth = 0; nth < STARTS; nth += 1) {
    const beganMs = performance.now();
    const started = new Promise((done) => sender!.once('notification', done));
    await sender!.query(`BEGIN; INSERT INTO bare VALUES (${nth}, 'queued');
      SELECT pg_notify('handed', '${nth}'); COMMIT`);
    await started;
    times.push(performance.now() - beganMs);
  }
  await Promise.all([sender!.end(), worker!.end()]);
  return times;
}

async function measureReads(url: string, key: string): Promise<{ perS: number; p99Ms: number }> {
  const script = join(import.meta.dirname, 'read.load.ts');
  const args = [script, `${url}/v1/ledger/head`, key, String(READERS), String(SECONDS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((ended) => child.on('close', ended));
  const measured = JSON.parse(text) as { perS: number; p99Ms: number; wrong: number };
  if (measured.wrong > 0) throw new Error(`${measured.wrong} reads were refused`);
  return measured;
}

/** Streams of one job in a process of their own, all begun. */
async function openStreams({ url, keys }: Served, jobId: string): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'jobs.streams.ts');
  const args = [script, `${url}/v1/import-jobs/${jobId}/events`, keys.manager, String(STREAMS)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise<void>((open, failed) => {
    child.stdout.once('data', () => open());
    child.once('exit', (code) => failed(new Error(`streams ended with ${code}`)));
  });
  return child;
}

/** How long each of some writes takes, one after the other, ms. */
async function writes({ keys, call }: Served, name: string): Promise<number[]> {
  const times: number[] = [];
  for (let nth = 0; nth < WRITES; nth += 1) {
    const body = JSON.stringify({ code: `${name}-${nth}`, name: 'x', country: 'MA' });
    const beganMs = performance.now();
    await call('POST', 'organisations', keys.manager, body);
    times.push(performance.now() - beganMs);
  }
  return times;
}

/** The same writes while auditors verify: half of them in the request, half as jobs, all of it. */
async function writesBesideAuditors(served: Served): Promise<{ times: number[]; count: number }> {
  const { keys, call } = served;
  let isOver = false;
  let count = 0;
  const auditors = Array.from({ length: AUDITORS }, async (_, nth) => {
    while (!isOver) {
      if (nth % 2 === 0) await call('GET', 'ledger/verification', keys.auditor);
      else {
        const { jobId } = await call('POST', 'ledger/verifications?full=true', keys.auditor);
        for (let state = ''; state !== 'done' && !isOver;) {
          const job = await call('GET', `ledger/verifications/${String(jobId)}`, keys.auditor);
          state = String(job['state']);
          await new Promise((later) => setTimeout(later, 100));
        }
      }
      count += 1;
    }
  });
  const times = await writes(served, 'BESIDE');
  isOver = true;
  await Promise.all(auditors);
  return { times, count };
}

/** Measures all of it on one database. */
export async function bench(): Promise<Report> {
  const served = await serve();
  const { keys, call, url } = served;
  for (const [path, record] of RECORDS) {
    const by = path === 'vat-rates' ? keys.finance : keys.manager;
    await call('POST', path, by, JSON.stringify(record));
  }
  // Before anybody works: a job that stays queued, and its streams.
  const queued = 'imports/intervals?asJob=true&fileName=waits.csv';
  const { jobId } = await call('POST', queued, keys.manager, smallFile(9_000), 'text/csv');
  await measureReads(url, keys.auditor);
  const alone = await measureReads(url, keys.auditor);
  const streams = await openStreams(served, String(jobId));
  const beside = await measureReads(url, keys.auditor);
  streams.stdin!.end();
  await new Promise((ended) => streams.once('exit', ended));

  await served.work();
  await startOf(served, 8_000);
  const starts: number[] = [];
  for (let nth = 0; nth < STARTS; nth += 1) starts.push(await startOf(served, nth));
  const bare = await bareStarts(served.adminUrl);
  const beganMs = performance.now();
  const burst = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, nth) => startOf(served, 1_000 + nth)),
  );
  const burstS = (performance.now() - beganMs) / 1_000;

  const body = intervalsCsv('2025-01-01T00:00:00Z', READINGS, (_, hour) => 1_000 + (hour % 7));
  await call('POST', 'imports/intervals?fileName=much.csv', keys.manager, body, 'text/csv');
  await writes(served, 'WARM');
  const quiet = await writes(served, 'ALONE');
  const audited = await writesBesideAuditors(served);
  await served.close();
  return {
    startMedianMs: tenths(at(starts, 0.5)),
    startP95Ms: tenths(at(starts, 0.95)),
    bareStartMedianMs: tenths(at(bare, 0.5)),
    startRatio: ratio(at(starts, 0.5) / at(bare, 0.5)),
    atOnce: AT_ONCE,
    atOnceP95Ms: tenths(at(burst, 0.95)),
    startsPerS: tenths(AT_ONCE / burstS),
    streams: STREAMS,
    readsPerS: Math.round(alone.perS),
    readsBesideStreamsPerS: Math.round(beside.perS),
    readsRatio: ratio(beside.perS / alone.perS),
    readP99Ms: tenths(alone.p99Ms),
    readP99BesideStreamsMs: tenths(beside.p99Ms),
    auditors: AUDITORS,
    verifications: audited.count,
    writeP95Ms: tenths(at(quiet, 0.95)),
    writeP95BesideAuditorsMs: tenths(at(audited.times, 0.95)),
    writeP95Ratio: ratio(at(audited.times, 0.95) / at(quiet, 0.95)),
  };
}
