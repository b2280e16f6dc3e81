import { civilDayStartMs, type LegalTimeRule } from '../../time/legal-time.js';
import { addMonths } from './run-order.js';
import type { Elections } from '../elections/elections.shape.js';
import { contractYearOf } from '../hours/hours.js';
import { boundsOf } from '../hours/contract-year.js';
import { dayAfter } from './in-force.js';

/** A contract version, and the instants between which it holds in a period, ms, half-open. */
export interface HeldVersion {
  readonly elections: Elections;
  readonly startMs: number;
  readonly endMs: number;
}

/** The instant at which a day of the settlement calendar starts, ms. */
export function dayStartMs(
  { settlementCalendar }: Pick<Elections, 'settlementCalendar'>,
  rules: readonly LegalTimeRule[],
  day: string,
): number {
  return settlementCalendar === 'UTC_MONTH'
    ? Date.parse(`${day}T00:00:00Z`)
    : civilDayStartMs(rules, day);
}

/**
 * What of a period is settled: from the signature to the last day of the term, both included; of a
 * reconciliation the contract year alone.
 *
 * @param versions  In order of time, without gaps; at least one.
 * @param year      The contract year; null for a month.
 * @returns         Bounds in ms, half-open; the end is not after the start where nothing is left.
 */
export function settledBounds(
  versions: readonly HeldVersion[],
  year: number | null,
  rules: readonly LegalTimeRule[],
): { readonly startMs: number; readonly endMs: number } {
  const [first, last] = [versions[0]!, versions.at(-1)!];
  const starts = [first.startMs, dayStartMs(first.elections, rules, first.elections.signatureDate)];
  const ends = [last.endMs, dayStartMs(last.elections, rules, dayAfter(last.elections.termEnd))];
  if (year !== null) {
    const { from, to } = yearBounds(last.elections, year);
    starts.push(dayStartMs(last.elections, rules, from));
    ends.push(dayStartMs(last.elections, rules, to));
  }
  return { startMs: Math.max(...starts), endMs: Math.min(...ends) };
}

/** First day of a contract year, and the day after its last. */
export function yearBounds(
  elections: Elections,
  contractYear: number,
): { readonly from: string; readonly to: string } {
  return boundsOf(elections, { day: '', contractYear }, 'YEAR');
}

/** Contract year of a day, by the anchor that the contract elects. */
export function yearOn(elections: Elections, day: string): number {
  return contractYearOf(elections, elections.contractYear.anchor ?? elections.codDate, day);
}

/**
 * The contract year whose reconciliation falls due in a month: the one that ends in it, or that the term
 * ends in; the first, where two do and none is named.
 *
 * @param wanted  Null for the first that is due.
 * @param days    First and last settled day of the month.
 * @returns       Null where none is due.
 */
export function yearDue(
  elections: Elections,
  wanted: number | null,
  days: { readonly first: string; readonly last: string; readonly nextMonth: string },
): number | null {
  const [from, to] = [yearOn(elections, days.first), yearOn(elections, days.last)];
  const years = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  const isDue = (year: number): boolean =>
    yearBounds(elections, year).to <= days.nextMonth || elections.termEnd < days.nextMonth;
  return years.find((year) => isDue(year) && (wanted === null || wanted === year)) ?? null;
}

/** Civil months from one to another, both included, `YYYY-MM`; empty where they are reversed. */
export function monthsFrom(from: string, to: string): string[] {
  const months: string[] = [];
  for (let month = from; month <= to; month = addMonths(month, 1)) months.push(month);
  return months;
}
