import { assert } from '../errors.js';
import {
  bytesOf,
  type NoteKey,
  readSignedNote,
  type SignedNote,
  signersOf,
} from './signed-note.js';

/** State of a log: how many events, and the RFC 6962 root over them (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** `mizan/ledger/<id>`: also the name of the key that signs (LEDGER section 5). */
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

const HASH_BYTES = 32;

/** Origin of a ledger's log (LEDGER section 3). */
export const originOf = (ledgerId: string): string => `mizan/ledger/${ledgerId}`;

/** The text that is signed: three lines, and no extensions. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  assert(/^[^\s+]+$/u.test(origin), 'checkpoint: an origin without spaces or plus');
  assert(Number.isSafeInteger(size) && size >= 0, 'checkpoint: a size');
  assert(root.length === HASH_BYTES, 'checkpoint: a root of 32 bytes');
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** Reads the text of a checkpoint; null for a text that is none. Extension lines are passed over. */
export function readCheckpointText(text: string): Checkpoint | null {
  const [origin = '', sizeText = '', rootText = '', ...rest] = text.split('\n');
  // The last of the parts is what follows the last newline: nothing.
  if (rest.at(-1) !== '' || rest.slice(0, -1).includes('')) return null;
  const root = bytesOf(rootText);
  if (origin === '' || !/^(0|[1-9]\d*)$/.test(sizeText) || root?.length !== HASH_BYTES) return null;
  const size = Number(sizeText);
  return Number.isSafeInteger(size) ? { origin, size, root } : null;
}

/** A checkpoint and who signed it. */
export interface OpenedCheckpoint extends Checkpoint {
  readonly note: SignedNote;
  readonly signers: readonly NoteKey[];
}

/**
 * Opens a checkpoint: it is of the origin that is expected, and signed by at least one of the keys that are trusted.
 *
 * @returns  The checkpoint, or why it is not to be believed.
 */
export function openCheckpoint(
  note: string,
  { origin, trusted }: { readonly origin: string; readonly trusted: readonly NoteKey[] },
): OpenedCheckpoint | { readonly fault: string } {
  const read = readSignedNote(note);
  if (read === null) return { fault: 'It is no signed note.' };
  const checkpoint = readCheckpointText(read.text);
  if (checkpoint === null) return { fault: 'Its text is no checkpoint.' };
  if (checkpoint.origin !== origin) {
    return { fault: `It is of ${checkpoint.origin}; ${origin} is expected.` };
  }
  const signers = signersOf(read, trusted);
  if (signers.length === 0) return { fault: 'No signature of a trusted key verifies.' };
  return { ...checkpoint, note: read, signers };
}
