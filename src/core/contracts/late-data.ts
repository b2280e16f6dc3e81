import { DAY_MS, formatInstant } from '../time/interval.js';
import { civilMonth, type LegalTimeRule } from '../time/legal-time.js';

/** What a contract says of data that comes late (METHOD 2.7). */
export interface LateDataTerms {
  /** Days after the end of a month on which it locks. */
  readonly lockDays: number;
  /** Months after the end of a month on which corrections of it are booked, ascending. */
  readonly correctionRunMonths: readonly number[];
  /** Months after the end of a month up to which corrections are booked; later only by dispute. */
  readonly reachMonths: number;
}

/** Whether what arrives now for a month is booked, waits, or comes too late. */
export type LateDataState =
  | { readonly state: 'open'; readonly locksAt: string | null }
  | { readonly state: 'locked'; readonly lockedSince: string; readonly nextCorrectionRun: string }
  | { readonly state: 'beyond-reach'; readonly reachedUntil: string };

/**
 * Where a month stands for data that arrives now.
 *
 * @param terms  Null when the contract names no windows: months then stay open until they are closed.
 * @param month  Civil month, `YYYY-MM`.
 * @param nowMs  When the data arrives.
 * @throws DomainError `month.invalid`, `legal_time.not_covered`
 */
export function lateDataState(
  terms: LateDataTerms | null,
  rules: readonly LegalTimeRule[],
  month: string,
  nowMs: number,
): LateDataState {
  if (terms === null) return { state: 'open', locksAt: null };
  const endMs = civilMonth(rules, month).endMs;
  const lockMs = endMs + terms.lockDays * DAY_MS;
  if (nowMs < lockMs) return { state: 'open', locksAt: formatInstant(lockMs) };
  const reachMs = monthsLater(rules, month, terms.reachMonths);
  const next = terms.correctionRunMonths
    .map((count) => monthsLater(rules, month, count))
    .find((runMs) => runMs > nowMs && runMs <= reachMs);
  if (nowMs >= reachMs || next === undefined) {
    return { state: 'beyond-reach', reachedUntil: formatInstant(reachMs) };
  }
  return {
    state: 'locked',
    lockedSince: formatInstant(lockMs),
    nextCorrectionRun: formatInstant(next),
  };
}

/** The instant a whole number of civil months after the end of a month. */
function monthsLater(rules: readonly LegalTimeRule[], month: string, count: number): number {
  const [year, index] = month.split('-').map(Number) as [number, number];
  const total = year * 12 + index - 1 + count;
  const later = `${Math.floor(total / 12)}-${String((total % 12) + 1).padStart(2, '0')}`;
  return civilMonth(rules, later).endMs;
}
