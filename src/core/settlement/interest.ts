import { DAY_MS } from '../time/interval.js';
import { Decimal } from '../units/money.js';
import { centimes } from './pricing/lines.js';

/**
 * Interest on a late payment (SETTLEMENT 4): principal × rate × days / 360 or 365, simple, from the due
 * date, excluded, to the day of payment, included.
 *
 * @param principalMad  Unpaid and undisputed.
 * @returns             MAD with 2 decimals; zero when paid in time.
 */
export function lateInterestMad(of: {
  readonly principalMad: string;
  readonly annualPct: string;
  readonly dayCount: 'ACT_360' | 'ACT_365';
  readonly dueOn: string;
  readonly paidOn: string;
}): string {
  const days = Math.max(
    0,
    (Date.parse(`${of.paidOn}T00:00:00Z`) - Date.parse(`${of.dueOn}T00:00:00Z`)) / DAY_MS,
  );
  const base = of.dayCount === 'ACT_360' ? 360 : 365;
  const rate = new Decimal(of.annualPct).dividedBy(100);
  return centimes(new Decimal(of.principalMad).times(rate).times(days).dividedBy(base)).toFixed(2);
}

/**
 * The fine of law 69-21 on what is paid late, for the buyer's declaration: the policy rate for the first
 * month, and 0.85 % for each further month or part of one, on the amount with VAT. It goes to the
 * Treasury; it is never owed to the supplier, nor a line of an invoice (MOROCCO 5).
 *
 * @param policyRatePct  Of the central bank, per cent.
 */
export function lateFineMad(of: {
  readonly grossMad: string;
  readonly policyRatePct: string;
  readonly dueOn: string;
  readonly paidOn: string;
}): string {
  const months = startedMonths(of.dueOn, of.paidOn);
  if (months === 0) return '0.00';
  const further = new Decimal('0.85').times(months - 1);
  const pct = new Decimal(of.policyRatePct).plus(further);
  return centimes(new Decimal(of.grossMad).times(pct).dividedBy(100)).toFixed(2);
}

/** Months that have begun after a day: 0 when the other is not later. */
function startedMonths(from: string, to: string): number {
  if (to <= from) return 0;
  const [year, month, day] = from.split('-').map(Number) as [number, number, number];
  const [toYear, toMonth, toDay] = to.split('-').map(Number) as [number, number, number];
  return (toYear - year) * 12 + toMonth - month + (toDay > day ? 1 : 0);
}
