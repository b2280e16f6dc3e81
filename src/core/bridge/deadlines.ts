import { civilMonth, type LegalTimeRule } from '../time/legal-time.js';

/** Until when energy of some months must have become MWh certificates: dated terms of a system. */
export interface IssuanceDeadline {
  /** Production months of a year, 1 to 12, inclusive. */
  readonly firstMonth: number;
  readonly lastMonth: number;
  /** Last day of issuance: years after the production year, month, day. */
  readonly yearsLater: number;
  readonly dueMonth: number;
  readonly dueDay: number;
}

/** Some months of one year, and when their energy must have been issued. */
export interface IssuancePeriod {
  /** UTC bounds of the civil months, ms, half-open. */
  readonly startMs: number;
  readonly endMs: number;
  readonly firstMonth: string;
  readonly lastMonth: string;
  /** Civil day, inclusive. */
  readonly dueOn: string;
}

/**
 * The periods of a tracking system whose production has begun by an instant (METHOD 3.7: for I-REC
 * January to June by 31 May and July to December by 30 September of the following year).
 *
 * @param rules  Rows of legal time, which bound the months.
 * @param span   First year of production, and the instant.
 */
export function issuancePeriods(
  deadlines: readonly IssuanceDeadline[],
  rules: readonly LegalTimeRule[],
  { firstYear, nowMs }: { readonly firstYear: number; readonly nowMs: number },
): readonly IssuancePeriod[] {
  const periods: IssuancePeriod[] = [];
  const lastYear = new Date(nowMs).getUTCFullYear();
  for (let year = firstYear; year <= lastYear; year += 1) {
    for (const one of deadlines) {
      const firstMonth = `${year}-${twoDigits(one.firstMonth)}`;
      const lastMonth = `${year}-${twoDigits(one.lastMonth)}`;
      const { startMs } = civilMonth(rules, firstMonth);
      if (startMs > nowMs) continue;
      periods.push({
        startMs,
        endMs: civilMonth(rules, lastMonth).endMs,
        firstMonth,
        lastMonth,
        dueOn: `${year + one.yearsLater}-${twoDigits(one.dueMonth)}-${twoDigits(one.dueDay)}`,
      });
    }
  }
  return periods.toSorted((a, b) => a.startMs - b.startMs);
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
