import type { EventType } from '../ledger/event.js';

/** Acts whose state of the log is signed as soon as they stand in it (LEDGER section 5). */
export const SIGNED_AFTER: readonly EventType[] = ['statement.issued', 'period_statement.issued'];

const HOUR_MS = 3_600_000;

/** How a log stands to what was signed of it. Instants in ms. */
export interface Unsigned {
  /** Events in the log. */
  readonly size: number;
  /** Events in the last state that was signed; 0 where none was. */
  readonly signedSize: number;
  /** When that was; where none was, when the log was opened. */
  readonly sinceMs: number;
  /** Place of the last event of a type in `SIGNED_AFTER`; null where there is none. */
  readonly actSeq: number | null;
}

/**
 * Whether a log is to be signed without anybody asking: after an act that calls for it, and hourly where it grew
 * (LEDGER section 5). An instant that has not come yet was noted under a clock that was ahead: nobody knows how
 * long ago that is, and the log is signed.
 */
export function isCheckpointDue(
  { size, signedSize, sinceMs, actSeq }: Unsigned,
  nowMs: number,
): boolean {
  if (size <= signedSize) return false;
  if (actSeq !== null && actSeq >= signedSize) return true;
  const ageMs = nowMs - sinceMs;
  return ageMs >= HOUR_MS || ageMs < 0;
}
