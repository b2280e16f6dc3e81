import { chainHash, leafHash, NO_PREVIOUS, rowRoot, toHex } from './merkle.js';

/** An event as it is stored: bytes, and the columns beside them that must agree. */
export interface StoredEvent {
  readonly ledgerId: string;
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
  readonly recordedAtMs: number;
  readonly rowCount: number;
  readonly rowRoot: Uint8Array;
  readonly payload: Uint8Array;
  readonly leafHash: Uint8Array;
  readonly prevHash: Uint8Array;
  readonly chainHash: Uint8Array;
}

/** The first thing found wrong with a log. */
export interface Fault {
  /** Place of the event in the log; null when the fault is not in one event. */
  readonly seq: number | null;
  /** Which check failed, for example `row_root`. */
  readonly check: string;
  readonly detail: string;
}

/** What the next event must follow. */
export interface Link {
  readonly seq: number;
  readonly chainHash: Uint8Array;
  readonly recordedAtMs: number;
}

/** The link before the first event. */
export const FIRST_LINK: Link = { seq: -1, chainHash: NO_PREVIOUS, recordedAtMs: -Infinity };

/**
 * Checks one event against its own bytes, the event before it and the rows it seals
 * (LEDGER sections 3 and 19).
 *
 * @param event  As stored.
 * @param before Link of the event before; `FIRST_LINK` for the first.
 * @param rows   Canonical rows rebuilt from the tables that hold them, in row order.
 * @returns      The fault, or null.
 */
export function verifyEvent(
  event: StoredEvent,
  before: Link,
  rows: readonly string[],
): Fault | null {
  const fault = (check: string, detail: string): Fault => ({ seq: event.seq, check, detail });
  if (event.seq !== before.seq + 1) {
    return {
      seq: before.seq + 1,
      check: 'seq',
      detail: `Event ${before.seq + 1} is missing; the log goes on with ${event.seq}.`,
    };
  }
  if (!same(leafHash(event.payload), event.leafHash)) {
    return fault('leaf_hash', 'The event bytes are not the ones that were hashed.');
  }
  if (!same(event.prevHash, before.chainHash)) {
    return fault('prev_hash', 'The event does not follow the one before it.');
  }
  if (!same(chainHash(event.prevHash, event.leafHash), event.chainHash)) {
    return fault('chain_hash', 'The chained head is not the hash of its parts.');
  }
  const disagreement = columnDisagreement(event);
  if (disagreement !== null) {
    return fault('columns', `Column ${disagreement} differs from the sealed bytes.`);
  }
  if (event.recordedAtMs < before.recordedAtMs) {
    return fault('recorded_at', 'The clock runs backwards along the log.');
  }
  if (rows.length !== event.rowCount) {
    return fault('row_count', `${event.rowCount} rows were sealed, ${rows.length} are there.`);
  }
  if (!same(rowRoot(rows), event.rowRoot)) {
    return fault('row_root', `A row of this ${event.type} event is not the one that was sealed.`);
  }
  return null;
}

function columnDisagreement(event: StoredEvent): string | null {
  const sealed: unknown = JSON.parse(Buffer.from(event.payload).toString('utf8'));
  const columns = {
    '@': 'mizan/event/1',
    ledgerId: event.ledgerId,
    seq: event.seq,
    eventId: event.eventId,
    type: event.type,
    recordedAt: new Date(event.recordedAtMs).toISOString(),
    rowCount: event.rowCount,
    rowRoot: toHex(event.rowRoot),
  };
  const found = Object.entries(columns).find(([key, value]) => field(sealed, key) !== value);
  return found === undefined ? null : found[0];
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
