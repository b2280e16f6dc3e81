import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { systemIdentifier } from './cluster-folder.js';
import { EmbeddedServerError } from './embedded-server-error.js';
import {
  commandOf,
  folderMark,
  isRunning,
  type ProcessMark,
  processMark,
  signalProcess,
  workingFolderOf,
} from '../process-identity.js';
import { locatePrograms } from './programs.js';
import { openServerLog, serverLog, serverLogBytes, serverLogSince } from './server-log.js';
import { type RunningServer, serverOn } from './server-process.js';
import type { ServerIdentity } from './server-user.js';

/** A cluster, and how its server is run. */
export interface Cluster {
  readonly dataDir: string;
  readonly place: string;
  readonly identity: ServerIdentity;
  readonly adminPassword: string;
  /** false only for throwaway test clusters. */
  readonly durable: boolean;
}

const READY_WITHIN_MS = 30_000;
// Replaying what a killed server had not written back: up to 4 GB on a slow disk.
const RECOVERED_WITHIN_MS = 15 * 60_000;
/** Sessions that outlive their server for a moment; a new server waits for them. */
const LEFT_OVERS = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/;

/**
 * Starts a server on a cluster where none runs, and waits until it answers.
 *
 * PostgreSQL itself judges its `postmaster.pid` and whether sessions of an earlier server are left. We
 * only tell it, where it was proven, that the number in that file belongs to a stranger now.
 *
 * @param onSpawn  Told of the process at once, before it answers.
 * @throws EmbeddedServerError when it cannot start; the message carries the end of its log.
 */
export async function startServer(
  cluster: Cluster,
  options: {
    readonly port: number;
    readonly signal?: AbortSignal;
    readonly onSpawn: (server: ProcessMark) => void;
  },
): Promise<RunningServer> {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const fromBytes = serverLogBytes(cluster.dataDir);
    const server = spawnServer(cluster, options.port);
    const mark = server.pid === undefined ? null : processMark(server.pid);
    if (mark !== null) options.onSpawn(mark);
    try {
      await untilServing(cluster, { ...options, server });
      return { kind: 'running', ...mark!, port: options.port };
    } catch (error) {
      if (mark !== null) await stopProcess(mark, { patienceMs: 2_000 });
      options.signal?.throwIfAborted();
      const said = serverLogSince(cluster.dataDir, fromBytes);
      if (!LEFT_OVERS.test(said) || performance.now() > deadline) {
        const why = error instanceof Error ? error.message : String(error);
        throw new EmbeddedServerError(
          `PostgreSQL did not start: ${why}. The end of ${serverLog(cluster.dataDir)}:\n${said}`,
          { cause: error },
        );
      }
      endLeftOvers(cluster.place);
      await sleep(100);
    }
  }
}

