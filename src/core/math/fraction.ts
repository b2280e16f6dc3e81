/** An exact fraction of integers; the denominator is positive. */
export interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

/** Zero as a fraction. */
export const ZERO: Fraction = { over: 0n, under: 1n };

/**
 * Adds `over / under` to a fraction, exactly and in lowest terms.
 *
 * @param to     The running value.
 * @param over   Integer numerator, safe.
 * @param under  Integer denominator, safe, positive.
 */
export function addFraction(to: Fraction, over: number, under: number): Fraction {
  const wideUnder = BigInt(under);
  return reduce({
    over: to.over * wideUnder + BigInt(over) * to.under,
    under: to.under * wideUnder,
  });
}

/**
 * Orders two fractions by value.
 *
 * @returns Negative, zero or positive, as for `Array.prototype.sort`.
 */
export function compareFractions(a: Fraction, b: Fraction): number {
  const left = a.over * b.under;
  const right = b.over * a.under;
  return left < right ? -1 : left > right ? 1 : 0;
}

function reduce({ over, under }: Fraction): Fraction {
  let a = over < 0n ? -over : over;
  let b = under;
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? ZERO : { over: over / a, under: under / a };
}
