import { Decimal } from './money.js';
import { type EnergyUnit, UNIT_WH } from './energy.js';
import { type EnergyRest, REST_PER_WH, restOfSixtieths } from './energy-rest.js';
import { type NumberMarks, PLAIN_MARKS, writtenNumber } from './written-number.js';

/** How the values of a column become Wh: `value × numerator / denominator`, rounded down. */
export interface EnergyScale {
  readonly numerator: number;
  readonly denominator: number;
  /** Wh of one unit, where the whole numbers above cannot hold it. */
  readonly exact: Decimal;
  /** Sixtieths of a Wh of one unit: exact for power over minutes too. */
  readonly sixtieths: Decimal;
  /** What the last value that was read by this scale has below the whole Wh it gave. */
  rest: EnergyRest;
}

/**
 * How a unit becomes Wh (METHOD 1.3, 2.2).
 *
 * @param unit        Unit of the text; watts are means over the interval.
 * @param minutes     Length of the interval.
 * @param multiplier  Decimal text; usually `1`.
 */
export function energyScale(unit: EnergyUnit, minutes: number, multiplier = '1'): EnergyScale {
  const { wh, isPower } = UNIT_WH[unit];
  const factor = new Decimal(wh).times(multiplier);
  const isWhole = factor.isInteger() && factor.lt(1e9);
  return {
    numerator: isWhole ? factor.toNumber() * (isPower ? minutes : 1) : 0,
    denominator: isPower ? 60 : 1,
    exact: isPower ? factor.times(minutes).dividedBy(60) : factor,
    sixtieths: factor.times(isPower ? minutes : 60),
    rest: 0,
  };
}

const ZERO = 48;
const POWERS = Array.from({ length: 16 }, (_, power) => 10 ** power);

/** What bytes hold instead of a value. */
export const NOT_A_VALUE = { none: -1, negative: -2, malformed: -3, tooBig: -4 } as const;

/**
 * Reads energy from the bytes of a field, exactly, and rounds a part of a Wh down; what it rounded
 * away is the scale's `rest`, to be carried over a run of readings (METHOD 1.3).
 *
 * A quotient of whole numbers below 2^53 that is not whole lies at least 1/denominator below the
 * next whole number, which is more than its rounding error: `floor` is exact.
 *
 * @param bytes        UTF-8.
 * @param from         First byte; white space around the number is passed over.
 * @param to           One past the last.
 * @param scale        From `energyScale`.
 * @param marks        How the source writes numbers.
 * @returns            Wh, whole and safe; or one of `NOT_A_VALUE`.
 */
export function wattHoursFrom(
  bytes: Uint8Array,
  from: number,
  to: number,
  scale: EnergyScale,
  marks: NumberMarks = PLAIN_MARKS,
): number {
  scale.rest = 0;
  let [at, end] = [from, to];
  while (at < end && bytes[at]! <= 32) at += 1;
  while (end > at && bytes[end - 1]! <= 32) end -= 1;
  if (at === end) return NOT_A_VALUE.none;
  const first = at;
  const decimalMark = marks.decimal === ',' ? 44 : 46;
  let mantissa = 0;
  let digits = 0;
  let places = -1;
  for (; at < end; at += 1) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits += 1;
      if (places >= 0) places += 1;
    } else if (bytes[at] === decimalMark && places < 0) places = 0;
    else return exactly(bytes, first, end, { scale, marks });
  }
  if (digits === 0) return NOT_A_VALUE.malformed;
  const divisor = places > 0 ? (POWERS[places] ?? 0) * scale.denominator : scale.denominator;
  const dividend = mantissa * scale.numerator;
  if (digits <= 15 && scale.numerator > 0 && divisor > 0 && dividend <= Number.MAX_SAFE_INTEGER) {
    const quotient = dividend / divisor;
    const wh = Math.floor(quotient);
    if (wh !== quotient) scale.rest = restOf(dividend % divisor, divisor);
    return wh;
  }
  return exactly(bytes, first, end, { scale, marks });
}

/** What a remainder is of a Wh; divisors are powers of ten, times 60 for power. */
function restOf(remainder: number, divisor: number): EnergyRest {
  const parts = REST_PER_WH / divisor;
  if (Number.isInteger(parts)) return remainder * parts;
  return restOfSixtieths(new Decimal(remainder).times(60).dividedBy(divisor));
}

/** Longest number that is looked at: nothing that is measured takes more. */
const LONGEST = 60;

/** Numbers beyond the usual: signs, exponents, groups, more digits. `-0` and `-0.000` are zero. */
function exactly(
  bytes: Uint8Array,
  from: number,
  to: number,
  { scale, marks }: { readonly scale: EnergyScale; readonly marks: NumberMarks },
): number {
  const text = Buffer.from(bytes.subarray(from, to)).toString('utf8');
  const number = text.length > LONGEST ? null : writtenNumber(text, marks);
  if (number === null) {
    return /^\d+$/.test(text) ? NOT_A_VALUE.tooBig : NOT_A_VALUE.malformed;
  }
  const value = new Decimal(number);
  if (value.isZero()) return 0;
  if (value.isNegative()) return NOT_A_VALUE.negative;
  const sixtieths = value.times(scale.sixtieths);
  const wh = sixtieths.dividedToIntegerBy(60);
  if (wh.gt(Number.MAX_SAFE_INTEGER)) return NOT_A_VALUE.tooBig;
  scale.rest = restOfSixtieths(sixtieths.minus(wh.times(60)));
  return wh.toNumber();
}
