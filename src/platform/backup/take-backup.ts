import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { DomainError } from '../../core/errors.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import { clusterState } from '../cluster/cluster-folder.js';
import { syncFolder } from '../cluster/durable-file.js';
import { isFirstStart, SECRETS_FILE } from '../cluster/first-start.js';
import { serverPlace } from '../cluster/server-user.js';
import { joinEmbeddedServer } from '../database/server/embedded-server.js';
import { type HeadsFile, knownHeads } from '../marker/heads-file.js';
import { packageRoot } from '../files/package-root.js';
import { asideOf } from './aside.js';
import { copyCluster } from './cluster-copy.js';
import { copyFile, filesBelow, syncTree } from './copied-file.js';
import { CONTENT, type Manifest, readManifest, writeManifest } from './manifest.js';

/** Files of the store, named by the hash of their bytes: those that are there for good, and those to come. */
const EVIDENCE = /^[0-9a-f]{64}$/;
const UPLOAD = /^\.incoming\/[^/]+\/[0-9a-f]{64}$/;

/**
 * Takes a backup of a data folder while its server runs, and starts the server where none does. It is
 * made beside its place and moved there when all of it is on the disk: a folder of this name is whole.
 *
 * @param folder  Where to, whole path; absent or empty, in a folder that is there.
 * @throws DomainError `backup.place_taken`, `backup.nothing_there`, `request.invalid`;
 *   EmbeddedServerError
 */
export async function takeBackup(
  folder: string,
  of: Pick<Config, 'dataDir' | 'markerFile'> & {
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
): Promise<Manifest> {
  const { dataDir, clock, signal } = of;
  const { place } = requireLedger(dataDir);
  requirePlace(folder, dataDir, place);
  const aside = asideOf(folder, 'making');
  mkdirSync(aside, { mode: 0o700 });
  try {
    const server = await joinEmbeddedServer(dataDir, { markerFile: of.markerFile, signal });
    try {
      const takenAt = clock.now().toISOString();
      const content = join(aside, CONTENT);
      mkdirSync(content, { mode: 0o700 });
      const cluster = await copyCluster(server.adminUrl('mizan'), place, {
        to: join(content, 'postgres'),
        signal,
      });
      // After the cluster: what a row in it names was kept before that row, and is never removed.
      const files = await copyKept(dataDir, { to: content, signal });
      writeManifest(aside, {
        format: 'mizan/backup/1',
        takenAt,
        program: programVersion(),
        ...cluster,
        ledgers: withLosses(cluster.ledgers, knownHeads(of)),
        files: [...cluster.files, ...files],
      });
    } finally {
      await server.leave();
    }
    await syncTree(aside);
    signal.throwIfAborted();
    renameSync(aside, folder);
    syncFolder(dirname(folder));
    return readManifest(folder);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw error;
  }
}

function requireLedger(dataDir: string): { readonly place: string } {
  const nothing = (detail: string): DomainError => {
    const fix = 'Name the data folder in MIZAN_DATA_DIR, and start Mizan on it once.';
    return new DomainError('backup.nothing_there', { dataDir, detail, fix });
  };
  if (!existsSync(dataDir)) throw nothing('There is no such folder.');
  const { place } = serverPlace(dataDir);
  if (clusterState(place) === 'absent') throw nothing(`There is no database in ${place}.`);
  if (isFirstStart(dataDir)) throw nothing('Its first start has not ended.');
  return { place };
}

/**
 * Nothing is ever written over; no backup lies in what it is a backup of, whatever links lead there;
 * and a folder above that is not there is a volume that is not mounted.
 */
function requirePlace(folder: string, dataDir: string, place: string): void {
  const taken = (detail: string, fix: string): DomainError =>
    new DomainError('backup.place_taken', { folder, detail, fix });
  const above = dirname(folder);
  if (!existsSync(above)) {
    const detail = `${above} is not there. If it lies on a volume, mount it; if it is new, make it.`;
    throw new DomainError('request.invalid', {
      errors: [{ pointer: '/folder', rule: 'backup.volume', detail }],
    });
  }
  const isThere = existsSync(folder);
  const real = isThere ? realpathSync(folder) : join(realpathSync(above), basename(folder));
  if ([dataDir, place].some((own) => isWithin(real, realpathSync(own)))) {
    const detail = 'It lies in the data folder, and would be lost with it.';
    throw taken(detail, 'Name a folder on another volume.');
  }
  if (isThere && readdirSync(folder).length > 0) {
    const detail = 'The folder is not empty; nothing was written.';
    throw taken(detail, 'Name a folder that is not there yet, or an empty one.');
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`));
}

/**
 * Uploads before evidence: one that becomes evidence meanwhile is found there. One that the log still
 * waits for is looked for in both.
 */
async function copyKept(
  dataDir: string,
  { to, signal }: { readonly to: string; readonly signal: AbortSignal },
): Promise<Manifest['files']> {
  const store = join(dataDir, 'files');
  const copied: Manifest['files'] = [];
  mkdirSync(join(to, 'files'), { mode: 0o700 });
  const copy = async (path: string): Promise<void> => {
    mkdirSync(dirname(join(to, path)), { recursive: true, mode: 0o700 });
    const bytes = await copyFile(join(dataDir, path), join(to, path), signal);
    if (bytes !== null) copied.push({ path, ...bytes });
  };
  for (const kind of [UPLOAD, EVIDENCE]) {
    for (const { path, isFolder } of await filesBelow(store)) {
      if (isFolder || !kind.test(path)) continue;
      // What became evidence may have its first name for a while yet.
      if (kind === UPLOAD && existsSync(join(store, basename(path)))) continue;
      await copy(`files/${path}`);
    }
  }
  await copy(SECRETS_FILE);
  return copied;
}

/** What was declared lost stands in the marker alone. */
function withLosses(ledgers: Manifest['ledgers'], heads: HeadsFile | null): Manifest['ledgers'] {
  const entries = Object.entries(ledgers).map(([ledgerId, head]) => {
    const lost = heads?.ledgers[ledgerId]?.lost;
    return [ledgerId, lost === undefined ? head : { ...head, lost }] as const;
  });
  return Object.fromEntries(entries);
}

function programVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
