import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { endServers, mizan, serveUntil } from '../support/cli.js';
import { dataFolder, preparedFolder, serveOn, settingsOf, urlOf } from '../support/kills.js';

const SERVES = /Mizan serves (http:\S+)/;
const FAIL_AT = pathToFileURL('test/support/fail-at.mjs').href;
const BODY = JSON.stringify({ code: 'BUYER', name: 'Buyer', country: 'MA' });

describe('a write whose server is killed', () => {
  const scratch = dataFolder('replays');
  const dataDir = join(scratch, 'data');
  let key: string;

  beforeAll(async () => {
    const server = await serveOn(preparedFolder(dataDir));
    const admin = /mzk_\S+/.exec(server.output())![0];
    key = await managersKey(urlOf(server), admin);
    server.child.kill('SIGTERM');
    await server.ended;
  });
  afterAll(() => {
    endServers();
    rmSync(scratch, { recursive: true, force: true });
  });

  /** A key that may write, confirmed by a second admin. */
  async function managersKey(url: string, admin: string): Promise<string> {
    const issue = async (by: string, name: string, role: string): Promise<Issued> => {
      const body = JSON.stringify({ name, role, expiresAt: null });
      return (await post(url, by, '/v1/api-keys', { body })).json as Issued;
    };
    const args = ['key', 'issue', '--role', 'admin', '--name', 'second'];
    const { stdout } = mizan(args, { settings: settingsOf(dataDir) });
    const second = /mzk_\S+/.exec(stdout)![0];
    const issued = await issue(admin, 'manager', 'energy-manager');
    await post(url, second, `/v1/api-keys/${issued.keyId}/confirmations`, {});
    return issued.key;
  }

  const failing = (moment: string): ReturnType<typeof serveUntil> =>
    serveUntil(SERVES, {
      ...settingsOf(dataDir),
      NODE_OPTIONS: `--import=${FAIL_AT}`,
      FAIL_AT: moment,
    });

  it('after it was committed is answered with the bytes it would have had', async () => {
    const server = await failing('after_commit_before_reply');
    await expect(post(urlOf(server), key, '/v1/organisations', KEYED)).rejects.toThrow();
    await server.ended;
    const again = await serveOn(dataDir);
    const replies = [
      await post(urlOf(again), key, '/v1/organisations', KEYED),
      await post(urlOf(again), key, '/v1/organisations', KEYED),
    ];
    const read = await fetch(`${urlOf(again)}/v1/organisations/BUYER`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const text = await read.text();
    again.child.kill('SIGTERM');
    await again.ended;
    for (const reply of replies) {
      expect([reply.status, reply.isReplayed]).toEqual([201, true]);
      expect(reply.text).toBe(text);
    }
  });

  it('before it was committed is done once, when it is sent again', async () => {
    const other = { ...KEYED, key: 'second', body: BODY.replace('BUYER', 'SELLER') };
    const server = await failing('before_commit');
    await expect(post(urlOf(server), key, '/v1/organisations', other)).rejects.toThrow();
    await server.ended;
    const again = await serveOn(dataDir);
    const first = await post(urlOf(again), key, '/v1/organisations', other);
    const second = await post(urlOf(again), key, '/v1/organisations', other);
    again.child.kill('SIGTERM');
    await again.ended;
    expect([first.status, first.isReplayed]).toEqual([201, false]);
    expect([second.status, second.isReplayed]).toEqual([201, true]);
    expect(second.text).toBe(first.text);
    const verified = mizan(['verify-ledger'], { settings: settingsOf(dataDir) });
    expect([verified.code, verified.stderr]).toEqual([0, '']);
  });
});

interface Issued {
  readonly key: string;
  readonly keyId: string;
}

const KEYED = { key: 'first', body: BODY };

async function post(
  url: string,
  by: string,
  path: string,
  { key, body }: { readonly key?: string; readonly body?: string },
): Promise<{ status: number; text: string; json: unknown; isReplayed: boolean }> {
  const reply = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${by}`,
      connection: 'close',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await reply.text();
  const isReplayed = reply.headers.get('idempotent-replayed') === 'true';
  return { status: reply.status, text, json: JSON.parse(text), isReplayed };
}
