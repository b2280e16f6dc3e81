import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { webhookHeaders, webhookKey } from '../../src/core/proofs/webhook.js';
import { CheckpointDeliveryJob } from '../../src/features/signing/deliveries/checkpoint-delivery.job.js';
import { ConfigError, readConfig } from '../../src/platform/config.js';
import { startApp, type TestApp } from '../support/app.js';
import { mizan } from '../support/cli.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('a checkpoint that is sent to who keeps a copy', () => {
  let app: TestApp;
  let receiver: Server;
  let folder: string;
  let secret: string;
  let dataDir: string;
  let settings: Record<string, string>;
  let status = 204;
  const received: Received[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mizan-deliveries-'));
    secret = join(folder, 'secret');
    writeFileSync(secret, `${SECRET}\n`, { mode: 0o600 });
    receiver = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      received.push({ headers: request.headers, body });
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    settings = {
      MIZAN_CHECKPOINT_URL: `http://127.0.0.1:${port}/checkpoints`,
      MIZAN_CHECKPOINT_SECRET_FILE: secret,
      MIZAN_PRIVATE_NETWORKS: '127.0.0.0/8',
    };
    dataDir = join(folder, 'data');
    app = await startApp({ settings, dataDir });
  });
  afterAll(async () => {
    await app.close();
    await new Promise((resolve) => receiver.close(resolve));
    rmSync(folder, { recursive: true });
  });

  const look = () => app.nest.get(CheckpointDeliveryJob).look(app.ledgerId);
  const list = async () =>
    (await app.call('GET', '/v1/ledger/checkpoint-deliveries', { role: 'auditor' })).body.items;
  const ask = () => app.call('POST', '/v1/ledger/checkpoint-deliveries', { role: 'auditor' });
  const warnings = async () => (await app.call('GET', '/health/ready')).body.warnings;

  it('is sent once for a month that has ended, signed so that its receiver knows it', async () => {
    await look();
    await look();
    expect(received).toHaveLength(1);
    const [{ headers, body }] = received as [Received];
    const id = headers['webhook-id'] as string;
    const timestampS = Date.parse('2026-11-10T09:00:00Z') / 1_000;
    expect(headers).toMatchObject(webhookHeaders(webhookKey(SECRET)!, { id, timestampS, body }));
    const note = await fetch(`${app.url}/public/ledgers/${app.ledgerId}/checkpoint`);
    expect(JSON.parse(body)).toMatchObject({
      type: 'checkpoint.signed',
      data: { ledgerId: app.ledgerId, month: '2026-10', note: await note.text() },
    });
    expect(await list()).toEqual([
      expect.objectContaining({ deliveryId: id, month: '2026-10', state: 'delivered' }),
    ]);
  });

  it('is sent for the next month when that has ended by the time of Morocco', async () => {
    app.setNow('2026-11-30T23:59:59Z');
    await look();
    expect(await list()).toHaveLength(1);
    app.setNow('2026-12-01T00:00:00Z');
    await look();
    expect((await list())[0]).toMatchObject({ month: '2026-11', state: 'delivered' });
  });

  it('is sent again, as the same message, until it arrives', async () => {
    // Of one instant any may be the first: each is asked for at its own.
    app.setNow('2026-12-02T00:00:00Z');
    status = 500;
    const { status: answered, body: asked } = await ask();
    expect([answered, asked.state, asked.month]).toEqual([202, 'waiting', null]);
    const before = received.length;
    await look();
    expect((await list())[0]).toMatchObject({
      state: 'waiting',
      attemptCount: 1,
      nextAt: '2026-12-02T00:00:05.000Z',
      problem: 'It answered 500.',
    });
    expect(await warnings()).toEqual([expect.stringMatching(/It answered 500\. It is sent again/)]);
    await look();
    expect(received).toHaveLength(before + 1);
    status = 307;
    app.setNow('2026-12-02T00:00:05Z');
    await look();
    expect((await list())[0]).toMatchObject({ attemptCount: 2, problem: 'It answered 307.' });
    status = 200;
    app.setNow('2026-12-02T00:05:05Z');
    await look();
    expect((await list())[0]).toMatchObject({ state: 'delivered', attemptCount: 3, problem: null });
    expect(await warnings()).toEqual([]);
    const ids = received.slice(before).map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([asked.deliveryId, asked.deliveryId, asked.deliveryId]);
  });

  it('is sent no more where the receiver is gone for good', async () => {
    app.setNow('2026-12-03T00:00:00Z');
    status = 410;
    await ask();
    await look();
    expect((await list())[0]).toMatchObject({ state: 'failed', nextAt: null, attemptCount: 1 });
    expect(await warnings()).toEqual([expect.stringMatching(/410\. It is not sent again/)]);
    status = 204;
  });

  it('is sent by a secret of its owner alone', async () => {
    app.setNow('2026-12-04T00:00:00Z');
    rmSync(secret);
    writeFileSync(secret, SECRET, { mode: 0o644 });
    const before = received.length;
    await ask();
    await look();
    expect((await list())[0].problem).toMatch('is to have mode 0600');
    expect(received).toHaveLength(before);
  });

  it('is listed and asked for at the terminal', async () => {
    const alone = {
      DATABASE_URL: app.database.adminUrl,
      MIZAN_DATA_DIR: dataDir,
      MIZAN_LEDGER: 'test',
    };
    const run = (...args: string[]) =>
      mizan(['deliveries', ...args, '--json'], { settings: { ...alone, ...settings } });
    const before = await list();
    const listed = run();
    expect([listed.stderr, JSON.parse(listed.stdout)]).toEqual(['', { items: before }]);
    const asked = run('--ask');
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    const { deliveryId, state } = JSON.parse(asked.stdout);
    expect(state).toBe('waiting');
    expect((await list()).map((one: { deliveryId: string }) => one.deliveryId)).toContain(
      deliveryId,
    );
    const unset = mizan(['deliveries', '--ask'], { settings: alone });
    expect([unset.code, unset.stderr]).toEqual([
      1,
      expect.stringContaining('MIZAN_CHECKPOINT_URL'),
    ]);
  });

  it('is sent to no machine behind our own doors, and to nobody unless one is named', async () => {
    const guarded = await startApp({
      settings: {
        MIZAN_CHECKPOINT_URL: 'https://169.254.169.254/latest',
        MIZAN_CHECKPOINT_SECRET_FILE: join(folder, 'guarded'),
      },
    });
    writeFileSync(join(folder, 'guarded'), SECRET, { mode: 0o600 });
    await guarded.nest.get(CheckpointDeliveryJob).look(guarded.ledgerId);
    const path = '/v1/ledger/checkpoint-deliveries';
    const { body } = await guarded.call('GET', path, { role: 'admin' });
    expect(body.items[0].problem).toBe('Not sent: its address is not public.');
    await guarded.close();
    const silent = await startApp();
    await silent.nest.get(CheckpointDeliveryJob).look(silent.ledgerId);
    expect((await silent.call('GET', path, { role: 'admin' })).body.items).toEqual([]);
    const refused = await silent.call('POST', path, { role: 'admin' });
    expect([refused.status, refused.body.code]).toEqual([409, 'delivery.not_set_up']);
    await silent.close();
  });

  it.each([
    { MIZAN_CHECKPOINT_URL: 'https://example.org/' },
    { MIZAN_PRIVATE_NETWORKS: '10.0.0.0' },
    { MIZAN_CHECKPOINT_URL: 'ftp://example.org/', MIZAN_CHECKPOINT_SECRET_FILE: 'x' },
  ])('refuses the settings %j', (settings) => {
    expect(() => readConfig(settings)).toThrow(ConfigError);
  });
});
