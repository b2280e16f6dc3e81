import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import { writeDurably } from '../cluster/durable-file.js';
import { Mark } from '../marker/heads-file.js';

/** Where in a backup what belongs into a data folder is. */
export const CONTENT = 'data';
const MANIFEST = 'manifest.json';
/** In the form that `sha256sum -c` reads. */
const MANIFEST_HASH = 'manifest.sha256';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Only what a backup of ours holds: nothing that leads out of a data folder. */
const Path = z
  .string()
  .regex(/^(postgres|files)(\/[^/\0\\]+)*$|^postgres\.secrets\.json$/)
  .refine((path) => !path.split('/').some((name) => name === '.' || name === '..'));

const Manifest = z.object({
  format: z.literal('mizan/backup/1'),
  /** When it began: what was acknowledged before is in it. */
  takenAt: z.iso.datetime(),
  /** Version of the program that took it. */
  program: z.string(),
  /** Names of the migrations that the database had run, in order. */
  migrations: z.array(z.string()),
  postgres: z.object({
    version: z.int(),
    systemIdentifier: z.string(),
    startLsn: z.string(),
    stopLsn: z.string(),
  }),
  /** The end of each ledger; what is restored ends there or later. What was declared lost, stays so. */
  ledgers: z.record(z.uuid(), Mark.omit({ asked: true })),
  /** Folders of the cluster, also those that are empty: PostgreSQL wants them. */
  folders: z.array(Path),
  files: z.array(z.object({ path: Path, byteCount: z.int().min(0), sha256: Sha256 })),
});

/** What a backup holds. */
export type Manifest = z.output<typeof Manifest>;

/** The end of a ledger, as a backup knows it. */
export type BackedUpHead = Manifest['ledgers'][string];

/** Writes the manifest of a backup, and its hash beside it. */
export function writeManifest(folder: string, manifest: Manifest): void {
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  writeDurably(join(folder, MANIFEST), text);
  writeDurably(join(folder, MANIFEST_HASH), `${hashOf(text)}  ${MANIFEST}\n`);
}

/**
 * Reads the manifest of a backup.
 *
 * @throws DomainError `backup.unreadable` where there is none, or a byte of it is another.
 */
export function readManifest(folder: string): Manifest {
  const missing = [MANIFEST, MANIFEST_HASH].find((name) => !existsSync(join(folder, name)));
  if (missing !== undefined) {
    throw unreadable(folder, `${missing} is not there: this is no whole backup.`);
  }
  const text = readFileSync(join(folder, MANIFEST), 'utf8');
  const named = readFileSync(join(folder, MANIFEST_HASH), 'utf8');
  if (named !== `${hashOf(text)}  ${MANIFEST}\n`) {
    throw unreadable(folder, `${MANIFEST} is not the one that ${MANIFEST_HASH} names.`);
  }
  const { data, error } = Manifest.safeParse(JSON.parse(text));
  if (error === undefined) return data;
  const [issue] = error.issues;
  const detail = `${MANIFEST} is of another make: ${issue!.path.join('.')} ${issue!.message}`;
  throw unreadable(folder, detail);
}

function unreadable(folder: string, detail: string): DomainError {
  const fix = 'Name the folder of a whole backup, as `mizan backup` left it; nothing was touched.';
  return new DomainError('backup.unreadable', { folder, detail, fix });
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
