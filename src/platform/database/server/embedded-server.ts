import { mkdirSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { clusterState, makeCluster } from '../../cluster/cluster-folder.js';
import { EmbeddedServerError } from '../../cluster/embedded-server-error.js';
import {
  beginFirstStart,
  endFirstStart,
  isFirstStart,
  knownSecrets,
  type Secrets,
} from '../../cluster/first-start.js';
import { fixedPort } from '../../cluster/fixed-port.js';
import { type Cluster, startServer, stopServer, untilServing } from '../../cluster/postmaster.js';
import { HEADS_FILE } from '../../marker/heads-file.js';
import { isRunning, type ProcessMark, signalProcess } from '../../process-identity.js';
import { rotateServerLog } from '../../cluster/server-log.js';
import { type RunningServer, serverOn } from '../../cluster/server-process.js';
import { serverPlace } from '../../cluster/server-user.js';
import { takeStartLock } from '../../cluster/start-lock.js';
import { superviseServer } from '../../cluster/supervision.js';
import { enterUser, hasOtherUsers, removeUser } from '../../cluster/users.js';

/** How to reach a running embedded server. */
export interface EmbeddedServer {
  /** Superuser login, for provisioning and migrations only. */
  readonly adminUrl: (database: string) => string;
  /** Password of the login `mizan_app`. */
  readonly appPassword: string;
  readonly port: number;
  /** Whether this folder's first start has not ended. */
  readonly isFirstStart: boolean;
  /** Ends the first start: from now on a missing cluster is a loss. */
  readonly endFirstStart: () => void;
  /** Leaves the server; the last process to leave stops it, by force after `patienceMs`. */
  readonly leave: (options?: { readonly patienceMs?: number }) => Promise<void>;
}

const PATIENCE_MS = 20_000;
const LOCK_SHARE = 0.5;

/** How a process uses a server. */
interface Options {
  /** false only for throwaway test clusters. */
  readonly durable?: boolean;
  /** Where the last known ends of ledgers are; in the data folder unless told. */
  readonly markerFile?: string;
  /** Stops the start; what was begun is stopped too. */
  readonly signal?: AbortSignal;
}

/**
 * Starts PostgreSQL 18 on `dataDir`, or joins the server that another Mizan process already runs
 * there, and looks after it until it is left: a server that dies is started again on the same port. A
 * server left behind by a killed process is joined and, when the last user leaves, stopped.
 *
 * @param dataDir  Absolute path; created on first use.
 * @throws EmbeddedServerError when it cannot start, or when a cluster that was here is missing or not
 *   whole; nothing is touched then.
 */
export async function joinEmbeddedServer(
  dataDir: string,
  { durable = true, markerFile = joinPath(dataDir, HEADS_FILE), signal }: Options = {},
): Promise<EmbeddedServer> {
  mkdirSync(dataDir, { recursive: true });
  const exit = stopOnExit(dataDir);
  try {
    const { place, identity } = serverPlace(dataDir);
    const release = await takeStartLock(dataDir, optional(signal));
    try {
      const shared = { identity, durable, ...optional(signal) };
      const secrets = await openCluster({ dataDir, place, markerFile }, shared);
      const cluster = { dataDir, place, identity, durable, adminPassword: secrets.adminPassword };
      const running = await join(cluster, { onSpawn: exit.spawned, ...optional(signal) });
      exit.joined(place);
      try {
        enterUser(dataDir);
      } catch (error) {
        // Nobody would ever stop what nobody is known to use.
        if (exit.hasSpawned() && !hasOtherUsers(dataDir)) {
          await stopServer(place, { patienceMs: PATIENCE_MS });
        }
        throw error;
      }
      return reach(cluster, { secrets, running, exit });
    } finally {
      release();
    }
  } catch (error) {
    exit.left();
    throw error;
  }
}

/** Secrets of the cluster that is there, or of one that is made now. */
async function openCluster(
  {
    dataDir,
    place,
    markerFile,
  }: { readonly dataDir: string; readonly place: string; readonly markerFile: string },
  options: Omit<Parameters<typeof makeCluster>[1], 'adminPassword'>,
): Promise<Secrets> {
  if (clusterState(place) === 'whole') return knownSecrets(dataDir, place);
  const secrets = beginFirstStart(dataDir, place, markerFile);
  await makeCluster(place, { ...options, adminPassword: secrets.adminPassword });
  return secrets;
}

/** Joins the server that runs on a cluster, or starts one. Held by the start lock. */
async function join(
  cluster: Cluster,
  options: {
    readonly onSpawn: (server: ProcessMark) => void;
    readonly keepPort?: boolean;
    readonly signal?: AbortSignal;
  },
): Promise<RunningServer> {
  const { dataDir, place } = cluster;
  const running = serverOn(place);
  if (running.kind === 'running') {
    try {
      await untilServing(cluster, { port: running.port, ...optional(options.signal) });
      return running;
    } catch (error) {
      // It was on its way out: then we start our own.
      if (isRunning(running)) throw error;
    }
  }
  const mayChange = options.keepPort !== true && !hasOtherUsers(dataDir);
  const port = await fixedPort(dataDir, { mayChange });
  return startServer(cluster, { port, onSpawn: options.onSpawn, ...optional(options.signal) });
}

function reach(
  cluster: Cluster,
  options: {
    readonly secrets: Secrets;
    readonly running: RunningServer;
    readonly exit: ReturnType<typeof stopOnExit>;
  },
): EmbeddedServer {
  const { dataDir, place } = cluster;
  const { secrets, exit } = options;
  let running: RunningServer = options.running;
  const { port } = running;
  const endSupervision = superviseServer({
    isUp: () => {
      if (!isRunning(running)) return false;
      rotateServerLog(dataDir);
      return true;
    },
    restart: async (signal) => {
      const release = await takeStartLock(dataDir, { withinMs: 5_000, signal });
      try {
        running = await join(cluster, { onSpawn: exit.spawned, keepPort: true, signal });
      } finally {
        release();
      }
    },
  });
  return {
    adminUrl: (database) =>
      `postgres://postgres:${secrets.adminPassword}@127.0.0.1:${port}/${database}`,
    appPassword: secrets.appPassword,
    port,
    isFirstStart: isFirstStart(dataDir),
    endFirstStart: () => endFirstStart(dataDir),
    leave: async ({ patienceMs = PATIENCE_MS } = {}) => {
      await endSupervision();
      await leave({ dataDir, place, patienceMs });
      exit.left();
    },
  };
}

async function leave({
  dataDir,
  place,
  patienceMs,
}: {
  readonly dataDir: string;
  readonly place: string;
  readonly patienceMs: number;
}): Promise<void> {
  removeUser(dataDir);
  let release = (): void => {};
  try {
    release = await takeStartLock(dataDir, { withinMs: patienceMs * LOCK_SHARE });
  } catch (error) {
    // Whoever holds the lock that long is about to use the server, and stops it in the end.
    if (error instanceof EmbeddedServerError) return;
  }
  try {
    if (!hasOtherUsers(dataDir)) await stopServer(place, { patienceMs });
  } finally {
    release();
  }
}

/**
 * Whatever way this process ends but by kill -9, it leaves no server behind that nobody else uses: the
 * last thing it does is to ask it to stop.
 */
function stopOnExit(dataDir: string): {
  readonly spawned: (server: ProcessMark) => void;
  readonly hasSpawned: () => boolean;
  readonly joined: (place: string) => void;
  readonly left: () => void;
} {
  let mine: ProcessMark | null = null;
  let place: string | null = null;
  const stop = (): void => {
    removeUser(dataDir);
    if (hasOtherUsers(dataDir)) return;
    const running = place === null ? null : serverOn(place);
    const server = running?.kind === 'running' ? running : mine;
    if (server !== null) signalProcess(server, 'SIGINT');
  };
  process.on('exit', stop);
  return {
    spawned: (server) => (mine = server),
    hasSpawned: () => mine !== null,
    joined: (joined) => (place = joined),
    left: () => process.off('exit', stop),
  };
}

function optional(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
