import { assert } from '../errors.js';
import { assertWattHours } from '../units/energy.js';

// Up to here the remainder arithmetic below stays inside 2^53; beyond it bigint does the split.
const FLOAT_EXACT_LIMIT = 2 ** 51;
const SPLITTER = 134_217_729; // 2^27 + 1, Veltkamp's constant for 53-bit significands

/**
 * Splits `totalWh` into whole watt-hours proportional to `weights`, losing nothing (METHOD 4.2).
 *
 * Every share is first rounded down. The units left over then go, one each, to the entries that
 * rounding cut the most; between equal cuts, the earlier entry wins. This is the largest-remainder
 * method (Hamilton 1792): no share is a whole unit away from its exact proportion, and a zero
 * weight gets zero.
 *
 * Order matters only for ties, so callers pass entries in stable id order, never in order of
 * arrival, or the same inputs could settle differently on a re-run.
 *
 * @param totalWh  Wh to split, zero or more, safe.
 * @param weights  Relative claims, length n: whole, safe, zero or more, their sum safe too; not all
 *                 zero unless `totalWh` is zero.
 * @returns        Wh, length n, same order as `weights`, summing exactly to `totalWh`.
 */
export function apportion(totalWh: number, weights: Float64Array): Float64Array {
  const shares = new Float64Array(weights.length);
  apportionInto(totalWh, weights, { shares, remainders: new Float64Array(weights.length) });
  return shares;
}

/** Where `apportionInto` writes: both of the weights' length. `remainders` is scratch. */
export interface ApportionBuffers {
  readonly shares: Float64Array;
  readonly remainders: Float64Array;
}

/**
 * `apportion` without allocating, for loops over a year of hours.
 *
 * The exact remainder of `total × weight / sum` is found in doubles by Dekker's error-free product
 * (T. J. Dekker 1971): the product and the quotient times the sum are each held as an unevaluated
 * pair of doubles, whose difference is an integer below 2^53 and so exact. Sums beyond 2^51 take
 * bigint instead.
 *
 * @param totalWh  As in `apportion`.
 * @param weights  As in `apportion`.
 * @param into     Buffers; `shares` holds the result.
 */
export function apportionInto(
  totalWh: number,
  weights: Float64Array,
  into: ApportionBuffers,
): void {
  assertWattHours(totalWh, 'apportion total');
  assert(totalWh >= 0, 'apportion: total must not be negative');
  const { shares, remainders } = into;
  let sum = 0;
  for (let i = 0; i < weights.length; i += 1) {
    const weight = weights[i]!;
    assert(weight >= 0 && Number.isSafeInteger(weight), 'apportion: weights are whole, safe, >= 0');
    sum += weight;
  }
  assertWattHours(sum, 'apportion: sum of weights');
  if (totalWh === 0) {
    shares.fill(0);
    return;
  }
  assert(sum > 0, 'apportion: at least one weight must be positive');
  if (totalWh === sum) {
    shares.set(weights);
    return;
  }
  const floors = sum <= FLOAT_EXACT_LIMIT ? floorsByDoubles : floorsByBigint;
  const unitsLeft = totalWh - floors(totalWh, weights, sum, into);
  assert(unitsLeft >= 0 && unitsLeft < weights.length, 'apportion: at most one unit per entry');
  if (unitsLeft > 0) giveByLargestRemainder(unitsLeft, shares, remainders);
}

type Floors = (total: number, weights: Float64Array, sum: number, into: ApportionBuffers) => number;

/** Fills `shares` with floors and `remainders` with exact remainders over `sum`; returns Σ floors. */
const floorsByDoubles: Floors = (total, weights, sum, { shares, remainders }) => {
  const totalHigh = SPLITTER * total - (SPLITTER * total - total);
  const totalLow = total - totalHigh;
  const sumHigh = SPLITTER * sum - (SPLITTER * sum - sum);
  const sumLow = sum - sumHigh;
  let given = 0;
  for (let i = 0; i < weights.length; i += 1) {
    const weight = weights[i]!;
    const weightHigh = SPLITTER * weight - (SPLITTER * weight - weight);
    const weightLow = weight - weightHigh;
    const product = total * weight;
    const productError =
      totalLow * weightLow -
      (product - totalHigh * weightHigh - totalLow * weightHigh - totalHigh * weightLow);

    let share = Math.floor(product / sum);
    const shareHigh = SPLITTER * share - (SPLITTER * share - share);
    const shareLow = share - shareHigh;
    const back = share * sum;
    const backError =
      shareLow * sumLow - (back - shareHigh * sumHigh - shareLow * sumHigh - shareHigh * sumLow);

    let remainder = product - back + (productError - backError);
    while (remainder < 0) {
      share -= 1;
      remainder += sum;
    }
    while (remainder >= sum) {
      share += 1;
      remainder -= sum;
    }
    shares[i] = share;
    remainders[i] = remainder;
    given += share;
  }
  return given;
};

/** The same in bigint. Remainders are ranked instead of kept, as they may pass 2^53. */
const floorsByBigint: Floors = (total, weights, sum, { shares, remainders }) => {
  const wide = { total: BigInt(total), sum: BigInt(sum) };
  let given = 0;
  const cuts: { index: number; cut: bigint }[] = [];
  for (let i = 0; i < weights.length; i += 1) {
    const product = wide.total * BigInt(weights[i]!);
    shares[i] = Number(product / wide.sum);
    given += shares[i]!;
    cuts.push({ index: i, cut: product % wide.sum });
  }
  cuts.sort((a, b) => (a.cut < b.cut ? -1 : a.cut > b.cut ? 1 : 0));
  let rank = 0;
  cuts.forEach(({ index, cut }, at) => {
    if (cut > 0n && (at === 0 || cut !== cuts[at - 1]!.cut)) rank += 1;
    remainders[index] = rank;
  });
  return given;
};

function giveByLargestRemainder(
  unitsLeft: number,
  shares: Float64Array,
  remainders: Float64Array,
): void {
  const ascending = remainders.slice().sort();
  const threshold = ascending[ascending.length - unitsLeft]!;
  let left = unitsLeft;
  for (let i = 0; i < shares.length; i += 1) {
    if (remainders[i]! > threshold) {
      shares[i] = shares[i]! + 1;
      left -= 1;
    }
  }
  for (let i = 0; left > 0; i += 1) {
    if (remainders[i] === threshold) {
      shares[i] = shares[i]! + 1;
      left -= 1;
    }
  }
}
