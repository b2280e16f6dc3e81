import { assert } from '../errors.js';

/**
 * Divides a product by a product, exactly, and rounds once: the products may pass what a number holds.
 *
 * @param over      Whole, safe, not negative.
 * @param under     Whole, safe, above zero.
 * @param rounding  `down` or `up`, to a whole number.
 * @returns         Whole; asserted safe.
 */
export function quotientOf(
  over: readonly number[],
  under: readonly number[],
  rounding: 'down' | 'up',
): number {
  const [dividend, divisor] = [productOf(over), productOf(under)];
  assert(
    dividend >= 0n && divisor > 0n,
    'quotient: of what is not negative, by what is above zero',
  );
  const up = rounding === 'up' ? divisor - 1n : 0n;
  const quotient = Number((dividend + up) / divisor);
  assert(Number.isSafeInteger(quotient), 'quotient: safe');
  return quotient;
}

/**
 * What is left of a large number, written as bytes with the most significant first, after division.
 *
 * @param bytes    Any length; none are zero.
 * @param divisor  Whole, safe, above zero.
 */
export function remainderOf(bytes: Uint8Array, divisor: number): number {
  assert(Number.isSafeInteger(divisor) && divisor > 0, 'remainder: by what is above zero');
  const wide = BigInt(divisor);
  return Number(bytes.reduce((rest, byte) => (rest * 256n + BigInt(byte)) % wide, 0n));
}

const productOf = (factors: readonly number[]): bigint =>
  factors.reduce((product, factor) => product * BigInt(factor), 1n);
