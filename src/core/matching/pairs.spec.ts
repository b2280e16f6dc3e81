import fc from 'fast-check';
import { isKeptWhole, pairReader } from './pairs.js';

const flows = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .chain(([demands, supplies]) =>
    fc.record({
      supplies: fc.constant(supplies),
      flowWh: fc.array(fc.integer({ min: 0, max: 3 }), {
        minLength: demands * supplies,
        maxLength: demands * supplies,
      }),
    }),
  );

describe('pairs of an hour', () => {
  it('are the flows above zero, whatever hour came before', () => {
    fc.assert(
      fc.property(fc.array(flows, { maxLength: 6 }), fc.boolean(), (hours, isFull) => {
        const readPairs = pairReader();
        for (const { supplies, flowWh } of hours) {
          const values = flowWh.map((wh) => (isFull ? wh + 1 : wh));
          const expected = values.flatMap((wh, cell) =>
            wh === 0 ? [] : [[Math.floor(cell / supplies), cell % supplies, wh]],
          );
          const { demand, supply, wh, texts } = readPairs(Float64Array.from(values), supplies);
          expect(Array.from(wh, (one, at) => [demand[at], supply[at], one])).toEqual(expected);
          expect(texts).toEqual({
            demand: expected.map(([at]) => at).join(','),
            supply: expected.map(([, at]) => at).join(','),
            wh: expected.map(([, , one]) => one).join(','),
          });
        }
      }),
    );
  });

  it.each([
    [[5, 5, 5, 5], true],
    [[5, 0, 0, 5], true],
    [[5, 0, 0, 0], false],
    [[0, 0, 0, 0], false],
  ])('of %j are kept whole: %j', (flowWh, isWhole) => {
    const pairs = pairReader()(Float64Array.from(flowWh), 2);
    const hour = { hourMs: 0, meters: ['A', 'B'], certificates: ['c', 'd'], pairs, cut: null };
    expect(isKeptWhole(hour)).toBe(isWhole);
  });
});
