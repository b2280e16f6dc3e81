import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImportUpkeepService } from '../../src/features/metering/uploads/import-upkeep.service.js';
import { CONFIG, type Config } from '../../src/platform/config.js';
import { prepareQueue, Queue } from '../../src/platform/jobs/queue.js';
import { writerMark } from '../../src/platform/files/writer-mark.js';
import { startApp, type TestApp } from '../support/app.js';
import { createTestDatabase, rows } from '../support/database.js';
import { until } from '../support/kills.js';
import { createGrid, intervalsCsv } from '../support/make.js';

const JOBS = 30;

describe('uploads that were cut off, and too many of them', () => {
  let app: TestApp;
  let config: { -readonly [Key in keyof Config]: Config[Key] };
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    config = app.nest.get(CONFIG);
  });
  afterAll(() => app.close());

  let day = 0;
  const send = (query = '') =>
    app.call('POST', `/v1/imports/intervals?${query}`, {
      role: 'operator',
      body: intervalsCsv(new Date(Date.UTC(2025, 0, (day += 1))).toISOString(), 2, () => 4),
      type: 'text/csv',
    });
  const sql = (text: string) => rows<Record<string, unknown>>(app.database.adminUrl, text);
  const job = async (jobId: string) =>
    (await app.call('GET', `/v1/import-jobs/${jobId}`, { role: 'auditor' })).body;

  it('leave nothing running of a queue that could not be prepared', async () => {
    const own = await createTestDatabase();
    const rename = (from: string, to: string) =>
      rows(own.adminUrl, `ALTER ROUTINE mizan_queue.${from} RENAME TO ${to}`);
    // It starts, finds a queue missing, and cannot make it.
    await rows(own.adminUrl, `DELETE FROM mizan_queue.queue WHERE name = 'verify-ledger'`);
    await rename('create_queue', 'hidden');
    await expect(prepareQueue(own.ownerUrl)).rejects.toThrow('does not exist');
    const running = 'SELECT id FROM mizan_queue.instance WHERE stopped_on IS NULL';
    expect(await rows(own.adminUrl, running)).toEqual([]);
    await rename('hidden', 'create_queue');
    await prepareQueue(own.ownerUrl);
    await own.drop();
  });

  it('end when nobody is at them and no queue knows of them', async () => {
    const { jobId } = (await send('dryRun=true')).body;
    await sql(
      `UPDATE import_job SET state = 'reading', worked_until = now() - interval '1 s' WHERE job_id = '${jobId}'`,
    );
    expect(await job(jobId)).toMatchObject({
      state: 'failed',
      problem: { code: 'import.interrupted' },
    });
  });

  it('stay as they are while someone is at them, or the queue has them', async () => {
    const { jobId } = (await send('dryRun=true')).body;
    await sql(
      `UPDATE import_job SET state = 'reading', worked_until = now() + interval '1 h' WHERE job_id = '${jobId}'`,
    );
    expect((await job(jobId)).state).toBe('reading');
    const queued = (await send('asJob=true')).body;
    expect((await job(queued.jobId)).state).toBe('queued');
  });

  it('are given up when as many attempts as are made never ended', async () => {
    const { jobId, previewHash } = (await send('dryRun=true')).body;
    await sql(`UPDATE import_job SET attempt_count = 5 WHERE job_id = '${jobId}'`);
    const reply = await app.call('POST', `/v1/import-jobs/${jobId}/commits`, {
      role: 'operator',
      body: { previewHash },
    });
    expect(reply).toMatchObject({ status: 422, body: { code: 'import.gave_up', attempts: 5 } });
    expect((await job(jobId)).state).toBe('failed');
  });

  it('leave no half arrived files of processes that have ended', async () => {
    const folder = join(config.dataDir, 'files');
    const own = readdirSync(folder).length;
    const { writerMark } = await import('../../src/platform/files/writer-mark.js');
    const [place, pid, start] = writerMark().split('-');
    writeFileSync(join(folder, `.arriving-${place}-${pid}-earlier-a`), 'left');
    writeFileSync(join(folder, `.arriving-${place}-${pid}-${start}-b`), 'arrives');
    await app.nest.get(ImportUpkeepService).takeUp(app.ledgerId);
    const names = readdirSync(folder);
    expect(names.filter((name) => name.startsWith('.arriving-'))).toEqual([
      expect.stringMatching(/-b$/),
    ]);
    expect(names.length).toBe(own + 1);
  });

  it('are refused above what a key may have on its way', async () => {
    const { openImports } = config;
    config.openImports = 1;
    try {
      const reply = await send();
      expect(reply).toMatchObject({ status: 429, body: { code: 'limit.quota', allowed: 1 } });
      expect(reply.headers.get('retry-after')).toBe('10');
    } finally {
      config.openImports = openImports;
    }
  });

  it.each(['intervals', 'certificates', 'dated-figures?kind=tariff&code=T&source=s&confidence=P'])(
    'are refused above twenty that one key sends at once: %s',
    async (path) => {
      const { hostname, port } = new URL(app.url);
      const { Socket } = await import('node:net');
      // More than there is room for: ours may come among the first.
      const open = Array.from({ length: 25 }, () => {
        const socket = new Socket().connect(Number(port), hostname);
        socket.on('error', () => {});
        socket.write(
          `POST /v1/imports/${path} HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\n` +
            `authorization: Bearer ${app.keys['energy-manager']}\r\ncontent-length: 9999\r\n\r\nx`,
        );
        return socket;
      });
      const one = () =>
        app.call('POST', '/v1/imports/certificates', {
          role: 'energy-manager',
          body: 'x',
          type: 'text/csv',
        });
      const over = await until(one, ({ status }) => status === 429);
      expect([over.body.code, over.body.allowed]).toEqual(['limit.quota', 20]);
      expect(over.headers.get('retry-after')).toBe('10');
      // Another key has its own share.
      expect((await send('dryRun=true')).status).toBe(200);
      for (const socket of open) socket.destroy();
      expect((await until(one, ({ status }) => status !== 429)).status).toBe(422);
    },
  );

  it('are left alone by who starts beside a process at them, and go on when that is gone', async () => {
    const { jobId } = (await send('asJob=true')).body;
    const queued = `name = 'import-intervals' AND data->>'jobId' = '${jobId}'`;
    const beats = (agoS: number) =>
      sql(
        `UPDATE mizan_queue.job SET state = 'active', started_on = now() - interval '1 h',
           heartbeat_on = now() - interval '${agoS} s' WHERE ${queued}`,
      );
    await beats(0);
    const queue = app.nest.get(Queue);
    await queue.work();
    const other = (await send('asJob=true')).body;
    await until(
      () => job(other.jobId),
      ({ state }) => state === 'committed',
      10_000,
    );
    const [left] = await sql(
      `SELECT state, attempt_count FROM import_job WHERE job_id = '${jobId}'`,
    );
    expect(left).toEqual({ state: 'queued', attempt_count: 0 });
    // Of a week of uploads, all done: none of them stands before one that is not.
    await sql(
      `INSERT INTO mizan_queue.job (name, data, state, policy, created_on, completed_on)
       SELECT name, '{}', 'completed', policy, created_on - interval '1 h', now()
       FROM mizan_queue.job, generate_series(1, 1100) WHERE ${queued}`,
    );
    await beats(16);
    await queue.work();
    expect(
      await until(
        () => job(jobId),
        ({ state }) => state === 'committed',
        4_000,
      ),
    ).toMatchObject({ state: 'committed', importId: jobId });
  });

  it('go on at once where who was at them ran on this machine and has ended', async () => {
    const { jobId } = (await send('asJob=true')).body;
    // This very number, with another start.
    const gone = writerMark().replace(/[^-]+$/, 'gone');
    await sql(
      `UPDATE mizan_queue.job SET state = 'active', started_on = now(), heartbeat_on = now(),
         data = data || '{"by": "${gone}"}'
       WHERE name = 'import-intervals' AND data->>'jobId' = '${jobId}'`,
    );
    await app.nest.get(Queue).work();
    const ended = await until(
      () => job(jobId),
      ({ state }) => state === 'committed',
      4_000,
    );
    expect(ended).toMatchObject({ state: 'committed', importId: jobId });
  });

  it('are done several at a time, as soon as they are handed over', async () => {
    const { openImports } = config;
    config.openImports = 0;
    await app.nest.get(Queue).work();
    const sent = await Promise.all(Array.from({ length: JOBS }, () => send('asJob=true')));
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([202]));
    const last = sent.at(-1)!.body.jobId;
    const reply = await fetch(`${app.url}/v1/import-jobs/${last}/events`, {
      headers: { authorization: `Bearer ${app.keys.operator}` },
    });
    expect(await reply.text()).toContain('"state":"committed"');
    for (const { body } of sent) {
      const stream = await fetch(`${app.url}/v1/import-jobs/${body.jobId}/events`, {
        headers: { authorization: `Bearer ${app.keys.operator}` },
      });
      expect(await stream.text()).toContain('"state":"committed"');
    }
    config.openImports = openImports;
  });

  it('may be watched by so many streams of a key and no more, and end with the process', async () => {
    const { jobId } = (await send('dryRun=true')).body;
    await sql(
      `UPDATE import_job SET state = 'reading', worked_until = now() + interval '1 h' WHERE job_id = '${jobId}'`,
    );
    const open = () =>
      fetch(`${app.url}/v1/import-jobs/${jobId}/events`, {
        headers: { authorization: `Bearer ${app.keys.auditor}` },
      });
    const streams = [];
    for (let count = 0; count < config.streams; count += 1) streams.push(await open());
    const over = await open();
    expect(over.status).toBe(429);
    const texts = Promise.all(streams.map((stream) => stream.text()));
    await app.nest.close();
    expect((await texts).every((text) => text.startsWith('id: reading-'))).toBe(true);
  });
});
