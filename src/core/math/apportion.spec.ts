import fc from 'fast-check';
import { apportion } from './apportion.js';

/** The rule in bigint, written as it is stated: floors, then largest remainders, ties by position. */
function byTheBook(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((running, weight) => running + BigInt(weight), 0n);
  if (total === 0) return weights.map(() => 0);
  const shares = weights.map((weight) => Number((BigInt(total) * BigInt(weight)) / sum));
  const cuts = weights.map((weight, at) => ({ at, cut: (BigInt(total) * BigInt(weight)) % sum }));
  cuts.sort((a, b) => (a.cut === b.cut ? a.at - b.at : a.cut < b.cut ? 1 : -1));
  const left = total - shares.reduce((running, share) => running + share, 0);
  for (const { at } of cuts.slice(0, left)) shares[at]! += 1;
  return shares;
}

const split = (total: number, weights: readonly number[]): number[] =>
  Array.from(apportion(total, Float64Array.from(weights)));

describe('apportion', () => {
  // prettier-ignore
  it.each([
    ['an even split',                       100, [1, 1],                [50, 50]],
    ['one odd unit, to the earlier of two', 101, [1, 1],                [51, 50]],
    ['odd units to the largest cuts',       100, [333, 333, 334],       [33, 33, 34]],
    ['nothing to split',                      0, [3, 4],                [0, 0]],
    ['nothing among nobody',                  0, [0, 0],                [0, 0]],
    ['zero weights get zero',                 5, [0, 1, 0, 1],          [0, 3, 0, 2]],
    ['more than the weights',                10, [1, 2],                [3, 7]],
    ['all of it',                             7, [3, 4],                [3, 4]],
    ['one Wh off all of a huge total', 2 ** 53 - 2, [2 ** 53 - 2, 1],    [2 ** 53 - 3, 1]],
  ])('gives %s', (_, total, weights, shares) => {
    expect(split(total, weights)).toEqual(shares);
  });

  it('refuses what no caller may ask', () => {
    expect(() => split(1, [0, 0])).toThrow('at least one weight must be positive');
    expect(() => split(-1, [1])).toThrow('must not be negative');
    expect(() => split(1.5, [1])).toThrow('not a whole, safe number');
    expect(() => split(1, [-1, 2])).toThrow('whole, safe');
    expect(() => split(1, [2 ** 53 - 1, 1])).toThrow('not a whole, safe number');
  });

  const weightsUpTo = (max: number) =>
    fc.array(fc.oneof(fc.nat({ max: 9 }), fc.nat({ max })), { minLength: 1, maxLength: 40 });

  it.each([1_000, 2 ** 31, 2 ** 45, 2 ** 47])(
    'equals the rule in bigint for weights up to %d',
    (max) => {
      fc.assert(
        fc.property(weightsUpTo(max), fc.nat({ max: Number.MAX_SAFE_INTEGER }), (weights, seed) => {
          const sum = weights.reduce((a, b) => a + b, 0);
          fc.pre(sum > 0 && Number.isSafeInteger(sum));
          for (const total of [seed % (sum + 1), sum - 1, Math.floor(sum / 2), seed]) {
            expect(split(total, weights)).toEqual(byTheBook(total, weights));
          }
        }),
        { numRuns: 500 },
      );
    },
  );

  it('loses nothing, and no share is a whole unit from its proportion', () => {
    fc.assert(
      fc.property(weightsUpTo(10 ** 12), fc.nat({ max: 10 ** 14 }), (weights, total) => {
        const sum = weights.reduce((a, b) => a + b, 0);
        fc.pre(sum > 0);
        const shares = split(total, weights);
        expect(shares.reduce((a, b) => a + b, 0)).toBe(total);
        shares.forEach((share, at) => {
          const floor = Number((BigInt(total) * BigInt(weights[at]!)) / BigInt(sum));
          expect([floor, floor + 1]).toContain(share);
          if (weights[at] === 0) expect(share).toBe(0);
        });
      }),
    );
  });
});
