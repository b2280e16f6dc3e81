import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { startApp, type TestApp } from '../support/app.js';
import { createGrid } from '../support/make.js';
import { stallOn } from '../support/stalled.js';

const CLIENTS = 12;
/** A few pieces of an answer, for one client. */
const HELD_BYTES = 524_288;
const VALUES = 8_760;
const VERSIONS = 10;
const PATH = '/v1/factors/HOURLY/versions';

/** A record with a long answer: an hourly factor of a year, in several versions. */
async function createLong(app: TestApp, versions: number): Promise<void> {
  const role = 'energy-manager' as const;
  for (let version = 1; version <= versions; version += 1) {
    const body = {
      ...{ kind: 'grid_average', zone: 'MA', basis: 'direct', resolution: 'hourly' },
      ...{ publisher: 'test', title: `v${version}`, vintage: '2026' },
      ...{ validFrom: '2026-01-01T00:00:00Z', validTo: '2027-01-01T00:00:00Z' },
      values: Array.from({ length: VALUES }, () => ({ gPerKwh: '600.123', cfeShare: '0.200000' })),
    };
    const path = version === 1 ? '/v1/factors' : '/v1/factors/HOURLY/versions';
    const sent = version === 1 ? { code: 'HOURLY', ...body } : body;
    const { status } = await app.call('POST', path, { role, body: sent });
    expect(status).toBe(201);
  }
}

describe('clients that do not read', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ settings: { MIZAN_STALLED_SECONDS: '1' } });
    await createGrid(app);
    await createLong(app, VERSIONS);
  });
  afterAll(() => app.close());

  it('hold little memory, however long their answers are, and are let go', async () => {
    const whole = await app.call('GET', PATH, { role: 'auditor' });
    const answerBytes = JSON.stringify(whole.body).length;
    expect(answerBytes).toBeGreaterThan(VERSIONS * 300_000);
    const heldBytes: number[] = [];
    const ends: Promise<unknown>[] = [];
    const count = new Promise<void>((all) => {
      app.nest.getHttpServer().on('request', (_: unknown, answer: ServerResponse) => {
        ends.push(once(answer, 'close'));
        const { socket } = answer;
        socket?.prependOnceListener('timeout', () => heldBytes.push(socket.writableLength));
        if (ends.length === CLIENTS) all();
      });
    });
    const sockets = await stallOn(app.url, { path: PATH, key: app.keys.auditor, count: CLIENTS });
    // An answer ends when the system holds all of it for the client, or the client was let go.
    await count;
    await Promise.all(ends);
    // Others are served as before; what was held for one who did not read is pieces, not the answer.
    expect((await app.call('GET', PATH, { role: 'auditor' })).body).toEqual(whole.body);
    expect(heldBytes.length).toBeGreaterThan(0);
    expect(Math.max(...heldBytes)).toBeLessThan(HELD_BYTES);
    sockets.forEach((socket) => socket.destroy());
  });

  it('leave answers as they are for those who read', async () => {
    const response = await fetch(`${app.url}${PATH}`, {
      headers: { authorization: `Bearer ${app.keys.auditor}` },
    });
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(Number(response.headers.get('content-length'))).toBe(Buffer.byteLength(text));
    expect(JSON.parse(text).items).toHaveLength(VERSIONS);
  });
});
