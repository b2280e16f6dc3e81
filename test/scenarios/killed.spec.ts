import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImportJobsService } from '../../src/features/metering/uploads/import-jobs.service.js';
import { atTerminal } from '../../src/platform/auth/roles.js';
import { writerMark } from '../../src/platform/files/writer-mark.js';
import { startApp, type TestApp } from '../support/app.js';
import { endServers, serveUntil } from '../support/cli.js';
import { rows } from '../support/database.js';
import { createGrid } from '../support/make.js';
import { seeded } from '../support/seeded.js';
import { Readable } from 'node:stream';

const METERS = 24;
// Twenty months, as many kills: MIZAN_KILLS=20.
const MONTHS = Number(process.env['MIZAN_KILLS'] ?? 4);
/** After which state a kill comes: before the work, in it, after it. */
const WHEN = ['queued', 'reading', 'committed', 'reading'];
const SERVES = /Mizan serves (http:\S+)/;
const scratch = mkdtempSync(join(tmpdir(), 'mizan-killed-'));

/** A month of quarter-hours of two dozen meters: some 70,000 rows. */
function monthCsv(month: number): string {
  const random = seeded(month + 1);
  const [from, to] = [Date.UTC(2025, month, 1), Date.UTC(2025, month + 1, 1)];
  const lines = ['meter,start,wh,quality'];
  for (let meter = 0; meter < METERS; meter += 1) {
    for (let ms = from; ms < to; ms += 900_000) {
      const start = new Date(ms).toISOString().slice(0, 19);
      lines.push(`K-${meter},${start}Z,${Math.floor(random() * 1_000_000)},ACTUAL`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Everything that imports made, without the ids and clocks that differ from run to run. */
const content = (app: TestApp) =>
  rows(
    app.database.adminUrl,
    `SELECT (SELECT encode(sha256(string_agg(concat_ws('|', meter_code, utc_day, revision, row_index,
         wh::text, quality::text, lines::text), E'\\n' ORDER BY meter_code, utc_day, revision)::bytea), 'hex')
       FROM interval_block) AS blocks,
       (SELECT string_agg(concat_ws('|', f.file_sha256, f.row_count, f.new_count, f.identical_count,
         f.changed_count, f.total_wh, encode(e.row_root, 'hex')), E'\\n' ORDER BY f.file_sha256)
        FROM import_file f JOIN ledger_event e USING (ledger_id, event_id)) AS imports`,
  );

async function prepared(): Promise<TestApp> {
  const app = await startApp();
  await createGrid(app);
  for (let meter = 0; meter < METERS; meter += 1) {
    const body = {
      code: `K-${meter}`,
      name: 'Hall',
      siteCode: 'SITE',
      intervalMinutes: 15,
      ratedPowerW: 20_000_000,
    };
    await app.call('POST', '/v1/meters', { role: 'energy-manager', body });
  }
  return app;
}

describe('a server that is killed while it takes files in', () => {
  let app: TestApp;
  let reference: TestApp;
  beforeAll(async () => {
    [app, reference] = [await prepared(), await prepared()];
    const jobs = reference.nest.get(ImportJobsService);
    const actor = atTerminal(reference.ledgerId, 'energy-manager');
    for (let month = 0; month < MONTHS; month += 1) {
      const bytes = Readable.from([Buffer.from(monthCsv(month))]);
      await jobs.importNow(actor, { fileName: `${month}.csv` }, bytes);
    }
  });
  afterAll(async () => {
    endServers();
    await app.close();
    await reference.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const settings = () => ({
    DATABASE_URL: app.database.adminUrl,
    MIZAN_DATA_DIR: scratch,
    PORT: '0',
    LOG_LEVEL: 'silent',
    MIZAN_LEDGER: 'test',
  });
  const start = () => serveUntil(SERVES, settings());
  const call = async (output: string, path: string, init: RequestInit = {}) => {
    const headers = {
      authorization: `Bearer ${app.keys['energy-manager']}`,
      'content-type': 'text/csv',
    };
    const reply = await fetch(`${SERVES.exec(output)![1]}${path}`, { ...init, headers });
    return (await reply.json()) as { jobId: string; state: string; importId: string };
  };

  /** Waits until a job is in a state, or has ended. */
  const reached = async (jobId: string, wanted: string): Promise<void> => {
    for (;;) {
      const [now] = await rows<{ state: string }>(
        app.database.adminUrl,
        `SELECT state FROM import_job WHERE job_id = '${jobId}'`,
      );
      if ([wanted, 'committed'].includes(now!.state)) return;
      await new Promise((done) => setTimeout(done, 10));
    }
  };

  it('goes on where it was, each time, and ends with the same bytes', async () => {
    const random = seeded(2026);
    let server = await start();
    const states: string[] = [];
    for (let month = 0; month < MONTHS; month += 1) {
      const body = monthCsv(month);
      const job = await call(server.output(), '/v1/imports/intervals?asJob=true', {
        method: 'POST',
        body,
      });
      await reached(job.jobId, WHEN[month % WHEN.length]!);
      await new Promise((done) => setTimeout(done, Math.floor(random() * 300)));
      server.child.kill('SIGKILL');
      await server.ended;
      const [left] = await rows<{ state: string }>(
        app.database.adminUrl,
        `SELECT state FROM import_job WHERE job_id = '${job.jobId}'`,
      );
      states.push(left!.state);
      server = await start();
      let now = await call(server.output(), `/v1/import-jobs/${job.jobId}`);
      for (let tries = 0; now.state !== 'committed' && tries < 300; tries += 1) {
        await new Promise((done) => setTimeout(done, 100));
        now = await call(server.output(), `/v1/import-jobs/${job.jobId}`);
      }
      expect(now).toMatchObject({ state: 'committed', importId: job.jobId });
    }
    server.child.kill('SIGTERM');
    await server.ended;
    // The kills fell before, during and after the work; otherwise this proves little.
    expect(new Set(states).size).toBeGreaterThan(1);
    expect(await content(app)).toEqual(await content(reference));
    const { body } = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    expect(body.fault).toBeNull();
  }, 240_000);

  it('hands its jobs to a worker, where it does none itself', async () => {
    const server = await serveUntil(SERVES, { ...settings(), MIZAN_SERVE_JOBS: 'false' });
    const body = 'meter,start,wh,quality\nM-60,2026-01-05T00:00:00Z,7,ACTUAL\n';
    const { jobId } = await call(server.output(), '/v1/imports/intervals?asJob=true', {
      method: 'POST',
      body,
    });
    await new Promise((done) => setTimeout(done, 1_500));
    expect((await call(server.output(), `/v1/import-jobs/${jobId}`)).state).toBe('queued');
    const [place] = writerMark().split('-');
    const left = join(scratch, 'files', `.arriving-${place}-1-gone-a`);
    writeFileSync(left, 'half');
    const worker = await serveUntil(/does jobs/, settings(), ['cli.js', 'worker']);
    expect(existsSync(left)).toBe(false);
    let { state } = await call(server.output(), `/v1/import-jobs/${jobId}`);
    for (let tries = 0; state !== 'committed' && tries < 100; tries += 1) {
      await new Promise((done) => setTimeout(done, 100));
      ({ state } = await call(server.output(), `/v1/import-jobs/${jobId}`));
    }
    expect(state).toBe('committed');
    for (const { child, ended } of [worker, server]) {
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    }
  });
});
