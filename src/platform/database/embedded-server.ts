import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { locateBinaries, type ServerIdentity, serverIdentity, usablePlace } from './binaries.js';

/** How to reach a running embedded server. */
export interface EmbeddedServer {
  /** Superuser login, for provisioning and migrations only. */
  readonly adminUrl: (database: string) => string;
  /** Password of the login `mizan_app`. */
  readonly appPassword: string;
  readonly port: number;
  /** Leaves the server; the last process to leave stops it. */
  readonly leave: () => Promise<void>;
}

/** The embedded server could not be used; the message says what to do. */
export class EmbeddedServerError extends Error {}

interface Secrets {
  readonly adminPassword: string;
  readonly appPassword: string;
}

const READY_WITHIN_MS = 30_000;

/**
 * Starts PostgreSQL 18 on `dataDir`, or joins the server that another Mizan process already runs
 * there. A server left behind by a killed process is joined and, when the last user leaves, stopped.
 *
 * @param dataDir   Absolute path; created on first use. The cluster lives in `dataDir/postgres`.
 * @param durable   false only for throwaway test clusters.
 * @throws EmbeddedServerError when it cannot start; the message carries the end of its log.
 */
export async function joinEmbeddedServer(
  dataDir: string,
  { durable = true }: { readonly durable?: boolean } = {},
): Promise<EmbeddedServer> {
  mkdirSync(dataDir, { recursive: true });
  const identity = serverIdentity();
  const place = usablePlace(join(dataDir, 'postgres'), identity);
  const release = await takeStartLock(dataDir);
  try {
    const secrets = readSecrets(dataDir);
    if (!existsSync(join(place, 'PG_VERSION'))) initialise(place, secrets, identity);
    const running = runningPort(place);
    const port = running ?? (await start(place, { dataDir, identity, durable, secrets }));
    register(dataDir);
    return {
      adminUrl: (database) =>
        `postgres://postgres:${secrets.adminPassword}@127.0.0.1:${port}/${database}`,
      appPassword: secrets.appPassword,
      port,
      leave: () => leave(dataDir, place),
    };
  } finally {
    release();
  }
}

function readSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'postgres.secrets.json');
  if (!existsSync(file)) {
    const fresh = (): string => randomBytes(24).toString('hex');
    const secrets: Secrets = { adminPassword: fresh(), appPassword: fresh() };
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
}

function initialise(place: string, { adminPassword }: Secrets, identity: ServerIdentity): void {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true, mode: 0o700 });
  if (identity.uid !== undefined) chownSync(place, identity.uid, identity.gid!);
  const passwordFile = `${place}.password`;
  writeFileSync(passwordFile, adminPassword, { mode: 0o600 });
  if (identity.uid !== undefined) chownSync(passwordFile, identity.uid, identity.gid!);
  const { initdb } = locateBinaries(identity);
  const { status, stderr, error } = spawnSync(
    initdb,
    [
      `--pgdata=${place}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
    ],
    { ...identity, cwd: '/', encoding: 'utf8' },
  );
  rmSync(passwordFile);
  if (status !== 0) {
    rmSync(place, { recursive: true, force: true });
    throw new EmbeddedServerError(
      `PostgreSQL could not initialise ${place}: ${error?.message ?? stderr.trim()}`,
    );
  }
}

async function start(
  place: string,
  options: {
    readonly dataDir: string;
    readonly identity: ServerIdentity;
    readonly durable: boolean;
    readonly secrets: Secrets;
  },
): Promise<number> {
  const { dataDir, identity, durable, secrets } = options;
  const port = await freePort();
  const logFile = join(dataDir, 'postgres.log');
  const log = openSync(logFile, 'w');
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'timezone=UTC',
    'log_timezone=UTC',
    'lc_messages=C',
    'max_connections=60',
    'shared_buffers=256MB',
    'max_wal_size=4GB',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  const server = spawn(
    locateBinaries(identity).postgres,
    ['-D', place, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    // Its own process group: Ctrl-C reaches Mizan first, which stops the server when it is done.
    { ...identity, cwd: '/', detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  server.unref();
  await untilReady(server, {
    url: `postgres://postgres:${secrets.adminPassword}@127.0.0.1:${port}/postgres`,
    logFile,
  });
  return port;
}

async function untilReady(
  server: ChildProcess,
  { url, logFile }: { readonly url: string; readonly logFile: string },
): Promise<void> {
  let failed: string | null = null;
  server.on('error', (error) => (failed = error.message));
  server.on('exit', (code) => (failed ??= `it exited with code ${code}`));
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (failed !== null || performance.now() > deadline) {
        const tail = existsSync(logFile) ? readFileSync(logFile, 'utf8').slice(-800) : '';
        const why = failed ?? `no answer within ${READY_WITHIN_MS / 1000} s (${String(error)})`;
        throw new EmbeddedServerError(
          `PostgreSQL did not start: ${why}. The end of ${logFile}:\n${tail}`,
          { cause: error },
        );
      }
    }
    await sleep(30);
  }
}

/** Port of a server that runs on this cluster; null when none does (a stale lock is no server). */
function runningPort(place: string): number | null {
  const file = join(place, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const [pid, , , port] = readFileSync(file, 'utf8').split('\n');
  if (!isAlive(Number(pid))) {
    process.stderr.write(`Note: removed the stale lock of a server that is gone (${file}).\n`);
    rmSync(file, { force: true });
    return null;
  }
  return Number(port);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const usersDir = (dataDir: string): string => join(dataDir, 'postgres.users');

function register(dataDir: string): void {
  mkdirSync(usersDir(dataDir), { recursive: true });
  writeFileSync(join(usersDir(dataDir), String(process.pid)), '');
}

async function leave(dataDir: string, place: string): Promise<void> {
  const release = await takeStartLock(dataDir);
  try {
    rmSync(join(usersDir(dataDir), String(process.pid)), { force: true });
    const others = readdirSync(usersDir(dataDir)).filter((pid) => isAlive(Number(pid)));
    if (others.length > 0) return;
    const file = join(place, 'postmaster.pid');
    if (!existsSync(file)) return;
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    if (isAlive(pid)) process.kill(pid, 'SIGINT');
    const deadline = performance.now() + READY_WITHIN_MS;
    while (isAlive(pid) && existsSync(file) && performance.now() < deadline) await sleep(20);
  } finally {
    release();
  }
}

/** One process at a time starts or stops the server of a data directory. */
async function takeStartLock(dataDir: string): Promise<() => void> {
  const file = join(dataDir, 'postgres.lock');
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    // Written aside and linked, so that a lock is never seen half written.
    const own = `${file}.${process.pid}`;
    writeFileSync(own, String(process.pid));
    try {
      linkSync(own, file);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(own, { force: true });
    }
    const holder = readHolder(file);
    if (holder !== null && !isAlive(holder)) {
      process.stderr.write(`Note: removed the stale lock of process ${holder} (${file}).\n`);
      rmSync(file, { force: true });
    } else if (performance.now() > deadline) {
      throw new EmbeddedServerError(
        `Process ${holder} has been starting or stopping the database of ${dataDir} for ` +
          `${READY_WITHIN_MS / 1000} s. If it hangs, end it and delete ${file}.`,
      );
    } else await sleep(50);
  }
}

function readHolder(file: string): number | null {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null; // Released in between.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
      .on('error', reject)
      .listen(0, '127.0.0.1', () => {
        const { port } = probe.address() as AddressInfo;
        probe.close(() => resolve(port));
      });
  });
}
