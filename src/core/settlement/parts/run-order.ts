import { Decimal } from '../../units/money.js';
import type { RunType } from '../hours/hours.js';

/** A period as it was last settled. */
export interface LastRun {
  readonly run: RunType;
}

/**
 * Why a period cannot be settled this way now (SETTLEMENT 9): provisional, then final once, then true-ups
 * within the correction window. Null where it can.
 *
 * @param last  Of the same period; null for none.
 */
export function runOrderFault(
  run: RunType,
  last: LastRun | null,
  of: {
    /** Last civil day of the period. */
    readonly lastDay: string;
    readonly asOf: string;
    readonly windowMonths: number;
    /** Whether an invoice of the period is in dispute: then the window does not end. */
    readonly isInDispute: boolean;
  },
): string | null {
  if (of.asOf <= of.lastDay) return `The period ends on ${of.lastDay}: it is settled after that.`;
  const isFinal = last !== null && last.run !== 'PROVISIONAL';
  if (run === 'PROVISIONAL' && isFinal) return 'The period is settled finally: run TRUE_UP.';
  if (run === 'FINAL' && isFinal) {
    return 'The period is settled finally, and another result came out: run TRUE_UP to book the difference.';
  }
  if (run === 'TRUE_UP' && !isFinal) return 'There is nothing to correct: run FINAL first.';
  const end = monthsAfter(of.lastDay, of.windowMonths);
  if (last !== null && of.asOf > end && !of.isInDispute) {
    return `The correction window of ${of.windowMonths} months ended on ${end}: a later change needs a dispute.`;
  }
  return null;
}

/**
 * The day until which a correction waits (SETTLEMENT 9): below materiality, the next scheduled true-up.
 * Null where it is booked at once: it is material, or a true-up has come due since the last run.
 *
 * @param lastDay   Last civil day of the period.
 * @param settledOn Civil day of the last run.
 */
export function waitsUntil(of: {
  readonly deltaMad: string;
  readonly deltaKwh: string;
  readonly materialityMad: string;
  readonly materialityKwh: string;
  readonly trueUpMonths: readonly number[];
  readonly lastDay: string;
  readonly settledOn: string;
  readonly asOf: string;
}): string | null {
  const isBelow = (delta: string, limit: string): boolean =>
    new Decimal(delta).abs().lessThan(limit);
  if (!isBelow(of.deltaMad, of.materialityMad) || !isBelow(of.deltaKwh, of.materialityKwh)) {
    return null;
  }
  const days = of.trueUpMonths.map((months) => monthsAfter(of.lastDay, months)).toSorted();
  if (days.some((day) => of.settledOn < day && day <= of.asOf)) return null;
  return days.find((day) => day > of.asOf) ?? null;
}

/** The same day some months later, or the last day of that month. */
function monthsAfter(day: string, months: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const lastOf = new Date(Date.UTC(year, month + months, 0));
  lastOf.setUTCDate(Math.min(date, lastOf.getUTCDate()));
  return lastOf.toISOString().slice(0, 10);
}

/** A civil month some months later. */
export function addMonths(month: string, count: number): string {
  const [year, at] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, at - 1 + count, 1)).toISOString().slice(0, 7);
}
