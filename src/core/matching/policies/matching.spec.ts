import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type HourInput, matchHours, type TieRule } from './hour.js';
import { matchMaximally } from './maximal.js';
import { POLICIES, type PolicyName } from './policies.js';
import { anyHour, minimumCutByBruteForce } from '../../../../test/support/hours.js';
import { matchPool, matchPoolHours, pairCells } from './pro-rata.js';

const START = '2026-10-01T00:00:00Z';

interface SpreadCase {
  readonly id: string;
  readonly title: string;
  readonly consumer_tiers: { consumer: string; generator_tiers: string[][] }[][];
  readonly consumption: [string, number][];
  readonly generation: [string, number][];
  readonly expected: {
    matches: [string, string, number][];
    unmet: [string, number][];
    excess: [string, number][];
  };
}
const { vectors: SPREAD_CASES }: { vectors: SpreadCase[] } = JSON.parse(
  readFileSync('fixtures/vectors/tiered_spread.json', 'utf8'),
);

function hourOf(spread: SpreadCase): HourInput {
  const listed = spread.consumer_tiers.flat();
  return {
    start: START,
    supply: spread.generation.map(([id, wh]) => ({ id, wh })),
    demand: spread.consumption.map(([id, wh]) => ({
      id,
      wh,
      supplyTiers: listed.find(({ consumer }) => consumer === id)!.generator_tiers,
    })),
    demandTiers: spread.consumer_tiers.map((tier) => tier.map(({ consumer }) => consumer)),
  };
}

const run = (hour: HourInput, policy: PolicyName, tieRule: TieRule = 'largest-remainder') =>
  matchHours([hour], POLICIES[policy], tieRule).hours[0]!;

describe('tiered-spread', () => {
  const cases = SPREAD_CASES.flatMap((spread) =>
    (['largest-remainder', 'first-listed'] as const).map(
      (tieRule) => [spread.id, spread.title, tieRule, spread] as const,
    ),
  );
  // Source of the cases: 24/7 SDK, spreadMatcher.spec.ts @86b58df (MIT, Energy Web Foundation).
  it.each(cases)('%s %s, %s', (_id, _title, tieRule, spread) => {
    const result = run(hourOf(spread), 'tiered-spread', tieRule);
    expect({
      matches: result.matches.map(({ demand, supply, wh }) => [demand, supply, wh]),
      unmet: result.unmet.map(({ demand, wh }) => [demand, wh]),
      excess: result.unused.map(({ supply, wh }) => [supply, wh]),
    }).toEqual(spread.expected);
  });

  it('passes over a tier without a route, and serves the one below', () => {
    const hour: HourInput = {
      start: START,
      supply: [{ id: 'GB', wh: 5 }],
      demand: [
        { id: 'CA', wh: 5, supplyTiers: [['GA']] },
        { id: 'CB', wh: 5, supplyTiers: [['GB']] },
      ],
      demandTiers: [['CA'], ['CB']],
    };
    expect(run(hour, 'tiered-spread').matches).toEqual([{ demand: 'CB', supply: 'GB', wh: 5 }]);
  });

  it('spreads odd units by carried remainders, not always to the first', () => {
    const supply = ['G1', 'G2', 'G3', 'G4'].map((id) => ({ id, wh: 1 }));
    const demand = [
      { id: 'CA', wh: 9, supplyTiers: [['G1'], ['G2'], ['G3'], ['G4']] },
      { id: 'CB', wh: 9, supplyTiers: [['G1'], ['G2'], ['G3'], ['G4']] },
    ];
    const taken = (tieRule: TieRule) =>
      run({ start: START, supply, demand }, 'tiered-spread', tieRule).matches.map(
        (match) => match.demand,
      );
    expect(taken('largest-remainder').filter((id) => id === 'CA')).toHaveLength(2);
    expect(taken('first-listed').filter((id) => id === 'CA')).toHaveLength(4);
  });

  it('keeps two rows of one id apart', () => {
    const hour: HourInput = {
      start: START,
      supply: [
        { id: 'GA', wh: 3 },
        { id: 'GA', wh: 4 },
      ],
      demand: [{ id: 'CA', wh: 7, supplyTiers: [['GA']] }],
      demandTiers: [['CA']],
    };
    expect(run(hour, 'tiered-spread').matches).toEqual([
      { demand: 'CA', supply: 'GA', wh: 3 },
      { demand: 'CA', supply: 'GA', wh: 4 },
    ]);
  });
});

