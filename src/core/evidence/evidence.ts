import type { Canonical } from '../ledger/canonical.js';

/** Format of an evidence file. */
export const EVIDENCE_FORMAT = 'mizan/evidence/1';

/** One event of the log, with the rows it sealed where they matter to the month. */
export interface EvidenceEvent {
  /** The exact RFC 8785 text that was hashed. */
  readonly payload: string;
  /** Canonical rows in order; null where they are left out (the payload still holds their root). */
  readonly rows: readonly string[] | null;
}

/** Everything that a month's statements can be checked with, away from the ledger. */
export interface Evidence {
  readonly format: string;
  readonly ledgerId: string;
  readonly siteCode: string;
  readonly month: string;
  /** Exact texts of the month's statements, all versions. */
  readonly statements: readonly string[];
  /** The whole log up to the last statement, in order. */
  readonly events: readonly EvidenceEvent[];
  /** Chained head after the last event, hex: compare it with one that was noted elsewhere. */
  readonly chainHash: string;
}

/** What an event's text says of itself. */
export interface EventHeader {
  readonly '@': string;
  readonly ledgerId: string;
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly rowCount: number;
  readonly rowRoot: string;
  readonly body: { readonly [key: string]: Canonical };
}

/** Reads an event's text. */
export function readHeader(payload: string): EventHeader {
  return JSON.parse(payload) as EventHeader;
}

/** The log of an evidence file, read. */
export interface EvidenceLog {
  readonly headers: readonly EventHeader[];
  readonly rows: readonly (readonly string[] | null)[];
}
