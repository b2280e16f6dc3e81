import { Decimal } from './money.js';

/**
 * A share of sums as a percentage for comparison: rounded half up to 6 decimals, once, from the
 * exact ratio (METHOD 5, "Truncation"). It is not the published claim.
 *
 * @param part   Numerator, exact, zero or more.
 * @param whole  Denominator, exact, zero or more.
 * @returns      Text with 6 decimals; null when `whole` is zero (not applicable, never 0 or 100 %).
 */
export function enginePct(part: Decimal, whole: Decimal): string | null {
  if (whole.isZero()) return null;
  return part.times(100).dividedBy(whole).toFixed(6, Decimal.ROUND_HALF_UP);
}

/**
 * A share of sums as a percentage that is published as a claim: cut to 2 decimals, so that
 * 99.996 % never prints as 100 % (METHOD 5).
 *
 * @param part   Numerator, exact, zero or more.
 * @param whole  Denominator, exact, zero or more.
 * @returns      Text with 2 decimals; null when `whole` is zero.
 */
export function claimPct(part: Decimal, whole: Decimal): string | null {
  if (whole.isZero()) return null;
  return part.times(100).dividedBy(whole).toFixed(2, Decimal.ROUND_DOWN);
}
