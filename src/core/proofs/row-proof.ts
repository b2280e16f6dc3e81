import { type Canonical, canonicalJson } from '../ledger/canonical.js';
import { EVENT_DOMAIN } from '../ledger/event.js';
import { leafHash, toHex } from '../ledger/merkle.js';
import { type OpenedCheckpoint, openCheckpoint } from './checkpoint.js';
import { bytesOf, type NoteKey } from './signed-note.js';
import { isIncluded } from './tree-proofs.js';

/** First line of a proof (C2SP tlog-proof). */
const FORMAT = 'c2sp.org/tlog-proof@v1';

/**
 * That a row is in a log: the row under its event's root, the event under the root of a checkpoint
 * (LEDGER section 6). Texts are the very bytes that were hashed.
 */
export interface RowProof {
  readonly row: string;
  readonly rowIndex: number;
  readonly rowCount: number;
  /** From the row's sibling up, 32 bytes each. */
  readonly rowPath: readonly Uint8Array[];
  readonly event: string;
  /** Place of the event in the log. */
  readonly seq: number;
  readonly eventPath: readonly Uint8Array[];
  /** A signed note, as it was issued. */
  readonly checkpoint: string;
}

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');

/** Whether a file says that it is a proof. */
export const isRowProof = (bytes: Buffer): boolean => bytes.indexOf(`${FORMAT}\n`) === 0;

/** Writes a proof as a file (`.tlog-proof`). */
export function writeRowProof(proof: RowProof): string {
  const extra = canonicalJson({
    row_b64: base64(proof.row),
    row_index: proof.rowIndex,
    row_count: proof.rowCount,
    row_path: proof.rowPath.map(base64),
    event_b64: base64(proof.event),
  });
  const path = proof.eventPath.map((hash) => `${base64(hash)}\n`).join('');
  return `${FORMAT}\nextra ${base64(extra)}\nindex ${proof.seq}\n${path}\n${proof.checkpoint}`;
}

/** Reads a proof; null for a text that is none. */
export function readRowProof(text: string): RowProof | null {
  const at = text.indexOf('\n\n');
  if (at < 0) return null;
  const [format, extraLine = '', indexLine = '', ...hashLines] = text.slice(0, at).split('\n');
  const seqText = /^index (0|[1-9]\d*)$/.exec(indexLine)?.[1];
  const extra = extraOf(/^extra (\S+)$/.exec(extraLine)?.[1] ?? '');
  const eventPath = hashLines.map(bytesOf);
  if (format !== FORMAT || seqText === undefined || extra === null) return null;
  if (!isComplete(eventPath)) return null;
  return { ...extra, seq: Number(seqText), eventPath, checkpoint: text.slice(at + 2) };
}

const isComplete = (hashes: readonly (Uint8Array | null)[]): hashes is readonly Uint8Array[] =>
  hashes.every((hash) => hash !== null);

function extraOf(
  encoded: string,
): Pick<RowProof, 'row' | 'rowIndex' | 'rowCount' | 'rowPath' | 'event'> | null {
  const bytes = bytesOf(encoded);
  const value = bytes === null ? null : objectOf(textOf(bytes));
  if (value === null || Object.keys(value).length !== 5) return null;
  const { row_b64, row_index, row_count, row_path, event_b64 } = value;
  const [row, event] = [decoded(row_b64), decoded(event_b64)];
  if (row === null || event === null || !Array.isArray(row_path)) return null;
  if (typeof row_index !== 'number' || typeof row_count !== 'number') return null;
  const rowPath = row_path.map((one: unknown) => (typeof one === 'string' ? bytesOf(one) : null));
  if (!isComplete(rowPath)) return null;
  return { row, rowIndex: row_index, rowCount: row_count, rowPath, event };
}

/** Text of base64 of UTF-8; null for anything else. */
function decoded(value: unknown): string | null {
  const bytes = typeof value === 'string' ? bytesOf(value) : null;
  return bytes === null ? null : textOf(bytes);
}

/** Text of well-formed UTF-8; null for other bytes. */
function textOf(bytes: Uint8Array): string | null {
  const text = Buffer.from(bytes).toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : null;
}

/**
 * The object that a canonical text is of; null for any other text: one that has a name twice, or is written otherwise, may
 * say one thing to one reader and another to the next.
 */
function objectOf(text: string | null): Readonly<Record<string, unknown>> | null {
  try {
    const value = text === null ? null : (JSON.parse(text) as Canonical);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && canonicalJson(value) === text ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** What a proof is checked against: whose log, and which keys are trusted at which sizes. */
export interface Expected {
  readonly origin: string;
  readonly trusted: readonly NoteKey[];
  /** Domain of the row, its `@`: `mizan/row/interval-block/1`. Absent = any row's. */
  readonly rowDomain?: string;
}

/** A row that is in the log, or why that is not shown. */
export type CheckedRow =
  | {
      readonly isProven: true;
      readonly row: string;
      /** Place of the row in its event. */
      readonly rowIndex: number;
      readonly event: string;
      readonly checkpoint: OpenedCheckpoint;
    }
  | { readonly isProven: false; readonly fault: string };

/**
 * Checks a proof: everything in it is computed again, since its extra data is nobody's word (C2SP tlog-proof); the
 * checkpoint's signature too, without which it would only agree with itself (LEDGER section 6).
 */
export function checkRowProof(text: string, expected: Expected): CheckedRow {
  const no = (fault: string): CheckedRow => ({ isProven: false, fault });
  const proof = readRowProof(text);
  if (proof === null) return no('It is no proof of a row.');
  const event = objectOf(proof.event);
  const row = objectOf(proof.row);
  if (event?.['@'] !== EVENT_DOMAIN) return no('What seals the row is no event.');
  const domain = row?.['@'];
  if (typeof domain !== 'string' || !domain.startsWith('mizan/row/')) return no('It is no row.');
  if (expected.rowDomain !== undefined && domain !== expected.rowDomain) {
    return no(`The row is of ${domain}; ${expected.rowDomain} is expected.`);
  }
  if (event.seq !== proof.seq) return no('The event stands at another place in the log.');
  if (event.rowCount !== proof.rowCount) return no('The event sealed another number of rows.');
  const rowRoot = typeof event.rowRoot === 'string' ? hexBytes(event.rowRoot) : null;
  if (rowRoot === null) return no('The event names no root of its rows.');
  const { rowIndex, rowCount, rowPath, seq, eventPath } = proof;
  const ofRow = { index: rowIndex, size: rowCount, leaf: leafHash(proof.row), root: rowRoot };
  if (!isIncluded(ofRow, rowPath)) return no('The row is not among those that the event sealed.');
  const checkpoint = openCheckpoint(proof.checkpoint, expected);
  if ('fault' in checkpoint) return no(`The checkpoint: ${checkpoint.fault}`);
  const { size, root } = checkpoint;
  if (!isIncluded({ index: seq, size, leaf: leafHash(proof.event), root }, eventPath)) {
    return no('The event is not in the log that the checkpoint is of.');
  }
  return { isProven: true, row: proof.row, rowIndex, event: proof.event, checkpoint };
}

function hexBytes(text: string): Uint8Array | null {
  const bytes = new Uint8Array(Buffer.from(text, 'hex'));
  return toHex(bytes) === text ? bytes : null;
}
