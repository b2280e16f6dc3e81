import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DomainError } from '../../core/errors.js';
import { syncFolder, writeDurably } from '../cluster/durable-file.js';
import { endFirstStart, SECRETS_FILE } from '../cluster/first-start.js';
import { serverPlace } from '../cluster/server-user.js';
import { takeStartLock } from '../cluster/start-lock.js';
import type { Config } from '../config.js';
import { knownHeads, writeHeads } from '../marker/heads-file.js';
import { requireMarkerFolder } from '../marker/known-ledgers.js';
import { asideOf } from './aside.js';
import { bytesOf, copyFile, syncTree } from './copied-file.js';
import { CONTENT, type Manifest, readManifest } from './manifest.js';

const NAMED_MAX = 20;
const KEEPS = 'Nothing was changed.';

/**
 * Puts a backup into a data folder that has no database: every byte is compared with the manifest
 * before anything is written, and again as it is copied; the database comes last and in one move, so
 * that a restore that is cut off leaves no database, and can be run again.
 *
 * What is there already and is the same stays: kept files, passwords. What is there and differs is
 * refused, never written over.
 *
 * @param dataDir  Absolute path; made where it is missing.
 * @param knows    Whether this build knows a migration.
 * @throws DomainError `backup.unreadable`, `backup.damaged`, `backup.later_build`, `restore.place_taken`
 */
export async function restoreBackup(
  folder: string,
  to: Pick<Config, 'dataDir' | 'markerFile'> & {
    readonly knows: (migration: string) => boolean;
    readonly signal: AbortSignal;
  },
): Promise<Manifest> {
  const { dataDir, signal } = to;
  const manifest = readManifest(folder);
  const unknown = manifest.migrations.filter((name) => !to.knows(name));
  if (unknown.length > 0) throw laterBuild(folder, manifest, unknown);
  await requireWhole(folder, manifest, signal);
  mkdirSync(dataDir, { recursive: true });
  requireMarkerFolder(to);
  const release = await takeStartLock(dataDir, { signal });
  try {
    const { place } = serverPlace(dataDir);
    await requireFree({ folder, place, ...to }, manifest);
    const [aside, keptAside] = [place, join(dataDir, 'files')].map((one) =>
      asideOf(one, 'restoring'),
    ) as [string, string];
    try {
      await copyCluster(folder, { to: aside, manifest, signal });
      await copyKept(folder, { dataDir, aside: keptAside, manifest, signal });
      renameSync(aside, place);
      syncFolder(dirname(place));
    } finally {
      for (const one of [aside, keptAside]) rmSync(one, { recursive: true, force: true });
    }
    await keepHeads(to, manifest);
    // There is a ledger here: whose keys, its people know.
    endFirstStart(dataDir);
  } finally {
    release();
  }
  return manifest;
}

function laterBuild(folder: string, { program }: Manifest, migrations: readonly string[]) {
  const fix = 'Restore it with the version of Mizan that took it, or a later one.';
  return new DomainError('backup.later_build', { folder, program, migrations, fix });
}

/** @throws DomainError `backup.damaged` that names what is not as it was */
async function requireWhole(
  folder: string,
  { files }: Manifest,
  signal: AbortSignal,
): Promise<void> {
  const errors: { readonly pointer: string; readonly rule: string; readonly detail: string }[] = [];
  for (const { path, byteCount, sha256 } of files) {
    const found = await bytesOf(join(folder, CONTENT, path), signal);
    if (found?.byteCount === byteCount && found.sha256 === sha256) continue;
    const detail =
      found === null
        ? 'is missing'
        : found.byteCount === byteCount
          ? 'holds other bytes than were written'
          : `has ${found.byteCount} bytes of ${byteCount}`;
    errors.push({ pointer: `/${CONTENT}/${path}`, rule: 'backup.whole', detail });
  }
  if (errors.length === 0) return;
  throw damaged(folder, errors);
}

function damaged(
  folder: string,
  errors: readonly { readonly pointer: string; readonly rule: string; readonly detail: string }[],
): DomainError {
  const fix = `Use another copy of this backup, or an earlier backup. ${KEEPS}`;
  const named = errors.slice(0, NAMED_MAX);
  return new DomainError('backup.damaged', {
    folder,
    damagedCount: errors.length,
    errors: named,
    fix,
  });
}

