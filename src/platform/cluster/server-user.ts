import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { EmbeddedServerError } from './embedded-server-error.js';
import { requireOwnFolder } from './own-folder.js';
import { serverOn } from './server-process.js';

/** User that the server runs as; empty = the user of this process. */
export interface ServerIdentity {
  readonly uid?: number;
  readonly gid?: number;
}

/** Where a cluster is or will be, and as whom its server runs. */
export interface ServerPlace {
  readonly place: string;
  readonly identity: ServerIdentity;
}

/** What root keeps for its servers: programs, and clusters that are wanted in private folders. */
export const ROOTS_FOLDER = '/var/lib/mizan';
const NOBODY = 65_534;
const NAMES = ['mizan', 'postgres'] as const;

/**
 * Where the server's data live: `dataDir/postgres`, or, where root's server user cannot reach it (a
 * clone below a private folder), a place of its own under /var/lib, one for each `dataDir`.
 *
 * PostgreSQL refuses to run as root. Root runs it as the user that the cluster belongs to; a new
 * cluster belongs to the user `mizan` or `postgres`. Where there is neither, `mizan` is made: `nobody`
 * is shared by programs that are to own nothing, and so could read the ledger (decision 0016).
 *
 * @throws EmbeddedServerError when there is no such user and none can be made.
 */
export function serverPlace(dataDir: string): ServerPlace {
  const wanted = join(dataDir, 'postgres');
  if (process.getuid?.() !== 0) return { place: wanted, identity: {} };
  const elsewhere = join(ROOTS_FOLDER, shortHash(wanted), 'postgres');
  let unreachable: ServerPlace | null = null;
  for (const place of [wanted, elsewhere]) {
    const owner = ownerOf(place);
    if (owner === null) continue;
    const identity = owner.uid === 0 || owner.uid === NOBODY ? serverUser() : owner;
    if (canEnter(dirname(place), identity)) return adopt({ place, identity }, owner);
    unreachable ??= { place, identity };
  }
  if (unreachable !== null) {
    throw new EmbeddedServerError(
      `There is a cluster in ${unreachable.place}, but the user that its server runs as ` +
        `(${unreachable.identity.uid}) cannot enter ${dirname(unreachable.place)}. Nothing was touched. ` +
        'Let others enter that folder and those above it (chmod a+x) and start again.',
    );
  }
  const identity = serverUser();
  if (canEnter(dataDir, identity)) return { place: wanted, identity };
  requireOwnFolder(dirname(elsewhere), { make: true });
  return { place: elsewhere, identity };
}

/** Whether the server's user can go into a folder. */
export function canEnter(folder: string, identity: ServerIdentity): boolean {
  if (identity.uid === undefined) return true;
  const { status } = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {
    ...identity,
    cwd: '/',
    stdio: 'ignore',
  });
  return status === 0;
}

/** Owner of a cluster that is there; null where there is none, or not all of it. */
function ownerOf(place: string): Required<ServerIdentity> | null {
  // One that is not whole is refused later, as it was found.
  const isWhole = ['PG_VERSION', 'global/pg_control'].every((file) =>
    existsSync(join(place, file)),
  );
  if (!isWhole) return null;
  const { uid, gid } = statSync(place);
  return { uid, gid };
}

/**
 * A cluster of `nobody` (earlier versions) or of root (a copy, a backup) is given to its server's user;
 * not while a server runs on it: it stays what it is until that one has stopped.
 */
function adopt(known: ServerPlace, owner: Required<ServerIdentity>): ServerPlace {
  const { place, identity } = known;
  if (identity.uid === owner.uid) return known;
  if (serverOn(place).kind === 'running') return { place, identity: owner };
  for (const name of readdirSync(place, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(place, name), identity.uid!, identity.gid!);
  }
  chownSync(place, identity.uid!, identity.gid!);
  // A copy has the modes of who made it; PostgreSQL wants it closed to others.
  chmodSync(place, 0o700);
  process.stderr.write(
    `Note: ${place} belonged to user ${owner.uid} and now belongs to user ${identity.uid}.\n`,
  );
  return known;
}

function serverUser(): Required<ServerIdentity> {
  const user = knownUser() ?? madeUser();
  if (user !== null) return user;
  throw new EmbeddedServerError(
    'PostgreSQL does not run as root, and there is no user `mizan` or `postgres` to run it as. Make ' +
      'one, once (`useradd --system --user-group mizan`, on Alpine `adduser -S -D -H mizan`), or start ' +
      'Mizan as another user than root, or set DATABASE_URL to a PostgreSQL server of version 15 or ' +
      'later.',
  );
}

function knownUser(): Required<ServerIdentity> | null {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = NAMES.map((name) => users.find(([known]) => known === name)).find(
    (found) => found !== undefined && Number(found[2]) > 0,
  );
  return user === undefined ? null : { uid: Number(user[2]), gid: Number(user[3]) };
}

/** Makes a system user that owns nothing else and cannot log in. */
function madeUser(): Required<ServerIdentity> | null {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  const home = ['-d', '/nonexistent', '-s', '/usr/sbin/nologin'];
  const ways: readonly (readonly [string, readonly string[]])[] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', ...home, 'mizan']],
    ['adduser', ['-S', '-D', '-H', 'mizan']],
  ];
  for (const [command, args] of ways) {
    const { status } = spawnSync(command, args, { env, cwd: '/', stdio: 'ignore' });
    const user = knownUser();
    if (user === null) continue;
    if (status === 0) {
      process.stderr.write(
        'Note: made the system user `mizan`; the database runs as it, not as root.\n',
      );
    }
    return user;
  }
  return null;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
