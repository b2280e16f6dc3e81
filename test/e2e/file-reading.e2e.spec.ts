import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { AccessService } from '../../src/features/access/access.service.js';
import { AssetsService } from '../../src/features/assets/assets.service.js';
import { ImportsService } from '../../src/features/imports/imports.service.js';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import { CONFIG, type Config } from '../../src/platform/config.js';
import { type AnyReply, issueKeys, startApp, type TestApp } from '../support/app.js';
import { rows } from '../support/database.js';
import { createGrid, intervalsCsv } from '../support/make.js';
import { holdingIntake, until, waitingSessions } from '../support/waiting.js';

const DAY_BYTES = 4_000;
/** One of a ledger more than go on at a time, of all ledgers together. */
const STALLED = 5;

describe('files that are read', () => {
  let app: TestApp;
  let config: { -readonly [Key in keyof Config]: Config[Key] };
  let folder: string;
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    config = app.nest.get(CONFIG);
    folder = join(config.dataDir, 'files');
  });
  afterAll(() => app.close());

  let day = 0;
  const file = () =>
    intervalsCsv(new Date(Date.UTC(2025, 0, (day += 1))).toISOString(), 2, () => 4);
  const send = (body: string, query = '', role: 'operator' | 'energy-manager' = 'operator') =>
    app.call('POST', `/v1/imports/intervals?${query}`, { role, body, type: 'text/csv' });
  const commit = ({ body }: AnyReply) =>
    app.call('POST', `/v1/import-jobs/${body.jobId}/commits`, {
      role: 'operator',
      body: { previewHash: body.previewHash },
    });
  const job = async (jobId: string) =>
    (await app.call('GET', `/v1/import-jobs/${jobId}`, { role: 'auditor' })).body;
  const sealed = async () =>
    (await app.call('GET', '/v1/ledger/head', { role: 'auditor' })).body.seq as number;

  /** Lets a kept file answer no read, as a disk does that is away; gives what ends that. */
  const stall = (fileSha256: string): (() => void) => {
    const path = join(folder, '.incoming', app.ledgerId, fileSha256);
    const bytes = readFileSync(path);
    rmSync(path);
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    return () => {
      // Both ends are opened, so that whoever waits for either goes on, and finds the end.
      closeSync(openSync(path, 'r+'));
      rmSync(path);
      writeFileSync(path, bytes);
    };
  };
  /** The server's side of the next request. */
  const nextRequest = () =>
    once(app.nest.getHttpServer(), 'request') as Promise<[IncomingMessage, ServerResponse]>;

  it('are given up when their time is over, and hold nothing up', async () => {
    const preview = await send(file(), 'dryRun=true');
    const goOn = stall(preview.body.fileSha256);
    const [before, { importSeconds }] = [await sealed(), config];
    config.importSeconds = 0.2;
    try {
      expect(await commit(preview)).toMatchObject({
        body: { code: 'import.took_too_long', allowedS: 0.2 },
      });
    } finally {
      config.importSeconds = importSeconds;
    }
    expect(await job(preview.body.jobId)).toMatchObject({
      state: 'refused',
      problem: { code: 'import.took_too_long' },
    });
    expect(await sealed()).toBe(before);
    expect((await send(file())).status).toBe(201);
    goOn();
  });

  it('of one ledger that are slow do not delay those of another', async () => {
    const previews: AnyReply[] = [];
    for (let count = 0; count < STALLED; count += 1) {
      previews.push(await send(file(), 'dryRun=true'));
    }
    const goOn = previews.map(({ body }) => stall(body.fileSha256));
    const slow = Promise.all(previews.map((preview) => commit(preview)));
    await until(async () => {
      const states = await Promise.all(previews.map(({ body }) => job(body.jobId)));
      return states.filter(({ state }) => state === 'reading').length >= STALLED - 2;
    });
    const { ledgerId } = await app.nest.get(LedgerService).open('beside');
    const { keys } = await issueKeys(app.nest.get(AccessService), ledgerId);
    const other: TestApp = {
      ...app,
      call: (method, path, call = {}) =>
        app.call(method, path, { ...call, key: keys[call.role ?? 'admin'] }),
    };
    await createGrid(other);
    const reply = await app.call('POST', '/v1/imports/intervals', {
      key: keys.operator,
      body: file(),
      type: 'text/csv',
    });
    expect(reply.status).toBe(201);
    for (const one of previews) {
      await app.call('POST', `/v1/import-jobs/${one.body.jobId}/cancellations`, {
        role: 'operator',
      });
    }
    expect((await slow).every(({ status }) => status < 500)).toBe(true);
    goOn.forEach((one) => one());
  });

  it('whose caller goes in the middle of an upload leave nothing', async () => {
    const [before, kept] = [await sealed(), readdirSync(folder).sort()];
    const { hostname, port } = new URL(app.url);
    const arrived = nextRequest();
    const socket = connect({ port: Number(port), host: hostname });
    socket.write(
      `POST /v1/imports/intervals HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${app.keys.operator}\r\n` +
        `content-type: text/csv\r\ncontent-length: 100000\r\n\r\nmeter,start,wh,quality\n`,
    );
    const [, answer] = await arrived;
    await until(() => readdirSync(folder).some((name) => name.startsWith('.arriving-')));
    const closed = once(answer, 'close');
    socket.destroy();
    await closed;
    await until(() => !readdirSync(folder).some((name) => name.startsWith('.arriving-')));
    expect(readdirSync(folder).sort()).toEqual(kept);
    expect(await sealed()).toBe(before);
    expect((await send(file())).status).toBe(201);
  });

  it('whose caller goes before the answer are not taken in, and their lock is free', async () => {
    const before = await sealed();
    const gone = new AbortController();
    const body = file();
    await holdingIntake(app, async () => {
      const arrived = nextRequest();
      const sending = fetch(`${app.url}/v1/imports/intervals?fileName=gone.csv`, {
        method: 'POST',
        headers: { authorization: `Bearer ${app.keys.operator}`, 'content-type': 'text/csv' },
        body,
        signal: gone.signal,
      });
      sending.catch(() => {});
      const [, answer] = await arrived;
      await until(async () => (await waitingSessions(app)) > 0);
      const closed = once(answer, 'close');
      gone.abort();
      await closed;
    });
    const { items } = (await app.call('GET', '/v1/import-jobs', { role: 'auditor' })).body;
    const { jobId } = items.find(({ fileName }: { fileName: string }) => fileName === 'gone.csv');
    await until(async () => (await job(jobId)).state !== 'reading');
    expect(await job(jobId)).toMatchObject({
      state: 'cancelled',
      problem: { code: 'import.interrupted' },
    });
    expect(await sealed()).toBe(before);
    expect(await send(body)).toMatchObject({ status: 201, body: { alreadyImported: false } });
  });

  it('are read again when what they are read by changes meanwhile, and not for ever', async () => {
    const imports = app.nest.get(ImportsService, { strict: false });
    const { ledgerId } = app;
    const assets = app.nest.get(AssetsService);
    const { signal } = new AbortController();
    const rename = async (name: string): Promise<void> => {
      const body = {
        name,
        siteCode: 'SITE',
        intervalMinutes: 60,
        ratedPowerW: 20_000_000,
      };
      const reply = await app.call('POST', '/v1/meters/M-60/versions', {
        role: 'energy-manager',
        body,
      });
      expect(reply.status).toBe(201);
    };
    const tryReading = async (changes: number) => {
      const read: string[] = [];
      const result = await imports.examine(
        { ledgerId, file: { sha256: '', byteCount: 0 }, signal },
        {
          basis: async (tx) => {
            const meters = await assets.allMeters(tx);
            return meters.find(({ code }) => code === 'M-60')!.name;
          },
          read: async (name) => {
            read.push(name);
            if (read.length <= changes) await rename(`${name}+`);
            return name;
          },
        },
        (_, name, basis) => Promise.resolve([name, basis]),
      );
      return { read, result };
    };
    expect(await tryReading(1)).toEqual({
      read: ['Hourly', 'Hourly+'],
      result: ['Hourly+', 'Hourly+'],
    });
    await expect(tryReading(10)).rejects.toMatchObject({ code: 'service.unavailable' });
  });
});

