import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { endServers, mizan, serveUntil } from '../support/cli.js';
import { dataFolder, preparedFolder, settingsOf, until, urlOf } from '../support/kills.js';

type Line = Readonly<Record<string, unknown>>;

describe('the log of a server', () => {
  const scratch = dataFolder('log');
  const dataDir = preparedFolder(join(scratch, 'data'));
  let server: Awaited<ReturnType<typeof serveUntil>>;
  let url: string;
  let lines: readonly Line[];
  /** Secrets that were in the hands of anybody, and keys by the id of what they are called. */
  const secrets: string[] = [];
  const traces = new Map<string, string | null>();

  beforeAll(async () => {
    server = await serveUntil(/Mizan serves (http:\S+)/, {
      ...settingsOf(dataDir),
      LOG_LEVEL: 'trace',
    });
    url = urlOf(server);
    const admin = remember(/mzk_\S+/.exec(server.output())![0]);
    await everything(admin, await managersKey(admin));
    const told = await until(
      () => new Set(logged().map(({ traceId }) => traceId)),
      (found) => [...traces.keys()].every((one) => found.has(one)),
    );
    expect([...traces.keys()].filter((one) => !told.has(one))).toEqual([]);
    server.child.kill('SIGTERM');
    await server.ended;
    lines = logged();
  });
  afterAll(() => {
    endServers();
    rmSync(scratch, { recursive: true, force: true });
  });

  const logged = (): readonly Line[] =>
    server
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);

  function remember(key: string): string {
    secrets.push(key.split('.')[1]!);
    return key;
  }

  /** A key that may write, confirmed by a second admin. */
  async function managersKey(admin: string): Promise<string> {
    const args = ['key', 'issue', '--role', 'admin', '--name', 'second'];
    const { stdout } = mizan(args, { settings: settingsOf(dataDir) });
    const second = remember(/mzk_\S+/.exec(stdout)![0]);
    const request = { name: 'manager', role: 'energy-manager', expiresAt: null };
    const issued = (await (await send('POST', '/v1/api-keys', admin, request)).json()) as {
      readonly key: string;
      readonly keyId: string;
    };
    await send('POST', `/v1/api-keys/${issued.keyId}/confirmations`, second, {});
    return remember(issued.key);
  }

  async function send(
    method: string,
    path: string,
    key: string | null,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: {
        connection: 'close',
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    // Nobody is asked who he is where nobody answers; a wrong key names nobody.
    const isKnown =
      key !== null && ![401, 405].includes(reply.status) && !path.startsWith('/v1/mzk_');
    traces.set(reply.headers.get('x-request-id')!, isKnown ? idOf(key) : null);
    return reply;
  }

  const idOf = (key: string): string => key.split('.')[0]!.slice(-12);

  /** Requests of every kind that end in any way, with keys where keys do not belong. */
  async function everything(admin: string, manager: string): Promise<void> {
    const body = { code: 'BUYER', name: 'Buyer', country: 'MA' };
    const keyed = { 'idempotency-key': 'once' };
    const csv = { 'content-type': 'text/csv' };
    const wrong = `${manager.split('.')[0]}.${'x'.repeat(43)}`;
    secrets.push('x'.repeat(43));
    for (let time = 0; time < 2; time += 1) {
      await send('POST', '/v1/organisations', manager, body, keyed);
    }
    await send('POST', '/v1/organisations', manager, { code: 'A B' });
    await send('POST', '/v1/organisations', manager, '{');
    await send('POST', '/v1/imports/intervals', manager, 'meter,start\nM,1\n', csv);
    await send('POST', '/v1/imports/intervals?asJob=true', manager, 'meter,start\nM,2\n', csv);
    await send('POST', '/v1/organisations', manager, 'a,b', { 'content-type': 'text/unknown' });
    await send('GET', '/v1/organisations', manager);
    await send('GET', '/v1/organisations/NONE', manager);
    await send('GET', '/v1/organisations', admin);
    await send('DELETE', '/v1/organisations', manager);
    await send('GET', '/v1/organisations', null);
    await send('GET', '/v1/organisations', wrong);
    await send('GET', '/health/ready', null);
    for (const key of [admin, manager, wrong]) {
      await send('GET', `/v1/organisations?key=${key}`, manager);
      await send('GET', `/v1/organisations/${key}`, manager);
      await send('GET', `/v1/${key}`, manager);
      await send('GET', `/v1/nowhere?k=${key.replace('_', '%5F').replace('.', '%2E')}`, null);
      await send('POST', '/v1/organisations', manager, { ...body, code: key });
      await send('POST', '/v1/organisations', manager, { ...body, code: 'Y', [key]: key });
      await send('POST', '/v1/organisations', manager, `{"${key}"`);
      await send('GET', '/v1/organisations', manager, undefined, { 'user-agent': key });
      await send('GET', '/v1/organisations', `${key}${key}`).catch(() => {});
    }
  }

  it('has a line for every request, and each line of it says whose it was', () => {
    expect(traces.size).toBeGreaterThan(35);
    const unnamed: Line[] = [];
    for (const [traceId, keyId] of traces) {
      const own = lines.filter((line) => line['traceId'] === traceId);
      expect(own.filter(({ msg }) => msg === 'answered')).toHaveLength(1);
      if (keyId === null) continue;
      unnamed.push(...own.filter((line) => line['keyId'] !== keyId || isNoLedger(line)));
    }
    expect(unnamed).toEqual([]);
  });

  it('has no line with half of the names, and names nobody who is not known', () => {
    const known = new Set([...traces.values()].filter((one) => one !== null));
    const wrong = lines.filter(
      (line) =>
        ('keyId' in line && isNoLedger(line)) ||
        ('keyId' in line && !known.has(line['keyId'] as string)) ||
        ('status' in line && !('traceId' in line)),
    );
    expect(wrong).toEqual([]);
  });

  it('has no secret in it', () => {
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    expect(secrets.length).toBeGreaterThan(3);
    expect(secrets.filter((one) => text.includes(one))).toEqual([]);
    expect(text).toContain('mzk_');
  });
});

const isNoLedger = (line: Line): boolean => !/^[0-9a-f-]{36}$/.test(String(line['ledgerId']));
