import { existsSync, readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** Name of the marker, in the data folder or in a folder of its own (`MIZAN_MARKER_DIR`). */
export const HEADS_FILE = 'heads.json';

const Head = {
  size: z.int().min(0),
  /** Lower-case hex. */
  chainHash: z.string().regex(/^[0-9a-f]{64}$/),
  recordedAt: z.string().nullable(),
};

const Asked = z.object({
  actor: z.string(),
  principalId: z.string(),
  reason: z.string(),
  askedAt: z.string(),
  /** Where the log ended when it was asked: another end is another question. */
  size: z.int(),
});

const Lost = z.object({ ...Head, resumedAt: z.string(), resumedSize: z.int() });

const Signed = z.object({
  size: z.int().min(1),
  /** RFC 6962 root over so many events, lower-case hex. */
  root: z.string().regex(/^[0-9a-f]{64}$/),
  kid: z.string(),
});

/** The shape of what is known of one ledger. */
export const Mark = z.object({
  name: z.string(),
  ...Head,
  /** Present while one admin has asked to go on and another has not confirmed. */
  asked: Asked.optional(),
  /** The last state of the log that was signed: nothing is signed that contradicts it (LEDGER section 5). */
  signed: Signed.optional(),
  /** Heads that were here and were declared lost. */
  lost: z.array(Lost).optional(),
});

const HeadsFile = z.object({
  format: z.literal('mizan/heads/1'),
  /** What PostgreSQL called the cluster when it was made; null where it does not say. */
  systemIdentifier: z.string().nullable(),
  ledgers: z.record(z.string(), Mark),
});

/** The last known end of each ledger, kept outside of its database (LEDGER section 12). */
export type HeadsFile = z.output<typeof HeadsFile>;

/** What is known of one ledger. */
export type Mark = z.output<typeof Mark>;

/** An end that was known and was declared lost, and where the log went on. */
export type Lost = z.output<typeof Lost>;

/** A wish to go on behind the marker that waits for another admin. */
export type Asked = z.output<typeof Asked>;

/** A marker that is there and cannot be read. */
export class MarkerError extends Error {}

/**
 * Reads a marker.
 *
 * @returns Null where there is none.
 * @throws MarkerError where it cannot be read.
 */
export function readHeads(file: string): HeadsFile | null {
  try {
    if (!existsSync(file)) return null;
    return HeadsFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? 'it is not of our making' : String(error);
    throw new MarkerError(
      `${file} holds the last known ends of the ledgers and cannot be read: ${why}. Mizan does not start ` +
        'without it: nobody could tell whether events are missing. Bring it back from a backup; if it ' +
        'is lost, run `mizan verify-ledger` on a copy, then move the file away.',
    );
  }
}

/** Where a marker may be: its own folder, and the data folder. */
interface Places {
  readonly markerFile: string;
  readonly dataDir: string;
}

/**
 * The marker that counts: one that has moved to a folder of its own goes on from the one beside the
 * data.
 *
 * @throws MarkerError where it cannot be read.
 */
export function knownHeads(of: Places): HeadsFile | null {
  return readHeads(knownFile(of));
}

/** File of the marker that counts; where there is none yet, where it will be. */
export function knownFile({ markerFile, dataDir }: Places): string {
  const beside = join(dataDir, HEADS_FILE);
  return !existsSync(markerFile) && existsSync(beside) ? beside : markerFile;
}

/** Writes a marker whole or not at all: aside, synced, renamed, and its folder synced. */
export async function writeHeads(file: string, heads: HeadsFile): Promise<void> {
  // Servers and commands may write at once: each has a file aside of its own.
  const aside = `${file}.${process.pid}.writing`;
  try {
    await synced(aside, 'w', `${JSON.stringify(heads, null, 2)}\n`);
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await synced(dirname(file), 'r');
}

async function synced(path: string, flags: 'w' | 'r', text?: string): Promise<void> {
  const handle = await open(path, flags, 0o600);
  try {
    if (text !== undefined) await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