function spawnServer({ dataDir, place, identity, durable }: Cluster, port: number): ChildProcess {
  const { stranger } = serverOn(place) as { stranger?: { pid: number; proof: string } | null };
  if (stranger != null) {
    process.stderr.write(
      `Note: ${place}/postmaster.pid is stale: ${stranger.proof}. The server is started over it.\n`,
    );
  }
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
  const log = openServerLog(dataDir);
  try {
    const server = spawn(
      locatePrograms(identity).postgres,
      ['-D', place, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
      {
        ...identity,
        cwd: '/',
        // None of this process's own settings. PostgreSQL takes the number that is named here for
        // no server: pg_ctl tells it its own number the same way.
        env: {
          PATH: '/usr/bin:/bin',
          LC_ALL: 'C',
          TZ: 'UTC',
          ...(stranger == null ? {} : { PG_GRANDPARENT_PID: String(stranger.pid) }),
        },
        // Its own process group: Ctrl-C reaches Mizan first, which stops the server when it is done.
        detached: true,
        stdio: ['ignore', log, log],
      },
    );
    server.unref();
    return server;
  } finally {
    closeSync(log);
  }
}

/**
 * Waits until the server of this cluster answers on a port, and sees that it is the one.
 *
 * @param server  The process, where we started it: that it ended is noticed at once.
 * @throws Error saying why it does not answer.
 */
export async function untilServing(
  cluster: Cluster,
  options: {
    readonly port: number;
    readonly server?: ChildProcess;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  const { server, signal } = options;
  let failed: string | null = null;
  server?.on('error', (error) => (failed = error.message));
  server?.on('exit', (code) => (failed ??= `it exited with code ${code}`));
  const begun = performance.now();
  let waitMs = 20;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await requireSame(cluster, options.port);
    } catch (error) {
      if (error instanceof EmbeddedServerError) throw error;
      if (failed !== null) throw new Error(failed, { cause: error });
      if (server === undefined && serverOn(cluster.place).kind === 'none') {
        throw new Error('it is gone', { cause: error });
      }
      // "The database system is starting up": it replays its log and will answer.
      const isStarting = (error as { code?: unknown }).code === '57P03';
      const withinMs = isStarting ? RECOVERED_WITHIN_MS : READY_WITHIN_MS;
      if (performance.now() - begun > withinMs) {
        const why = `no answer within ${withinMs / 1000} s (${String(error)})`;
        throw new Error(why, { cause: error });
      }
    }
    await sleep((waitMs = Math.min(waitMs * 1.3, 250)));
  }
}

/** What answers must be the server of this very folder, and not of one that it was copied from. */
async function requireSame({ place, adminPassword }: Cluster, port: number): Promise<void> {
  const client = new pg.Client({
    connectionString: `postgres://postgres:${adminPassword}@127.0.0.1:${port}/postgres`,
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ folder: string; id: string }>(
      `SELECT current_setting('data_directory') AS folder,
              (SELECT system_identifier::text FROM pg_control_system()) AS id`,
    );
    const { folder, id } = rows[0]!;
    const isSame = folderMark(folder) === folderMark(place) && id === systemIdentifier(place);
    if (!isSame) {
      throw new EmbeddedServerError(
        `What answers on port ${port} is the server of ${folder}, not of ${place}. Nothing was ` +
          'touched. Stop that server, or delete postgres.port of this data folder, and start again.',
      );
    }
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Stops the server of a cluster, if one runs there: politely to its sessions at first (fast shutdown),
 * then at once (immediate shutdown: the next start replays its log). Its identity is seen before every
 * signal.
 */
export async function stopServer(
  place: string,
  { patienceMs }: { readonly patienceMs: number },
): Promise<void> {
  const running = serverOn(place);
  if (running.kind === 'running') await stopProcess(running, { patienceMs });
}

async function stopProcess(
  mark: ProcessMark,
  { patienceMs }: { readonly patienceMs: number },
): Promise<void> {
  for (const [signal, withinMs] of [
    ['SIGINT', patienceMs],
    // It gives its own children 5 s before it ends them by force.
    ['SIGQUIT', 7_000],
  ] as const) {
    signalProcess(mark, signal);
    const deadline = performance.now() + withinMs;
    while (isRunning(mark) && performance.now() < deadline) await sleep(20);
    if (!isRunning(mark)) return;
  }
}

/**
 * Ends sessions of an earlier server that was killed: they still hold its memory, and a busy one would
 * go on until its statement ends. Only processes that work in this very folder.
 */
function endLeftOvers(place: string): void {
  if (serverOn(place).kind === 'running') return;
  for (const pid of pidsInProc()) {
    const mark = processMark(pid);
    const isSession = commandOf(pid)[0]?.startsWith('postgres: ') === true;
    if (mark === null || !isSession || workingFolderOf(pid) !== folderMark(place)) continue;
    signalProcess(mark, 'SIGQUIT');
  }
}

/** Numbers of all processes; none where the system does not list them as files. */
function pidsInProc(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
