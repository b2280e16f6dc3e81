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
import { endServers, mizan, serveUntil } from '../support/cli.js';

const scratch = mkdtempSync(join(tmpdir(), 'mizan-server-'));
// As root the database runs as another user, who must be able to enter.
chmodSync(scratch, 0o755);
const settings = { MIZAN_DATA_DIR: join(scratch, 'data'), PORT: '0' };
const SERVES = /Mizan serves (http:\S+)/;
afterAll(() => {
  endServers();
  rmSync(scratch, { recursive: true, force: true });
});

const postmaster = (): string => join(settings.MIZAN_DATA_DIR, 'postgres', 'postmaster.pid');
const get = async (output: string, path: string): Promise<Response> =>
  fetch(`${SERVES.exec(output)![1]}${path}`, { headers: { connection: 'close' } });

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

  it('has a worker that does jobs and opens no ledger', async () => {
    const own = { ...settings, MIZAN_LEDGER: 'unopened' };
    const worker = await serveUntil(/does jobs/, own, ['cli.js', 'worker']);
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

  it.each(['close', 'invoice', 'attest'])('%s says that it is not built', (command) => {
    const { code, stderr } = mizan([command]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('feature.not_built')]);
  });
});
