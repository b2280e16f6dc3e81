import fc from 'fast-check';
import { lineAt, packLines, unpackLines } from './source-lines.js';

describe('lines of a file behind a block', () => {
  it('come back as they were packed', () => {
    const line = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const runs = packLines(lines);
        const expected = lines.map((one) => (one === 0 ? null : one));
        expect(unpackLines(runs, lines.length)).toEqual(expected);
        expect(lines.map((_, at) => lineAt(runs, at))).toEqual(expected);
        expect(runs.length).toBeLessThanOrEqual(3 * lines.length);
      }),
      { numRuns: 500 },
    );
  });

  it('take three numbers for a day of a sorted file, rising, falling or by meter', () => {
    const day = (line: number, step: number) =>
      Array.from({ length: 96 }, (_, at) => line + at * step);
    expect(packLines(day(2, 1))).toEqual([0, 2, 1]);
    expect(packLines(day(900, -1))).toEqual([0, 900, -1]);
    expect(packLines(day(7, 200))).toEqual([0, 7, 200]);
    expect(packLines(day(5, 0))).toEqual([0, 5, 0]);
  });
});
