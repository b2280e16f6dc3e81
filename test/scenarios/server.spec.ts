import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '../../src/platform/auth/roles.js';
import type { TestApp } from '../support/app.js';
import { processMark } from '../../src/platform/process-identity.js';
import { endServers, mizan, serveUntil } from '../support/cli.js';
import { postmasterOf } from '../support/kills.js';
import { STALLS, stallOn } from '../support/stalled.js';

const scratch = mkdtempSync(join(tmpdir(), 'mizan-server-'));
// As root the database runs as another user, who must be able to enter.
chmodSync(scratch, 0o755);
const settings = { MIZAN_DATA_DIR: join(scratch, 'data'), PORT: '0' };
const SERVES = /Mizan serves (http:\S+)/;
const stalled: (() => void)[] = [];
afterAll(() => {
  stalled.forEach((end) => end());
  endServers();
  rmSync(scratch, { recursive: true, force: true });
});

const postmaster = (): string => join(settings.MIZAN_DATA_DIR, 'postgres', 'postmaster.pid');
/** Settings of a process that does this before anything else. */
const first = (script: string) => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}`,
});
const get = async (output: string, path: string): Promise<Response> =>
  fetch(`${SERVES.exec(output)![1]}${path}`, { headers: { connection: 'close' } });

/** A key for some roles, as two admins give them out over HTTP; the terminal made both. */
async function keysOf(url: string, admins: readonly [string, string]): Promise<TestApp['keys']> {
  const post = async (key: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${key}`, connection: 'close' };
    const json = { ...headers, 'content-type': 'application/json' };
    const more = body === undefined ? { headers } : { headers: json, body: JSON.stringify(body) };
    const reply = await fetch(`${url}/v1/api-keys${path}`, { method: 'POST', ...more });
    return (await reply.json()) as { keyId: string; key: string };
  };
  const issued = async (role: Role): Promise<string> => {
    const { key, keyId } = await post(admins[0], '', { name: role, role });
    await post(admins[1], `/${keyId}/confirmations`);
    return key;
  };
  const [operator, manager] = [await issued('operator'), await issued('energy-manager')];
  return { operator, 'energy-manager': manager } as unknown as TestApp['keys'];
}

/** Where root's cluster of a private folder lives (docs/decisions/0001). */
function clusterElsewhere(dataDir: string): string {
  const wanted = join(dataDir, 'postgres');
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  return join('/var/lib/mizan', name);
}

