import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { startApp, type TestApp } from '../support/app.js';
import { createGrid } from '../support/make.js';
import { createLong, LONG_PATH, stallOn } from '../support/stalled.js';

const CLIENTS = 12;
/** A few pieces of an answer, for one client. */
const HELD_BYTES = 524_288;
const VERSIONS = 10;
const PATH = LONG_PATH;

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
