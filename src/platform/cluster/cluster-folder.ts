import { spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from './durable-file.js';
import { EmbeddedServerError } from './embedded-server-error.js';
import { locatePrograms } from './programs.js';
import type { ServerIdentity } from './server-user.js';

/**
 * Whether a whole cluster is there, or nothing at all.
 *
 * @throws EmbeddedServerError for anything in between. Nothing is ever removed: what looks broken may
 *   be a volume that is half mounted, or the only copy of a ledger.
 */
export function clusterState(place: string): 'whole' | 'absent' {
  if (lstatSync(place, { throwIfNoEntry: false }) === undefined) return 'absent';
  if (!existsSync(place)) {
    throw new EmbeddedServerError(
      `${place} is a link to a folder that is not there. Nothing was touched. Mount what it points ` +
        'to and start again.',
    );
  }
  const found = readdirSync(place);
  if (found.length === 0) return 'absent';
  const missing = ['PG_VERSION', 'global/pg_control'].filter(
    (file) => !existsSync(join(place, file)),
  );
  if (missing.length === 0) return 'whole';
  throw new EmbeddedServerError(
    `${place} is not empty, but no whole cluster: ${missing.join(' and ')} ` +
      `${missing.length === 1 ? 'is' : 'are'} missing (found: ${found.slice(0, 8).join(', ')}` +
      `${found.length > 8 ? ', …' : ''}). Nothing was touched. If it lies on a volume, see that all of ` +
      'it is mounted; or restore a backup. To begin anew, move this folder and the rest of the data ' +
      'folder away.',
  );
}

/** Mark of the cluster that PostgreSQL gave it when it was made; a copy has the same one. */
export function systemIdentifier(place: string): string {
  return readFileSync(join(place, 'global/pg_control')).readBigUInt64LE(0).toString();
}

const asideMark = (place: string): string => `${basename(place)}.making-`;

/**
 * Makes a cluster beside its place and moves it there whole and synced; whoever is killed in between
 * leaves the place as it was.
 *
 * @param place    Absent, or an empty folder. Held by the start lock.
 * @throws EmbeddedServerError when it cannot be made.
 */
export async function makeCluster(
  place: string,
  options: {
    readonly adminPassword: string;
    readonly identity: ServerIdentity;
    readonly durable: boolean;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  const { identity, durable } = options;
  sweep(place);
  const aside = mkdtempSync(join(dirname(place), asideMark(place)));
  try {
    const passwordFile = join(aside, 'password');
    writeFileSync(passwordFile, options.adminPassword, { mode: 0o600 });
    if (identity.uid !== undefined) {
      for (const path of [aside, passwordFile]) chownSync(path, identity.uid, identity.gid!);
    }
    const made = join(aside, 'cluster');
    await initdb([`--pgdata=${made}`, `--pwfile=${passwordFile}`], options);
    // initdb has synced what is inside; the name that it gets now is synced here.
    renameSync(made, place);
    if (durable) syncFolder(dirname(place));
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new EmbeddedServerError(`PostgreSQL could not initialise ${place}: ${why}`, {
      cause: error,
    });
  } finally {
    sweep(place);
  }
}

/** Removes what this program made aside and did not finish. A folder of another name is never touched. */
function sweep(place: string): void {
  const parent = dirname(place);
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(asideMark(place))) continue;
    if (!lstatSync(join(parent, name)).isDirectory()) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // An initdb whose parent was killed may still write there; the next one sweeps it.
    }
  }
}

function initdb(
  paths: readonly string[],
  options: Parameters<typeof makeCluster>[1],
): Promise<void> {
  const { identity, durable, signal } = options;
  const program = locatePrograms(identity).initdb;
  const args = [
    ...paths,
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
    ...(durable ? [] : ['--no-sync']),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...identity,
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
    });
    let said = '';
    child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve();
      else reject(signal?.aborted === true ? signal.reason : new Error(said.trim()));
    });
  });
}
