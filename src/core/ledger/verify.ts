import { EVENT_DOMAIN, EVENT_SCHEMA_VERSION } from './event.js';
import { chainHash, leafHash, NO_PREVIOUS, type SealedRows, toHex } from './merkle.js';

/** An event as it is stored: bytes, and the columns beside them that must agree. */
export interface StoredEvent {
  readonly ledgerId: string;
  readonly seq: number;
  readonly prevSeq: number | null;
  readonly eventId: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** Delivery interval, ms; null where there is none. */
  readonly validFromMs: number | null;
  readonly validToMs: number | null;
  readonly recordedAtMs: number;
  readonly actor: string;
  /** Null for events of schema version 1, which seal none. */
  readonly actorPrincipal: string | null;
  readonly actorRole: string;
  readonly sourceRef: string | null;
  readonly supersedes: readonly string[];
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
 * Checks one event against its own bytes and the event before it (LEDGER sections 3 and 19). Bytes
 * that are no text or no JSON are a fault like any other, never an error.
 *
 * @param event   As stored.
 * @param before  Link of the event before; `FIRST_LINK` for the first.
 * @returns       The fault, or null.
 */
export function verifyEvent(event: StoredEvent, before: Link): Fault | null {
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
  if (!isChained(event)) {
    return fault('chain_hash', 'The chained head is not the hash of its parts.');
  }
  const sealed = readPayload(event.payload);
  if (sealed === null) return fault('payload', 'The event bytes are not the JSON of an event.');
  const disagreement = columnDisagreement(event, sealed);
  if (disagreement !== null) {
    return fault('columns', `Column ${disagreement} differs from the sealed bytes.`);
  }
  if (event.recordedAtMs < before.recordedAtMs) {
    return fault('recorded_at', 'The clock runs backwards along the log.');
  }
  return null;
}

/**
 * Checks the rows that an event seals.
 *
 * @param event  As stored, its own bytes checked.
 * @param rows   Count and root of the canonical rows, rebuilt from the tables that hold them.
 */
export function verifyRows(event: StoredEvent, rows: SealedRows): Fault | null {
  const { seq } = event;
  if (rows.count !== event.rowCount) {
    const detail = `${event.rowCount} rows were sealed, ${rows.count} are there.`;
    return { seq, check: 'row_count', detail };
  }
  if (same(rows.root, event.rowRoot)) return null;
  const detail = `A row of this ${event.type} event is not the one that was sealed.`;
  return { seq, check: 'row_root', detail };
}

/** What an event's bytes say; null where they are no JSON object in UTF-8. */
export function readPayload(payload: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

function isChained({ prevHash, leafHash: leaf, chainHash: chained }: StoredEvent): boolean {
  const isHash = (bytes: Uint8Array): boolean => bytes.length === NO_PREVIOUS.length;
  return isHash(prevHash) && isHash(leaf) && same(chainHash(prevHash, leaf), chained);
}

/** Versions of an event's bytes that this program can read. */
const KNOWN_VERSIONS: readonly unknown[] = [1, EVENT_SCHEMA_VERSION];

function columnDisagreement(
  event: StoredEvent,
  sealed: Readonly<Record<string, unknown>>,
): string | null {
  const columns: Readonly<Record<string, unknown>> = {
    '@': EVENT_DOMAIN,
    ledgerId: event.ledgerId,
    seq: event.seq,
    eventId: event.eventId,
    type: event.type,
    schemaVersion: event.schemaVersion,
    recordedAt: instant(event.recordedAtMs),
    actor: event.actor,
    actorRole: event.actorRole,
    sourceRef: event.sourceRef,
    rowCount: event.rowCount,
    rowRoot: toHex(event.rowRoot),
  };
  const found = Object.entries(columns).find(([key, value]) => sealed[key] !== value);
  if (found !== undefined) return found[0];
  if (!KNOWN_VERSIONS.includes(sealed['schemaVersion'])) return 'schemaVersion';
  if ((sealed['actorPrincipal'] ?? null) !== event.actorPrincipal) return 'actorPrincipal';
  if (msOf(sealed['validFrom']) !== event.validFromMs) return 'validFrom';
  if (msOf(sealed['validTo']) !== event.validToMs) return 'validTo';
  if (JSON.stringify(sealed['supersedes']) !== JSON.stringify(event.supersedes)) {
    return 'supersedes';
  }
  return event.prevSeq === (event.seq === 0 ? null : event.seq - 1) ? null : 'prevSeq';
}

/** The instant as it is sealed; what is no instant equals nothing that is. */
function instant(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

function msOf(text: unknown): number | null {
  return typeof text === 'string' ? Date.parse(text) : null;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