describe('pro-rata', () => {
  it('gives every demand the mix of the pool', () => {
    const hour: HourInput = {
      start: START,
      supply: [
        { id: 'PV', wh: 30 },
        { id: 'WIND', wh: 60 },
      ],
      demand: [
        { id: 'A', wh: 100 },
        { id: 'B', wh: 50 },
      ],
    };
    expect(run(hour, 'pro-rata').matches).toEqual([
      { demand: 'A', supply: 'PV', wh: 20 },
      { demand: 'A', supply: 'WIND', wh: 40 },
      { demand: 'B', supply: 'PV', wh: 10 },
      { demand: 'B', supply: 'WIND', wh: 20 },
    ]);
  });

  it('refuses a pool in which a pair is not eligible', () => {
    const hour: HourInput = {
      start: START,
      supply: [
        { id: 'PV', wh: 30 },
        { id: 'WIND', wh: 60 },
      ],
      demand: [{ id: 'A', wh: 100, supplyTiers: [['PV']] }],
    };
    expect(() => run(hour, 'pro-rata')).toThrow('matching.pool_required');
  });

  it('keeps both margins when pairs are derived from row totals', () => {
    const wh = fc.array(fc.nat({ max: 10 ** 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(wh, wh, (load, generation) => {
        const totals = matchPool(Float64Array.from(load), Float64Array.from(generation));
        const rows = new Float64Array(load.length);
        const columns = new Float64Array(generation.length);
        for (const cell of pairCells(totals.demandWh, totals.supplyWh)) {
          rows[cell.demand]! += cell.wh;
          columns[cell.supply]! += cell.wh;
        }
        expect(rows).toEqual(totals.demandWh);
        expect(columns).toEqual(totals.supplyWh);
      }),
    );
  });

  it('gives the same over a year at once as hour by hour', () => {
    const hours = fc.array(fc.array(fc.nat({ max: 10 ** 8 }), { minLength: 5, maxLength: 5 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(hours, (rows) => {
        const load = Float64Array.from(rows.flatMap((row) => row.slice(0, 3)));
        const generation = Float64Array.from(rows.flatMap((row) => row.slice(3)));
        const all = matchPoolHours(
          { values: load, rowCount: 3 },
          { values: generation, rowCount: 2 },
        );
        rows.forEach((row, hour) => {
          const one = matchPool(
            Float64Array.from(row.slice(0, 3)),
            Float64Array.from(row.slice(3)),
          );
          expect(all.demandWh.slice(hour * 3, hour * 3 + 3)).toEqual(one.demandWh);
          expect(all.supplyWh.slice(hour * 2, hour * 2 + 2)).toEqual(one.supplyWh);
        });
      }),
    );
  });
});

describe('maximal', () => {
  it('re-pairs so that a later demand is served too', () => {
    // CA may use both, CB only G1: spreading first leaves CB short, and a path repairs it.
    const hour: HourInput = {
      start: START,
      supply: [
        { id: 'G1', wh: 10 },
        { id: 'G2', wh: 10 },
      ],
      demand: [
        { id: 'CA', wh: 10, supplyTiers: [['G1', 'G2']] },
        { id: 'CB', wh: 10, supplyTiers: [['G1']] },
      ],
      demandTiers: [['CA', 'CB']],
    };
    expect(run(hour, 'tiered-spread').unmet).not.toEqual([]);
    expect(run(hour, 'maximal').unmet).toEqual([]);
  });

  it('is a maximum, lexicographic by tier, and never lowers the first tier', () => {
    fc.assert(
      fc.property(anyHour(), (hour) => {
        const spread = matchHours([hour], POLICIES['tiered-spread'], 'largest-remainder').totals;
        const { totals, hours } = matchHours([hour], POLICIES.maximal, 'largest-remainder');
        expect(totals.matchedWh).toBeGreaterThanOrEqual(spread.matchedWh);
        expect(matchMaximally(hour).proof.cutWh).toBe(totals.matchedWh);
        const tiers = hour.demandTiers!;
        tiers.forEach((_, last) => {
          const served = new Set(tiers.slice(0, last + 1).flat());
          const got = hours[0]!.matches
            .filter(({ demand }) => served.has(demand))
            .reduce((sum, { wh }) => sum + wh, 0);
          expect(got).toBe(minimumCutByBruteForce(hour, served));
        });
      }),
      { numRuns: 300 },
    );
  });
});
