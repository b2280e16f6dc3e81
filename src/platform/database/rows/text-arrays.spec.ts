import { wholeNumbers } from './text-arrays.js';

describe('whole numbers of an array literal', () => {
  it('reads values and gaps in order', () => {
    expect(wholeNumbers('{0,25000,NULL,9007199254740991}')).toEqual([
      0,
      25_000,
      null,
      9_007_199_254_740_991,
    ]);
    expect(wholeNumbers('{}')).toEqual([]);
    expect(wholeNumbers('{NULL}')).toEqual([null]);
  });

  it.each(['{9007199254740993}', '{1.5}', '{1e400}', '{{1},{2}}', '{"1"}x', '{abc}'])(
    'refuses %s',
    (literal) => {
      expect(() => wholeNumbers(literal)).toThrow();
    },
  );
});