describe('npm start', () => {
  it('prints the admin key once, serves, and stops its database on Ctrl-C', async () => {
    const first = await serveUntil(SERVES, settings);
    expect(first.output()).toMatch(/Admin key of ledger main, shown once:\s+mzk_/);
    expect((await get(first.output(), '/health/ready')).status).toBe(200);
    expect(existsSync(postmaster())).toBe(true);
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    expect(existsSync(postmaster())).toBe(false);

    const second = await serveUntil(SERVES, settings);
    expect(second.output()).not.toContain('mzk_');
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  it('has a worker that does jobs, opens no ledger and asks again where no answer came', async () => {
    const own = { ...settings, MIZAN_LEDGER: 'unopened' };
    const cut = first(`const { Socket } = await import('node:net');
      const { write } = Socket.prototype;
      Socket.prototype.write = function (chunk, ...rest) {
        if (!Buffer.isBuffer(chunk) || !chunk.includes('FROM ledger ORDER BY')) return write.call(this, chunk, ...rest);
        Socket.prototype.write = write;
        this.destroy();
        return false;
      }`);
    const worker = await serveUntil(/does jobs/, { ...own, ...cut }, ['cli.js', 'worker']);
    expect(worker.output()).toContain('trying again');
    expect(mizan(['list', 'site'], { settings: own }).stderr).toContain('ledger.not_found');
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
  });

  it('shares its database with commands, and the last to leave stops it', async () => {
    const server = await serveUntil(SERVES, settings);
    expect(mizan(['list', 'site'], { settings }).code).toBe(0);
    expect((await get(server.output(), '/health/ready')).status).toBe(200);
    server.child.kill('SIGINT');
    await server.ended;
    expect(existsSync(postmaster())).toBe(false);
  });

  it('stops cleanly when it is told to while it starts', async () => {
    const { child, ended, output } = await serveUntil(/zone data/, settings);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(output()).toContain('Stopped.');
    expect(existsSync(postmaster())).toBe(false);
  });

  it('stops within 10 s whatever its clients do, and its database with it', async () => {
    // Nobody does jobs, so that a stream of one stays open.
    const own = { ...settings, MIZAN_LEDGER: 'stalled', MIZAN_SERVE_JOBS: 'false' };
    const server = await serveUntil(SERVES, own);
    const url = SERVES.exec(server.output())![1]!;
    const out = join(scratch, 'second.key');
    const issue = ['key', 'issue', '--role', 'admin', '--name', 'second', '--out', out];
    expect(mizan(issue, { settings: own }).code).toBe(0);
    const admin = /mzk_\S+/.exec(server.output())![0];
    const keys = await keysOf(url, [admin, readFileSync(out, 'utf8').trim()]);
    const as = (role: Role, type: string) => ({
      headers: { authorization: `Bearer ${keys[role]}`, 'content-type': type },
    });
    const sent = await fetch(`${url}/v1/imports/intervals?asJob=true`, {
      method: 'POST',
      body: 'meter,start,wh,quality\n',
      ...as('operator', 'text/csv'),
    });
    const { jobId } = (await sent.json()) as { jobId: string };
    const events = `/v1/import-jobs/${jobId}/events`;
    const stream = (await fetch(`${url}${events}`, as('operator', 'text/plain'))).body!.getReader();
    expect(new TextDecoder().decode((await stream.read()).value)).toContain('"state":"queued"');
    const app = { url, keys } as TestApp;
    const wait = ['holds a body open', 'holds an upload open', 'trickles bytes'];
    const sockets = await Promise.all([
      ...wait.flatMap((way) => [STALLS[way]!(app), STALLS[way]!(app)]),
      stallOn(url, { path: events, key: keys.operator, count: 4 }).then(([one]) => one!),
      stallOn(url, { path: '/openapi.json', key: keys.operator, count: 8 }).then(([one]) => one!),
    ]);
    stalled.push(() => sockets.forEach((socket) => socket.destroy()));
    // What was sent has arrived once what comes after it is answered.
    expect((await get(server.output(), '/health/ready')).status).toBe(200);
    const database = postmasterOf(settings.MIZAN_DATA_DIR)!;
    const askedMs = performance.now();
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(performance.now() - askedMs).toBeLessThan(10_000);
    // In order: neither cut short at the end of its time, nor by a failure.
    expect(server.output()).toMatch(/\nStopped\.\n$/);
    // What is left of it until its parent has asked is no process.
    expect(processMark(database)).toBeNull();
    expect(existsSync(postmaster())).toBe(false);
  });

  it('joins the database that a killed process left behind, and stops it', async () => {
    const killed = await serveUntil(SERVES, settings);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(existsSync(postmaster())).toBe(true);
    expect(mizan(['list', 'site'], { settings }).code).toBe(0);
    expect(existsSync(postmaster())).toBe(false);
  });

  it('explains a stale lock and goes on, and lets PostgreSQL judge its own', () => {
    writeFileSync(postmaster(), '999999\nx\n0\n5\n');
    writeFileSync(join(settings.MIZAN_DATA_DIR, 'postgres.lock'), '999999');
    const { code, stderr } = mizan(['list', 'site'], { settings });
    expect(code).toBe(0);
    expect(stderr.match(/removed the stale lock/g)).toHaveLength(1);
  });

  it('says how a ledger is opened under a clock that cannot be believed, and no stack', async () => {
    const own = { ...settings, MIZAN_LEDGER: 'ahead' };
    const ahead = first('const { now } = Date; Date.now = () => now() + 7_200_000');
    const refused = await serveUntil(/mizan help clock|^ +at /m, { ...own, ...ahead });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain('Refused: clock.ahead');
    expect(refused.output()).toContain('Set it right; if it is right now, start Mizan again.');
    expect(refused.output()).not.toMatch(/^ +at |connection lost/m);
    expect(existsSync(postmaster())).toBe(false);
  });

  it('explains a port that is in use', async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => busy.once('listening', done));
    const { port } = busy.address() as AddressInfo;
    const refused = await serveUntil(/in use/, { ...settings, PORT: String(port) });
    expect(refused.output()).toContain(`Port ${port} is in use. Stop what uses it, or set PORT`);
    expect(refused.output()).not.toContain(' at ');
    expect(await refused.ended).toBe(1);
    busy.close();
  });

  it('names wrong settings, never their values', () => {
    const wrong = { ...settings, PORT: 'secret-value', DATABASE_URL: 'mysql://user:hunter2@x' };
    const { code, stderr } = mizan(['list', 'site'], { settings: wrong });
    expect(code).toBe(1);
    expect(stderr).toMatch(/DATABASE_URL.*PORT|PORT.*DATABASE_URL/);
    expect(stderr).not.toMatch(/secret-value|hunter2| {4}at /);
  });

  it('explains a database that does not answer', () => {
    const nowhere = { ...settings, DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x' };
    const { code, stderr } = mizan(['list', 'site'], { settings: nowhere });
    expect([code, stderr]).toEqual([1, expect.stringContaining('The database does not answer')]);
  });

  it('finds a place for the cluster when the folder is private', () => {
    const hidden = mkdtempSync(join(tmpdir(), 'mizan-private-'));
    const { code } = mizan(['list', 'site', '--ledger', 'none'], {
      settings: { MIZAN_DATA_DIR: hidden },
    });
    const elsewhere = existsSync(join(hidden, 'postgres')) ? null : clusterElsewhere(hidden);
    rmSync(hidden, { recursive: true, force: true });
    if (elsewhere !== null) rmSync(elsewhere, { recursive: true, force: true });
    // The server started: what is refused is only the ledger, which is not open.
    expect(code).toBe(1);
    expect(elsewhere === null).toBe(process.getuid!() !== 0);
  });

  it('says why a cluster does not start', () => {
    const broken = { ...settings, MIZAN_DATA_DIR: join(scratch, 'broken') };
    mkdirSync(join(broken.MIZAN_DATA_DIR, 'postgres'), { recursive: true });
    writeFileSync(join(broken.MIZAN_DATA_DIR, 'postgres', 'PG_VERSION'), '9\n');
    const secrets = { adminPassword: 'a', appPassword: 'b' };
    writeFileSync(join(broken.MIZAN_DATA_DIR, 'postgres.secrets.json'), JSON.stringify(secrets));
    const half = mizan(['list', 'site'], { settings: broken });
    expect([half.code, half.stderr]).toEqual([
      1,
      expect.stringMatching(/no whole cluster: global\/pg_control is missing.*Nothing was touched/),
    ]);
    mkdirSync(join(broken.MIZAN_DATA_DIR, 'postgres', 'global'));
    writeFileSync(join(broken.MIZAN_DATA_DIR, 'postgres', 'global', 'pg_control'), 'no control');
    const { code, stderr } = mizan(['list', 'site'], { settings: broken });
    expect(code).toBe(1);
    expect(stderr).toContain('PostgreSQL did not start');
    expect(readFileSync(join(broken.MIZAN_DATA_DIR, 'postgres.log'), 'utf8')).not.toBe('');
  });
});

describe('mizan --help', () => {
  it('names the program, lists every command and says what is not built', () => {
    const { code, stdout } = mizan(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: mizan');
    for (const command of [
      'demo',
      'import',
      'match',
      'statement',
      'trace',
      'verify-ledger',
      'calc',
    ]) {
      expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    }
  });

  it.each([
    [['bogus'], 'unknown command'],
    [['match'], 'missing required argument'],
    [['match', '2026-10', '--bogus'], 'unknown option'],
  ])('%j exits with 2', (args, message) => {
    const { code, stderr } = mizan(args, { settings });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it.each(['close', 'invoice'])('%s says that it is not built', (command) => {
    const { code, stderr } = mizan([command]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('feature.not_built')]);
  });
});
