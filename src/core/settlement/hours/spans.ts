import type { Decimal } from '../../units/money.js';
import type { Frame, SettlementHour } from './hours.js';
import { sumOf } from './volume.js';

/** Hours of a period over which a counter runs: `[from, to)`, positions in the period. */
export interface Span {
  /** Of the month, `YYYY-MM`, or the contract year. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Its last hour. */
  readonly last: SettlementHour;
}

/**
 * What a counter counts by: it begins again at each bound, also inside a period. `BILL`: months, cut
 * where a contract year ends inside one.
 */
export type CountedBy = 'MONTH' | 'YEAR' | 'BILL' | 'HOUR';

/**
 * Cuts a period at the bounds of months or contract years of the settlement calendar (SETTLEMENT,
 * ruling 2).
 *
 * @returns  At least one span, in order of time; together they are the period.
 */
export function spansOf({ hours }: Pick<Frame, 'hours'>, by: CountedBy): readonly Span[] {
  const nameOf = (hour: SettlementHour): string => {
    if (by === 'HOUR') return String(hour.startMs);
    if (by === 'BILL') return `${hour.month} ${hour.contractYear}`;
    return by === 'MONTH' ? hour.month : String(hour.contractYear);
  };
  const spans: Span[] = [];
  let from = 0;
  hours.forEach((hour, at) => {
    const next = hours[at + 1];
    const name = nameOf(hour);
    if (next !== undefined && nameOf(next) === name) return;
    spans.push({ name, from, to: at + 1, last: hour });
    from = at + 1;
  });
  return spans;
}

/** Σ over the hours of a span. */
export function sumIn(
  values: readonly Decimal[],
  { from, to }: Pick<Span, 'from' | 'to'>,
): Decimal {
  return from === 0 && to === values.length ? sumOf(values) : sumOf(values.slice(from, to));
}
