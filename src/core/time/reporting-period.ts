import { DomainError } from '../errors.js';

/** Kinds of periods that a carbon statement is about. */
export const PERIOD_KINDS = ['month', 'quarter', 'calendar_year', 'reporting_year'] as const;
/** One of them. */
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** A period of whole civil months. */
export interface ReportingPeriod {
  /** `2026-10`, `2026-Q4`, `2026`, or `FY2026`. */
  readonly name: string;
  readonly kind: PeriodKind;
  /** Its months in order, each once: 1, 3 or 12. */
  readonly months: readonly string[];
}

/** The shapes of names of periods, of the years 1900 to 2199. */
export const PERIOD_NAME = /^((19|20|21)\d\d(-(0[1-9]|1[0-2])|-Q[1-4])?|FY(19|20|21)\d\d)$/;

/**
 * The months of a period. `FY2026` is the reporting year that **ends** in 2026 (house rule, and what
 * most publish): one that begins in April runs from 2025-04 to 2026-03, one that begins in January is
 * the calendar year. A statement prints its first and last month beside the name.
 *
 * @param firstMonth  First month of the entity's reporting year, 1 to 12; null where it stated none.
 * @throws DomainError `period.invalid`; `period.no_reporting_year` for `FY…` of an entity without one
 */
export function reportingPeriod(name: string, firstMonth: number | null): ReportingPeriod {
  if (!PERIOD_NAME.test(name)) throw new DomainError('period.invalid', { value: name });
  if (/^\d{4}-\d\d$/.test(name)) return { name, kind: 'month', months: [name] };
  const [, yearText, quarter] = /^(?:FY)?(\d{4})(?:-Q(\d))?$/.exec(name)!;
  const year = Number(yearText);
  if (quarter !== undefined) {
    const months = monthsFrom(year, Number(quarter) * 3 - 2, 3);
    return { name, kind: 'quarter', months };
  }
  if (!name.startsWith('FY')) {
    return { name, kind: 'calendar_year', months: monthsFrom(year, 1, 12) };
  }
  if (firstMonth === null) {
    const fix =
      'State how the organisation reports carbon (`carbonReporting`, with its `firstMonth`), or name a calendar year.';
    throw new DomainError('period.no_reporting_year', { value: name, fix });
  }
  const months = monthsFrom(firstMonth === 1 ? year : year - 1, firstMonth, 12);
  return { name, kind: 'reporting_year', months };
}

function monthsFrom(year: number, firstMonth: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const month = year * 12 + firstMonth - 1 + at;
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
}