describe('the bytes of a day', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ settings: { MIZAN_DAY_BYTES: String(DAY_BYTES) } });
    await createGrid(app);
  });
  afterAll(() => app.close());

  it('are counted for each key, refused above its share, and begin anew with the UTC day', async () => {
    const send = (role: 'operator' | 'energy-manager', path = 'intervals') =>
      app.call('POST', `/v1/imports/${path}`, {
        role,
        body: 'x'.repeat(DAY_BYTES - 1_000),
        type: 'text/csv',
      });
    const kept = () => rows(app.database.adminUrl, 'SELECT count(*)::int AS jobs FROM import_job');
    app.setNow('2026-11-10T23:59:30Z');
    expect((await send('operator')).status).toBe(422);
    const before = await kept();
    const over = await send('operator');
    expect(over).toMatchObject({
      status: 429,
      body: { code: 'limit.quota', allowed: DAY_BYTES },
    });
    expect(over.headers.get('retry-after')).toBe('30');
    // Whatever it is that is sent, it is the same share.
    expect((await send('operator', 'certificates')).status).toBe(429);
    expect(await kept()).toEqual(before);
    expect((await send('energy-manager')).status).toBe(422);
    app.setNow('2026-11-11T00:00:00Z');
    expect((await send('operator')).status).toBe(422);
  });
});
