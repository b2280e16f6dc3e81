import { type Canonical, sealedJson } from './canonical.js';
import { chainHash, leafHash, NO_PREVIOUS, rowRoot, type SealedRows, toHex } from './merkle.js';

/** Domain of an event's bytes. */
export const EVENT_DOMAIN = 'mizan/event/1';

/** What can be recorded. A closed list; stored for ever. */
export type EventType =
  | 'ledger.opened'
  | 'ledger.resumed'
  | 'key.issued'
  | 'key.confirmed'
  | 'key.revoked'
  | 'signing_key.activated'
  | 'signing_key.retired'
  | 'signing_key.revoked'
  | 'record.versioned'
  | 'import.committed'
  | 'readings.validated'
  | 'readings.estimated'
  | 'exception.decided'
  | 'certificates.acted'
  | 'certificates.converted'
  | 'storage.traced'
  | 'matching.run'
  | 'settlement.run'
  | 'settlement.approved'
  | 'journal.exported'
  | 'supplier_invoice.received'
  | 'supplier_invoice.decided'
  | 'supplier_invoice.voided'
  | 'statement.issued'
  | 'period_statement.issued'
  | 'attestation.issued'
  | 'audit.opened'
  | 'audit.fixed'
  | 'audit.nonce_given'
  | 'audit.sampled'
  | 'audit.tested'
  | 'audit.raised'
  | 'audit.answered'
  | 'audit.closed'
  | 'audit.signed_off';

/**
 * Version of an event's bytes. Version 2 names the principal beside the key; events of version 1
 * stay as they were sealed.
 */
export const EVENT_SCHEMA_VERSION = 2;

/** A decision to record, before it has a place in the log. */
export interface EventDraft {
  readonly eventId: string;
  readonly type: EventType;
  /** Delivery interval that the event is about, half-open; null where there is none. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
  /** Who did it: id of a key, or `cli`. Never a name. */
  readonly actor: string;
  /** Whose key it is: id of a principal, `terminal` or `clock`. */
  readonly actorPrincipal: string;
  readonly actorRole: string;
  /** SHA-256 of the file it came from, hex; null where there is none. */
  readonly sourceRef: string | null;
  /** Events that this one corrects. */
  readonly supersedes: readonly string[];
  readonly body: { readonly [key: string]: Canonical };
  /** Canonical rows that the event seals, in row order; or their count and root. */
  readonly rows: readonly string[] | SealedRows;
}

/** The end of a log. `size` 0 and zero bytes before the first event. */
export interface LogHead {
  readonly size: number;
  readonly chainHash: Uint8Array;
  /** Instant of the last event, ms; −Infinity before the first. */
  readonly recordedAtMs: number;
}

/** Head of an empty log. */
export const EMPTY_HEAD: LogHead = { size: 0, chainHash: NO_PREVIOUS, recordedAtMs: -Infinity };

/** An event with its place, bytes and hashes. */
export interface SealedEvent extends EventDraft {
  readonly ledgerId: string;
  readonly schemaVersion: number;
  /** 0-based and gapless: the Merkle leaf index. */
  readonly seq: number;
  readonly recordedAtMs: number;
  readonly rowCount: number;
  readonly rowRoot: Uint8Array;
  /** The exact RFC 8785 bytes that were hashed, as text. */
  readonly payload: string;
  readonly leafHash: Uint8Array;
  readonly prevHash: Uint8Array;
  readonly chainHash: Uint8Array;
}

/**
 * Gives an event its place after `head` (LEDGER sections 2 to 4).
 *
 * @param ledgerId  The log's ledger.
 * @param draft     What happened.
 * @param head      End of the log, read under its lock.
 * @param nowMs     Clock, read under the lock. The stored instant never runs backwards along `seq`.
 */
export function sealEvent(
  ledgerId: string,
  draft: EventDraft,
  head: LogHead,
  nowMs: number,
): SealedEvent {
  const seq = head.size;
  const recordedAtMs = Math.max(nowMs, head.recordedAtMs);
  const { count, root } = rowsOf(draft.rows);
  const payload = sealedJson(EVENT_DOMAIN, {
    ledgerId,
    seq,
    eventId: draft.eventId,
    type: draft.type,
    schemaVersion: EVENT_SCHEMA_VERSION,
    validFrom: draft.validFrom,
    validTo: draft.validTo,
    recordedAt: new Date(recordedAtMs).toISOString(),
    actor: draft.actor,
    actorPrincipal: draft.actorPrincipal,
    actorRole: draft.actorRole,
    sourceRef: draft.sourceRef,
    supersedes: draft.supersedes,
    rowCount: count,
    rowRoot: toHex(root),
    body: draft.body,
  });
  const leaf = leafHash(payload);
  return {
    ...draft,
    ledgerId,
    schemaVersion: EVENT_SCHEMA_VERSION,
    seq,
    recordedAtMs,
    rowCount: count,
    rowRoot: root,
    payload,
    leafHash: leaf,
    prevHash: head.chainHash,
    chainHash: chainHash(head.chainHash, leaf),
  };
}

function rowsOf(rows: EventDraft['rows']): SealedRows {
  return 'root' in rows ? rows : { count: rows.length, root: rowRoot(rows) };
}
