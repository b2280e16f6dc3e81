/** Exact fractions on whole numbers without end; rounded once, at the end, by a rule that is named. */

/** @returns {boolean} whether `text` is decimal text: `-12.340` */
export const isDecimal = (text) =>
  typeof text === 'string' && text.length < 100 && /^-?\d+(\.\d+)?$/.test(text);

/** @returns {{num: bigint, den: bigint}} of a whole number or decimal text */
export function fraction(value) {
  if (typeof value === 'bigint' || typeof value === 'number')
    return { num: BigInt(value), den: 1n };
  const [whole, places = ''] = value.split('.');
  return { num: BigInt(whole + places), den: 10n ** BigInt(places.length) };
}

export const plus = (a, b) => ({ num: a.num * b.den + b.num * a.den, den: a.den * b.den });
export const minus = (a, b) => ({ num: a.num * b.den - b.num * a.den, den: a.den * b.den });
export const times = (a, b) => ({ num: a.num * b.num, den: a.den * b.den });
export const over = (a, b) =>
  b.num < 0n
    ? { num: -a.num * b.den, den: a.den * -b.num }
    : { num: a.num * b.den, den: a.den * b.num };
export const isSame = (a, b) => a.num * b.den === b.num * a.den;

/**
 * @param {'half' | 'cut'} rule  half away from zero, or towards zero
 * @returns {string} with `places` digits after the point
 */
export function rounded({ num, den }, places, rule) {
  const isNegative = num < 0n;
  const scaled = (isNegative ? -num : num) * 10n ** BigInt(places);
  const whole = rule === 'half' ? (scaled * 2n + den) / (den * 2n) : scaled / den;
  const digits = whole.toString().padStart(places + 1, '0');
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return isNegative && whole !== 0n ? `-${text}` : text;
}
