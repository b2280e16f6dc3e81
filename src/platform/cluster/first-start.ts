import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { syncFolder, writeDurably } from './durable-file.js';
import { HEADS_FILE } from '../marker/heads-file.js';
import { EmbeddedServerError } from './embedded-server-error.js';

/** Passwords of the two logins; written once, before the cluster that knows them. */
export interface Secrets {
  readonly adminPassword: string;
  readonly appPassword: string;
}

/** Name of the file of passwords in a data folder. */
export const SECRETS_FILE = 'postgres.secrets.json';
const secretsFile = (dataDir: string): string => join(dataDir, SECRETS_FILE);
const markFile = (dataDir: string): string => join(dataDir, 'postgres.first-start');

/**
 * Whether this folder's first start has begun and not ended. It begins before anything else is
 * written and ends when the ledger is open, so what a killed first start left is told from a loss.
 */
export const isFirstStart = (dataDir: string): boolean => existsSync(markFile(dataDir));

/** Ends the first start: from now on a missing cluster is a loss. */
export function endFirstStart(dataDir: string): void {
  if (!isFirstStart(dataDir)) return;
  rmSync(markFile(dataDir), { force: true });
  syncFolder(dataDir);
}

/**
 * Secrets of a cluster that is about to be made: those of an interrupted first start, or new ones.
 *
 * @param place       Where the cluster would be; it is not there.
 * @param markerFile  Where the last known ends of ledgers would be.
 * @throws EmbeddedServerError when a cluster was here before.
 */
export function beginFirstStart(dataDir: string, place: string, markerFile: string): Secrets {
  const known = readSecrets(dataDir);
  const traces = [
    ...(hasKeptFiles(dataDir) ? ['files'] : []),
    // A marker may have been moved to a folder of its own, and be nowhere but beside the data yet.
    ...[...new Set([markerFile, join(dataDir, HEADS_FILE)])]
      .filter((file) => existsSync(file))
      .map((file) => relative(dataDir, file)),
    ...(known === 'unreadable' || known === null || isFirstStart(dataDir)
      ? []
      : ['postgres.secrets.json']),
  ];
  if (traces.length > 0) {
    const list = traces.join(', ');
    throw new EmbeddedServerError(
      `The database of ${dataDir} is missing: there is nothing in ${place}, but there was a ledger ` +
        `here (found: ${list}). Nothing was touched. If the database lies on a volume, mount it and ` +
        'start again; if it is lost, restore a backup. To begin anew with an empty ledger, move ' +
        `${list} away first.`,
    );
  }
  writeDurably(markFile(dataDir), 'The first start of this folder has not ended.\n', 0o644);
  if (known !== null && known !== 'unreadable') return known;
  // Half written by a process that was killed before there was any cluster: nobody needs it.
  const file = secretsFile(dataDir);
  if (known === 'unreadable') renameSync(file, `${file}.unreadable`);
  const fresh = (): string => randomBytes(24).toString('hex');
  const secrets: Secrets = { adminPassword: fresh(), appPassword: fresh() };
  writeDurably(file, JSON.stringify(secrets));
  return secrets;
}

/**
 * Secrets of a cluster that is there.
 *
 * @throws EmbeddedServerError when they are not.
 */
export function knownSecrets(dataDir: string, place: string): Secrets {
  const secrets = readSecrets(dataDir);
  if (secrets !== null && secrets !== 'unreadable') return secrets;
  throw new EmbeddedServerError(
    `There is a cluster in ${place}, but its passwords in ${secretsFile(dataDir)} are ` +
      `${secrets ?? 'missing'}. Nothing was touched. Bring that file back from a backup of the same ` +
      'folder and start again.',
  );
}

function readSecrets(dataDir: string): Secrets | 'unreadable' | null {
  const file = secretsFile(dataDir);
  if (!existsSync(file)) return null;
  if ((statSync(file).mode & 0o077) !== 0) {
    chmodSync(file, 0o600);
    process.stderr.write(`Note: others could read ${file}; now only its owner can.\n`);
  }
  const text = readFileSync(file, 'utf8');
  try {
    const { adminPassword, appPassword } = JSON.parse(text) as Partial<Secrets>;
    return adminPassword && appPassword ? { adminPassword, appPassword } : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

/** Files that were taken in; one that was still arriving is none. */
function hasKeptFiles(dataDir: string): boolean {
  const folder = join(dataDir, 'files');
  return existsSync(folder) && readdirSync(folder).some((name) => !name.startsWith('.'));
}
