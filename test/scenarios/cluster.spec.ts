import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { joinEmbeddedServer } from '../../src/platform/database/server/embedded-server.js';
import { endServers, mizan } from '../support/cli.js';
import { rows, run } from '../support/database.js';
import {
  dataFolder,
  postmasterOf,
  preparedFolder,
  serveOn,
  settingsOf,
  statusOf,
  until,
  urlOf,
} from '../support/kills.js';

const scratch = dataFolder('cluster');
const folder = (name: string): string => join(scratch, name);
const list = (dataDir: string) =>
  mizan(['list', 'site', '--ledger', 'none'], { settings: settingsOf(dataDir) });
/** The database opened: what is refused is only the ledger, which is not open. */
const OPENED = expect.stringContaining('ledger.not_found');
const filesIn = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();

const strangers: ChildProcess[] = [];
/** A program that has nothing to do with us, run by the database's own user. */
function stranger(dataDir: string): ChildProcess {
  const { uid, gid } = statSync(join(dataDir, 'postgres'));
  const child = spawn('/bin/sleep', ['600'], { uid, gid, cwd: '/', stdio: 'ignore' });
  strangers.push(child);
  return child;
}

afterAll(() => {
  for (const child of strangers) child.kill('SIGKILL');
  endServers();
  rmSync(scratch, { recursive: true, force: true });
});

