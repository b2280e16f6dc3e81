import { DAY_MS } from '../../time/interval.js';
import type { Decimal } from '../../units/money.js';
import { boundsOf, dayOf } from '../hours/contract-year.js';
import { type Span, spansOf } from '../hours/spans.js';
import type { SettlementHour } from '../hours/hours.js';
import type { Part } from './parts.js';

/** Days on which something holds, of those of its month or contract year. */
export interface DayShare {
  readonly days: number;
  readonly of: number;
}

/** Hours of one part in a month or contract year: from the COD on. */
export interface Piece {
  readonly part: Part;
  /** Positions in the part, `[from, to)`. */
  readonly from: number;
  readonly to: number;
  /** Days of the version, between COD and end of the term. */
  readonly share: DayShare;
}

/** A month or contract year of a period, and what of it lies after the COD, by version. */
export interface TermSpan extends Span {
  /** In order of time; at least one. */
  readonly pieces: readonly Piece[];
}

/**
 * The months, or contract years, of a period over which obligations run: before the COD there are none, and
 * each version of the contract stands for its own days.
 *
 * @param whole  The hours of all parts.
 */
export function termSpansOf(
  parts: readonly Part[],
  whole: Parameters<typeof spansOf>[0],
  by: 'MONTH' | 'YEAR',
): readonly TermSpan[] {
  return spansOf(whole, by).flatMap((span): TermSpan[] => {
    const pieces = parts.flatMap((part): Piece[] => {
      const { hours } = part.frame;
      const to = Math.min(span.to, part.to) - part.from;
      let from = Math.max(span.from, part.from) - part.from;
      while (from < to && hours[from]!.isTest) from += 1;
      if (from >= to) return [];
      return [{ part, from, to, share: daysInForce(part, hours[to - 1]!, by) }];
    });
    return pieces.length === 0 ? [] : [{ ...span, pieces }];
  });
}

/** A quantity of a whole month or contract year, for some of its days; the product is formed first. */
export function prorated(quantity: Decimal, { days, of }: DayShare): Decimal {
  return days === of ? quantity : quantity.times(days).dividedBy(of);
}

/**
 * Days of the month or contract year of an hour on which its version holds, between the COD and the end of
 * the term, both included.
 */
export function daysInForce(
  {
    frame: { elections },
    holdsFrom,
    holdsUntil,
  }: Pick<Part, 'holdsFrom' | 'holdsUntil'> & { readonly frame: Pick<Part['frame'], 'elections'> },
  hour: Pick<SettlementHour, 'day' | 'contractYear'>,
  by: 'MONTH' | 'YEAR',
): DayShare {
  const span = boundsOf(elections, hour, by);
  const starts = [span.from, elections.codDate, ...(holdsFrom === null ? [] : [holdsFrom])];
  const ends = [span.to, dayAfter(elections.termEnd), ...(holdsUntil === null ? [] : [holdsUntil])];
  const days = daysBetween(starts.toSorted().at(-1)!, ends.toSorted()[0]!);
  return { days: Math.max(days, 0), of: daysBetween(span.from, span.to) };
}

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);

/** The day after a day. */
export function dayAfter(day: string): string {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + DAY_MS);
}
