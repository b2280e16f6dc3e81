import fc from 'fast-check';
import { anyHour } from '../../../../test/support/hours.js';
import { seeded } from '../../../../test/support/seeded.js';
import { spreadByTheBook } from '../../../../test/support/spread-reference.js';
import type { HourInput } from './hour.js';
import { tieredSpread } from './tiered-spread.js';

const engine = (hour: HourInput): [string, number][] =>
  tieredSpread(hour, 'largest-remainder').map(({ demand, supply, wh }) => [
    `${demand}:${supply}`,
    wh,
  ]);
const inOrder = (cells: Iterable<readonly [string, number]>) =>
  [...cells].filter(([, wh]) => wh > 0).sort(([a], [b]) => (a < b ? -1 : 1));

/** Many rows that share a few lists of supplies; volumes small, so that odd units decide. */
function crowdedHour(): fc.Arbitrary<HourInput> {
  const supplyIds = ['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G7'];
  const tiers = fc
    .shuffledSubarray(supplyIds, { minLength: 1 })
    .chain((ids) => fc.nat({ max: ids.length }).map((cut) => [ids.slice(0, cut), ids.slice(cut)]));
  const volume = fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 400 }));
  return fc.record({
    start: fc.constant('2026-10-01T00:00:00Z'),
    supply: fc.tuple(...supplyIds.map((id) => volume.map((wh) => ({ id, wh })))),
    demand: fc
      .tuple(
        fc.array(tiers, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(volume, fc.nat({ max: 2 })), { minLength: 1, maxLength: 16 }),
      )
      .map(([lists, rows]) =>
        rows.map(([wh, list], at) => ({
          id: `C${String(at % 13).padStart(2, '0')}`,
          wh,
          supplyTiers: lists[list % lists.length]!,
        })),
      ),
    demandTiers: fc.constant([
      ['C03', 'C00', 'C05', 'C07', 'C01', 'C09', 'C11'],
      ['C02', 'C04', 'C12', 'C06', 'C08', 'C10'],
    ]),
  });
}

describe('rounds by levels', () => {
  it.each([
    ['few rows, each with its own tiers', anyHour()],
    ['many rows that share their tiers', crowdedHour()],
  ])('are the rule on bigints, route by route: %s', (_, hours) => {
    fc.assert(
      fc.property(hours, (hour) => {
        expect(inOrder(engine(hour))).toEqual(inOrder(spreadByTheBook(hour)));
      }),
      { numRuns: 400 },
    );
  });

  it('are the rule for a pool of two hundred meters and thirty plants', () => {
    const random = seeded(7);
    const supply = Array.from({ length: 30 }, (_, at) => ({
      id: `P-${String(at).padStart(2, '0')}`,
      wh: Math.floor(random() * 900_000),
    }));
    const demand = Array.from({ length: 200 }, (_, at) => ({
      id: `M-${String(at).padStart(3, '0')}`,
      wh: 50_000 + Math.floor(random() * 50_000),
    }));
    const hour = { start: '2026-10-01T00:00:00Z', supply, demand };
    expect(inOrder(engine(hour))).toEqual(inOrder(spreadByTheBook(hour)));
  });
});