describe('a cluster that is missing or not whole', () => {
  const dataDir = folder('lost');
  const cluster = join(dataDir, 'postgres');
  beforeAll(() => preparedFolder(dataDir));

  it.each(['PG_VERSION', 'global/pg_control'])('is refused untouched without %s', (name) => {
    renameSync(join(cluster, name), folder('aside'));
    const before = filesIn(dataDir);
    const { code, stderr } = list(dataDir);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${name} is missing`)]);
    expect(stderr).toContain('Nothing was touched');
    expect(filesIn(dataDir)).toEqual(before);
    renameSync(folder('aside'), join(cluster, name));
    expect(list(dataDir).stderr).toEqual(OPENED);
  });

  it.each(['absent', 'empty'])('is refused where secrets are: %s', (state) => {
    renameSync(cluster, folder('aside'));
    if (state === 'empty') mkdirSync(cluster);
    const { code, stderr } = list(dataDir);
    expect([code, stderr]).toEqual([1, expect.stringContaining('mount it and start again')]);
    expect(stderr).toContain('(found: postgres.secrets.json)');
    expect(existsSync(join(cluster, 'PG_VERSION'))).toBe(false);
    rmSync(cluster, { recursive: true, force: true });
    renameSync(folder('aside'), cluster);
    expect(list(dataDir).stderr).toEqual(OPENED);
  });

  it.each(['files', 'heads.json'])('is refused where there is %s, in a first start too', (name) => {
    const own = folder(`kept-${name}`);
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'postgres.first-start'), '');
    if (name === 'files') mkdirSync(join(own, name));
    writeFileSync(join(own, ...(name === 'files' ? [name, 'a'.repeat(64)] : [name])), '{}');
    const { code, stderr } = list(own);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`(found: ${name})`)]);
    expect(existsSync(join(own, 'postgres'))).toBe(false);
  });

  it.each(['', '{"adminPass', '{}'])('is made where only half secrets %j are', (half) => {
    const own = folder(`half-${half.length}`);
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'postgres.secrets.json'), half);
    expect(list(own).stderr).toEqual(OPENED);
  });

  it('is a loss too where it holds no ledger, once its first start has ended', async () => {
    const own = preparedFolder(folder('no-database'));
    const server = await joinEmbeddedServer(own, { durable: false });
    await run(server.adminUrl('postgres'), 'DROP DATABASE mizan');
    await server.leave();
    const { code, stderr } = list(own);
    expect([code, stderr]).toEqual([1, expect.stringContaining('holds none called mizan')]);
    expect(stderr).toContain('Nothing was touched');
    // One that was killed before it had made its database has not ended.
    writeFileSync(join(own, 'postgres.first-start'), '');
    expect(list(own).stderr).toEqual(OPENED);
  });

  it('is not opened with passwords that are gone', () => {
    const secrets = join(dataDir, 'postgres.secrets.json');
    renameSync(secrets, folder('aside'));
    const { code, stderr } = list(dataDir);
    expect([code, stderr]).toEqual([1, expect.stringContaining('are missing')]);
    renameSync(folder('aside'), secrets);
  });

  it('sweeps what it began to make itself, and nothing else', () => {
    const own = folder('swept');
    mkdirSync(join(own, 'postgres.making-abc123', 'cluster'), { recursive: true });
    mkdirSync(join(own, 'postgres.old'), { recursive: true });
    expect(list(own).stderr).toEqual(OPENED);
    expect(filesIn(own)).not.toContain('postgres.making-abc123');
    expect(filesIn(own)).toContain('postgres.old');
  });
});

describe('process numbers that are used again', () => {
  it('are not believed, and nobody who has them is touched', async () => {
    const dataDir = preparedFolder(folder('reused'));
    const first = await serveOn(dataDir);
    process.kill(postmasterOf(dataDir)!, 'SIGSTOP'); // Nothing is started again in between.
    first.child.kill('SIGKILL');
    await first.ended;
    const postmaster = postmasterOf(dataDir)!;
    process.kill(postmaster, 'SIGKILL');
    await until(
      () => existsSync(`/proc/${postmaster}`),
      (runs) => !runs,
    );
    const { pid, exitCode } = stranger(dataDir);
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [pid, ...lines.slice(1)].join('\n'));
    writeFileSync(join(dataDir, 'postgres.lock'), String(pid));
    writeFileSync(join(dataDir, 'postgres.users', String(pid)), '');
    writeFileSync(join(dataDir, 'postgres.users', String(first.child.pid)), `${pid} boot:1 1:1`);

    const { stderr } = list(dataDir);
    expect(stderr).toEqual(OPENED);
    expect(stderr).toContain(`postmaster.pid is stale: process ${pid}`);
    expect(stderr).toContain('sleep 600');
    expect(existsSync(file)).toBe(false);
    expect([exitCode, strangers.at(-1)!.signalCode]).toEqual([null, null]);
  });

  it('leave a lock behind that says when its process began', () => {
    const dataDir = preparedFolder(folder('locked'));
    // This test's own number, with another start: a process that is gone.
    symlinkSync(`${process.pid} boot:1 1:1`, join(dataDir, 'postgres.lock'));
    expect(list(dataDir).stderr).toContain(`removed the stale lock of process ${process.pid}`);
  });
});

describe('a data folder that was copied while it was served', () => {
  it('never reaches the server that it was copied from', async () => {
    const [dataDir, copy] = [preparedFolder(folder('original')), folder('copy')];
    const server = await serveOn(dataDir);
    const postmaster = postmasterOf(dataDir);
    // What is being written aside is gone in a moment.
    const filter = (from: string): boolean => !from.endsWith('.writing');
    cpSync(dataDir, copy, { recursive: true, verbatimSymlinks: true, filter });
    const other = await serveOn(copy);
    expect(postmasterOf(copy)).not.toBe(postmaster);
    const portOf = (of: string): string => readFileSync(join(of, 'postgres.port'), 'utf8');
    expect(portOf(copy)).not.toBe(portOf(dataDir));
    other.child.kill('SIGTERM');
    expect(await other.ended).toBe(0);
    // It stopped its own server, and no other.
    expect(postmasterOf(copy)).toBeNull();
    expect(postmasterOf(dataDir)).toBe(postmaster);
    expect(await statusOf(`${urlOf(server)}/health/ready`)).toBe(200);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });
});

describe('a server that was just started', () => {
  it('is stopped where nobody can say that he uses it', async () => {
    const dataDir = preparedFolder(folder('unused'));
    rmSync(join(dataDir, 'postgres.users'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres.users'), 'not a folder');
    await expect(joinEmbeddedServer(dataDir, { durable: false })).rejects.toThrow('EEXIST');
    expect(postmasterOf(dataDir)).toBeNull();
  });
});

describe('the log of the database', () => {
  it('keeps no server down, nor one from being started again, where it cannot be bounded', async () => {
    const dataDir = preparedFolder(folder('unbounded'));
    const log = join(dataDir, 'postgres.log');
    writeFileSync(log, 'x'.repeat(11 * 1024 * 1024));
    mkdirSync(`${log}.1`);
    writeFileSync(`${log}.2`, 'no folder can be renamed to this');
    const server = await joinEmbeddedServer(dataDir, { durable: false });
    const first = postmasterOf(dataDir)!;
    process.kill(first, 'SIGKILL');
    const answers = () =>
      rows(server.adminUrl('postgres'), 'SELECT').then(
        () => true,
        () => false,
      );
    const second = await until(
      () => postmasterOf(dataDir),
      (pid) => pid !== first && pid !== null,
    );
    expect(second).not.toBe(first);
    expect(await until(answers, Boolean)).toBe(true);
    await server.leave();
  });

  it('is for its owner, goes on where it was, and is bounded', () => {
    const dataDir = preparedFolder(folder('log'));
    const log = join(dataDir, 'postgres.log');
    list(dataDir);
    expect(statSync(log).mode & 0o777).toBe(0o640);
    writeFileSync(log, `a crash\n${'x'.repeat(11 * 1024 * 1024)}`);
    list(dataDir);
    expect(readFileSync(`${log}.1`, 'utf8').startsWith('a crash')).toBe(true);
    expect(statSync(log).size).toBeLessThan(1024 * 1024);
    const size = statSync(log).size;
    list(dataDir);
    expect(statSync(log).size).toBeGreaterThan(size);
  });
});
