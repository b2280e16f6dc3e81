import { createConnection } from 'node:net';
import { once } from 'node:events';
import { startApp, type TestApp } from '../support/app.js';

/** What the server says to bytes that were sent. */
interface Spoken {
  /** Once anything of an answer was heard. */
  readonly begun: Promise<unknown>;
  /** All that was heard, at the end of the connection. */
  readonly whole: Promise<string>;
}

function begin(url: string, text: string): Spoken {
  const { hostname, port } = new URL(url);
  const socket = createConnection(Number(port), hostname);
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
  socket.on('error', () => {});
  socket.write(text);
  const begun = new Promise((done) => socket.once('data', done));
  return { begun, whole: once(socket, 'close').then(() => heard) };
}

/** Speaks bytes to the server and hears all of the answer. */
const speak = (url: string, text: string): Promise<string> => begin(url, text).whole;

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const problemOf = (answer: string): { code: string; status: number; traceId: string } =>
  JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));

describe('the door', () => {
  let app: TestApp;
  const setting = { MIZAN_BODY_GRACE_SECONDS: '0', MIZAN_BODY_SECONDS: '1' };

  beforeAll(async () => {
    app = await startApp({ settings: setting });
  });
  afterAll(() => app.close());

  const head = (line: string, ...headers: string[]): string =>
    [`${line} HTTP/1.1`, 'host: x', ...headers, '', ''].join('\r\n');
  const bearer = (role: keyof TestApp['keys']): string => `authorization: Bearer ${app.keys[role]}`;

  it('names the methods of a path that is asked by another', async () => {
    const { status, body, headers } = await app.call('DELETE', '/v1/contracts/PPA');
    expect([status, body.code]).toEqual([405, 'request.method_not_allowed']);
    expect(headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect(body).toMatchObject({ method: 'DELETE', allowed: ['GET', 'HEAD', 'OPTIONS'] });
    const unknown = await app.call('DELETE', '/v1/nothing');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'request.not_found']);
  });

  it('answers OPTIONS by the methods, and HEAD like GET without a body', async () => {
    const options = await app.call('OPTIONS', '/v1/contracts');
    expect([options.status, options.headers.get('allow')]).toEqual([
      204,
      'GET, HEAD, OPTIONS, POST',
    ]);
    const answer = await app.call('HEAD', '/v1/contracts', { role: 'auditor' });
    expect([answer.status, answer.body]).toEqual([200, null]);
    expect((await app.call('HEAD', '/v1/contracts')).status).toBe(401);
  });

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/csv'])(
    'takes no %s where JSON is read',
    async (type) => {
      const call = { role: 'energy-manager', body: 'code=X', type } as const;
      const { status } = await app.call('POST', '/v1/organisations', call);
      expect(status).toBe(type === 'text/csv' ? 400 : 415);
    },
  );

  it.each([
    [400, 'request.malformed', 'nonsense\r\n\r\n'],
    [400, 'request.malformed', 'GET /v1/%ff HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    [400, 'request.malformed', 'GET /v1/ledger/head HTTP/1.1\r\nconnection: close\r\n\r\n'],
    [
      400,
      'request.malformed',
      `GET /v1/ledger/head HTTP/1.1\r\nhost: x\r\n${'authorization: Bearer a\r\n'.repeat(2)}connection: close\r\n\r\n`,
    ],
    [
      400,
      'request.malformed',
      'POST /v1/contracts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nContent-Type: text/csv\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}',
    ],
    [
      400,
      'request.malformed',
      'POST /v1/contracts HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\nconnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    ],
    [
      417,
      'request.expectation_failed',
      'POST /v1/contracts HTTP/1.1\r\nhost: x\r\nexpect: a-miracle\r\ncontent-length: 2\r\n\r\n{}',
    ],
    [
      414,
      'request.url_too_long',
      `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    ],
    [414, 'request.url_too_long', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`],
    [
      414,
      'request.url_too_long',
      `GET /v1/contracts/${'a'.repeat(200)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    ],
    [
      431,
      'request.headers_too_large',
      `GET / HTTP/1.1\r\nhost: x\r\nx-a: ${'a'.repeat(20_000)}\r\n\r\n`,
    ],
  ])('answers %i %s as a problem: %.20s', async (status, code, text) => {
    const answer = await speak(app.url, text);
    expect(statusOf(answer)).toBe(status);
    expect(answer).toContain('content-type: application/problem+json');
    expect(problemOf(answer)).toMatchObject({ code, status, traceId: expect.any(String) });
  });

  it.each([
    ['content-encoding: gzip', 'application/json', 415],
    ['content-encoding: br', 'text/csv', 415],
    ['content-encoding: identity', 'application/json', 401],
    ['content-encoding: gzip', 'text/csv', 401],
    ['x-a: a', 'application/json; charset=iso-8859-1', 415],
    ['x-a: a', 'application/json;charset="UTF-16"', 415],
    ['x-a: a', 'application/json; charset="UTF-8"', 401],
    ['x-a: a', 'text/csv; charset=Shift_JIS', 415],
    ['x-a: a', 'text/csv; charset=ISO-8859-1', 401],
    ['x-a: a', 'text/csv; charset="utf-16"', 401],
    ['x-a: a', 'application/json', 401],
  ])('does not pass over what a body is said to be in: %s, %s', async (header, type, status) => {
    const more = [header, `content-type: ${type}`, 'content-length: 2', 'connection: close'];
    const answer = await speak(app.url, `${head('POST /v1/contracts', ...more)}{}`);
    const code = status === 415 ? 'request.unsupported_type' : 'auth.key_missing';
    expect([statusOf(answer), problemOf(answer).code]).toEqual([status, code]);
  });

  it('refuses a body from nobody, and of a role that may not, before it came', async () => {
    const announced = ['content-type: text/csv', 'content-length: 60000000', 'connection: close'];
    const path = 'POST /v1/imports/intervals';
    expect(statusOf(await speak(app.url, head(path, ...announced)))).toBe(401);
    const wrong = `authorization: Bearer ${app.keys.admin.slice(0, -3)}AAA`;
    expect(statusOf(await speak(app.url, head(path, wrong, ...announced)))).toBe(401);
    expect(statusOf(await speak(app.url, head(path, bearer('auditor'), ...announced)))).toBe(403);
    const json = ['content-type: application/json', 'content-length: 900000', 'connection: close'];
    expect(statusOf(await speak(app.url, head('POST /v1/contracts', ...json)))).toBe(401);
    expect(statusOf(await speak(app.url, head('POST /v1/nothing', ...json)))).toBe(404);
  });

  it('ends a body that does not arrive in time, as a problem', async () => {
    const headers = ['content-type: application/json', 'content-length: 900', 'connection: close'];
    const line = head('POST /v1/organisations', bearer('energy-manager'), ...headers);
    const answer = await speak(app.url, `${line}{`);
    expect(problemOf(answer)).toMatchObject({ code: 'request.timeout', status: 408 });
  });

  it.each(['', 'x'.repeat(256), 'with space', 'é'])(
    'refuses %j as a key of a request',
    async (key) => {
      const answer = await speak(
        app.url,
        head(
          'POST /v1/certificate-actions',
          bearer('energy-manager'),
          `idempotency-key: ${key}`,
          'content-type: application/json',
          'content-length: 2',
          'connection: close',
        ) + '{}',
      );
      expect(problemOf(answer)).toMatchObject({ code: 'request.invalid', status: 400 });
    },
  );
});

describe('slow uploads', () => {
  it('end when they come at less than the least rate', async () => {
    const app = await startApp({
      settings: { MIZAN_BODY_GRACE_SECONDS: '1', MIZAN_BODY_BYTES_PER_SECOND: '1000' },
    });
    const key = app.keys.operator;
    const answer = await speak(
      app.url,
      `POST /v1/imports/intervals HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n` +
        'content-type: text/csv\r\ncontent-length: 5000\r\nconnection: close\r\n\r\nmeter,start',
    );
    expect(problemOf(answer)).toMatchObject({ code: 'request.timeout', status: 408 });
    await app.close();
  });
});

describe('rates', () => {
  it('are told in every answer, and refuse what is too much, by key', async () => {
    const app = await startApp({
      settings: { MIZAN_RATE_KEY: '60', MIZAN_RATE_KEY_WRITES: '1', MIZAN_RATE_BURST: '3' },
    });
    const read = (): ReturnType<TestApp['call']> =>
      app.call('GET', '/v1/contracts', { role: 'auditor' });
    const first = await read();
    expect(first.headers.get('x-ratelimit-limit')).toBe('60');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('2');
    await read();
    await read();
    const refused = await read();
    expect(refused).toMatchObject({ status: 429, body: { code: 'request.rate_exceeded' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    const write = { role: 'energy-manager', body: {} } as const;
    expect((await app.call('POST', '/v1/organisations', write)).status).toBe(400);
    const second = await app.call('POST', '/v1/organisations', write);
    expect([second.status, second.body.what]).toEqual([429, 'writes of this key']);
    expect((await app.call('GET', '/v1/contracts', { role: 'energy-manager' })).status).toBe(200);
    await app.close();
  });

  it('refuse an address that tries keys, and one that asks without', async () => {
    const app = await startApp({
      settings: { MIZAN_RATE_FAILED_KEYS: '2', MIZAN_RATE_ADDRESS: '4' },
    });
    const key = `${app.keys.auditor.slice(0, -3)}AAA`;
    const ask = (call: object): ReturnType<TestApp['call']> =>
      app.call('GET', '/v1/contracts', call);
    expect([(await ask({ key })).status, (await ask({ key })).status]).toEqual([401, 401]);
    const third = await ask({ key: app.keys.auditor });
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '300']);
    const statuses = await Promise.all([1, 2, 3].map(() => app.call('GET', '/health/live')));
    expect(statuses.filter(({ status }) => status === 429)).toHaveLength(1);
    await app.close();
  });
});

describe('a key that ends while a request is on its way', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ settings: { MIZAN_KEY_SECONDS: '1' } });
  });
  afterAll(() => app.close());

  const issued = async (role: string): Promise<{ keyId: string; key: string }> => {
    const { body } = await app.call('POST', '/v1/api-keys', {
      role: 'admin',
      body: { name: `in flight, ${role}`, role },
    });
    if (body.state === 'PENDING') {
      const path = `/v1/api-keys/${body.keyId}/confirmations`;
      await app.call('POST', path, { key: app.secondAdmin });
    }
    return body;
  };
  const revoke = (keyId: string) =>
    app.call('POST', `/v1/api-keys/${keyId}/revocations`, { role: 'admin' });

  it('is not good for the rest of an upload, and nothing of that is kept', async () => {
    const { key, keyId } = await issued('operator');
    const lines = ['POST /v1/imports/intervals HTTP/1.1', 'host: x', 'content-type: text/csv'];
    const asked = [...lines, `authorization: Bearer ${key}`, 'content-length: 1000', '', 'meter,'];
    const heard = speak(app.url, asked.join('\r\n'));
    await revoke(keyId);
    const answer = await heard;
    expect([statusOf(answer), problemOf(answer).code]).toEqual([401, 'auth.key_unknown']);
    const { body } = await app.call('GET', '/v1/import-jobs', { role: 'auditor' });
    expect(body.items).toEqual([]);
  });

  it('hears no more of a job, when it was revoked or its time is over', async () => {
    // Nobody does jobs here: it waits for ever.
    const { body } = await app.call('POST', '/v1/ledger/verifications', { role: 'auditor' });
    const path = `/v1/ledger/verifications/${body.jobId}/events`;
    const listen = (key: string): Spoken => {
      const lines = [`GET ${path} HTTP/1.1`, 'host: x', `authorization: Bearer ${key}`, '', ''];
      return begin(app.url, lines.join('\r\n'));
    };
    const { key, keyId } = await issued('auditor');
    const { body: ending } = await app.call('POST', '/v1/api-keys', {
      role: 'admin',
      body: { name: 'ending', role: 'auditor', expiresAt: '2026-11-10T09:00:01Z' },
    });
    const both = [listen(key), listen(ending.key)];
    // Both keys work when the streams begin.
    await Promise.all(both.map(({ begun }) => begun));
    await revoke(keyId);
    app.setNow('2026-11-10T09:00:02Z');
    for (const told of await Promise.all(both.map(({ whole }) => whole)))
      expect(told).toMatch(/^HTTP\/1.1 200 [^]*"state":"queued"/);
  });
});
