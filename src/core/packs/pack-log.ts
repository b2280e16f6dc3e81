import type { Canonical } from '../ledger/canonical.js';

/** What an event's text says of itself. */
export interface EventHeader {
  readonly '@': string;
  readonly ledgerId: string;
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly recordedAt: string;
  readonly actor: string;
  readonly sourceRef: string | null;
  readonly supersedes: readonly string[];
  readonly rowCount: number;
  readonly rowRoot: string;
  readonly body: { readonly [key: string]: Canonical };
}

/** Reads an event's text. */
export function readHeader(payload: string): EventHeader {
  return JSON.parse(payload) as EventHeader;
}

/** The part of a log that a pack holds: its events in order, each with the rows that it sealed. */
export interface PackLog {
  readonly headers: readonly EventHeader[];
  /** Canonical rows of each event, in the order of `headers`. */
  readonly rows: readonly (readonly string[])[];
}
