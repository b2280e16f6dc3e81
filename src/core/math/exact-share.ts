import { assert } from '../errors.js';
import type { Fraction } from './fraction.js';

const SHARE_TEXT = /^(0|1|0\.\d{1,18}|1\.0{1,18}|0?\.\d{1,18})$/;

/**
 * Whether a text is a share above 0 and up to 1: plain decimal digits, at most 18 decimals. No sign,
 * exponent or binary fraction, so that nothing is lost before it is counted.
 */
export function isShareText(text: string): boolean {
  return SHARE_TEXT.test(text) && isProperShare(shareOf(text));
}

/**
 * Reads a share exactly.
 *
 * @param text  As `isShareText` accepts it, or zero.
 */
export function shareOf(text: string): Fraction {
  assert(SHARE_TEXT.test(text), 'share: plain decimal text from 0 to 1');
  const [whole = '', decimals = ''] = text.split('.');
  return { over: BigInt(whole + decimals), under: 10n ** BigInt(decimals.length) };
}

/** Whether a fraction is a share: above zero, up to one. */
export function isProperShare({ over, under }: Fraction): boolean {
  return over > 0n && over <= under;
}

/**
 * A share of an amount, rounded down: `floor(units × share)` in whole numbers. 0.29 of 100 is 29,
 * which a product of binary fractions would make 28 (METHOD 3.3).
 *
 * @param units  Whole and safe.
 */
export function floorOfShare(units: number, share: Fraction): number {
  return Number((BigInt(units) * share.over) / share.under);
}

/**
 * How much an amount was before a share of it was kept: `ceil(units / share)`, but not above a limit.
 *
 * @param units  Whole and safe.
 * @param share  Above zero.
 * @param limit  Whole and safe; the answer is this where the quotient passes it.
 */
export function ceilBeforeShare(units: number, share: Fraction, limit: number): number {
  assert(share.over > 0n, 'share: above zero to divide by');
  const quotient = (BigInt(units) * share.under + share.over - 1n) / share.over;
  return quotient > BigInt(limit) ? limit : Number(quotient);
}