/** @throws DomainError `restore.place_taken` for a folder that holds something else already */
async function requireFree(
  of: Pick<Config, 'dataDir' | 'markerFile'> & { readonly folder: string; readonly place: string },
  { files, ledgers }: Manifest,
): Promise<void> {
  const { folder, dataDir, place } = of;
  const found: string[] = [];
  if (existsSync(place) && readdirSync(place).length > 0) found.push(place);
  const secrets = join(dataDir, SECRETS_FILE);
  if (existsSync(secrets)) {
    const known = readFileSync(join(folder, CONTENT, SECRETS_FILE));
    if (!readFileSync(secrets).equals(known)) found.push(secrets);
  }
  for (const { path, sha256 } of files.filter(isKept)) {
    const here = await bytesOf(join(dataDir, path));
    if (here !== null && here.sha256 !== sha256) found.push(join(dataDir, path));
  }
  for (const [ledgerId, { name, size }] of Object.entries(knownHeads(of)?.ledgers ?? {})) {
    if (size > 0 && ledgers[ledgerId] === undefined) {
      found.push(`the marker of ledger ${name}, which the backup does not hold`);
    }
  }
  if (found.length === 0) return;
  const fix =
    'Nothing is written over: name a new folder (--into), or stop Mizan and move what is named here ' +
    'away first. A marker (heads.json) of these ledgers stays where it is.';
  throw new DomainError('restore.place_taken', {
    dataDir,
    found: found.slice(0, NAMED_MAX),
    fix,
  });
}

/** A marker that is there stays: a log that is behind it takes nothing in. Where none is, there is one now. */
async function keepHeads(
  to: Pick<Config, 'dataDir' | 'markerFile'>,
  { ledgers, postgres }: Manifest,
): Promise<void> {
  if (knownHeads(to) !== null) return;
  const { systemIdentifier } = postgres;
  await writeHeads(to.markerFile, { format: 'mizan/heads/1', systemIdentifier, ledgers });
}

const isKept = ({ path }: { readonly path: string }): boolean => path.startsWith('files/');

interface Way {
  readonly manifest: Manifest;
  readonly signal: AbortSignal;
}

async function copyCluster(
  folder: string,
  { to, manifest, signal }: Way & { readonly to: string },
) {
  const inCluster = (path: string): string => join(to, path.slice('postgres'.length));
  const folders = manifest.folders.map(inCluster);
  for (const path of folders) mkdirSync(path, { mode: 0o700 });
  for (const file of manifest.files.filter(({ path }) => path.startsWith('postgres/'))) {
    await copyOne(folder, { file, to: inCluster(file.path), signal });
  }
  await syncTree(to);
}

async function copyKept(
  folder: string,
  of: Way & { readonly dataDir: string; readonly aside: string },
): Promise<void> {
  const { dataDir, aside, manifest, signal } = of;
  mkdirSync(aside, { mode: 0o700 });
  const files = manifest.files.filter(
    (file) => isKept(file) && !existsSync(join(dataDir, file.path)),
  );
  const inAside = (path: string): string => join(aside, path.slice('files'.length));
  for (const file of files) {
    mkdirSync(dirname(inAside(file.path)), { recursive: true, mode: 0o700 });
    await copyOne(folder, { file, to: inAside(file.path), signal });
  }
  await syncTree(aside);
  const folders = new Set([join(dataDir, 'files')]);
  for (const { path } of files) {
    mkdirSync(dirname(join(dataDir, path)), { recursive: true });
    renameSync(inAside(path), join(dataDir, path));
    for (let one = dirname(path); one !== '.'; one = dirname(one)) folders.add(join(dataDir, one));
  }
  for (const one of folders) {
    mkdirSync(one, { recursive: true });
    syncFolder(one);
  }
  const secrets = join(dataDir, SECRETS_FILE);
  if (!existsSync(secrets))
    writeDurably(secrets, readFileSync(join(folder, CONTENT, SECRETS_FILE)));
}

async function copyOne(
  folder: string,
  of: {
    readonly file: Manifest['files'][number];
    readonly to: string;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { file, to, signal } = of;
  const copied = await copyFile(join(folder, CONTENT, file.path), to, signal);
  if (copied?.sha256 === file.sha256) return;
  const detail = 'was read as other bytes than a moment before';
  rmSync(to, { force: true });
  throw damaged(folder, [{ pointer: `/${CONTENT}/${file.path}`, rule: 'backup.whole', detail }]);
}
