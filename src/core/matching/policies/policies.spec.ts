import fc from 'fast-check';
import { anyHour } from '../../../../test/support/hours.js';
import { type HourInput, matchHours } from './hour.js';
import { POLICIES, POLICY_NAMES, type PolicyName } from './policies.js';

describe.each(POLICY_NAMES)('%s', (policy) => {
  const hours = policy === 'pro-rata' ? anyHour().map(withoutTiers) : anyHour();

  it('conserves energy row by row, and a re-run is identical', () => {
    fc.assert(
      fc.property(hours, (hour) => {
        const first = matchHours([hour], POLICIES[policy], 'largest-remainder');
        expect(matchHours([hour], POLICIES[policy], 'largest-remainder')).toEqual(first);
        const [result] = first.hours;
        hour.demand.forEach(({ id, wh }) => {
          const got = result!.matches.filter((match) => match.demand === id);
          const unmet = result!.unmet.filter((row) => row.demand === id);
          expect([...got, ...unmet].reduce((sum, row) => sum + row.wh, 0)).toBe(wh);
        });
        hour.supply.forEach(({ id, wh }) => {
          const spent = result!.matches.filter((match) => match.supply === id);
          const unused = result!.unused.filter((row) => row.supply === id);
          expect([...spent, ...unused].reduce((sum, row) => sum + row.wh, 0)).toBe(wh);
        });
      }),
    );
  });

  it('does not depend on the order of rows', () => {
    fc.assert(
      fc.property(hours, fc.nat({ max: 23 }), (hour, turn) => {
        const turned = {
          ...hour,
          supply: rotate(hour.supply, turn).toReversed(),
          demand: rotate(hour.demand, turn),
          demandTiers: hour.demandTiers?.map((tier) => tier.toReversed()),
        };
        expect(asSet(turned, policy)).toEqual(asSet(hour, policy));
      }),
    );
  });
});

function asSet(hour: HourInput, policy: PolicyName): string[] {
  const { matches } = matchHours([hour], POLICIES[policy], 'largest-remainder').hours[0]!;
  return matches.map(({ demand, supply, wh }) => `${demand} ${supply} ${wh}`).sort();
}

function rotate<T>(rows: readonly T[], by: number): T[] {
  return rows.map((_, at) => rows[(at + by) % rows.length]!);
}

function withoutTiers({ start, supply, demand }: HourInput): HourInput {
  return { start, supply, demand: demand.map(({ id, wh }) => ({ id, wh })) };
}

describe('more supply, more parts, more units', () => {
  const total = (hour: HourInput, policy: PolicyName): number =>
    matchHours([hour], POLICIES[policy], 'largest-remainder').totals.matchedWh;

  it.each(['pro-rata', 'maximal'] as const)(
    '%s never matches less of more generation',
    (policy) => {
      const hours = policy === 'pro-rata' ? anyHour().map(withoutTiers) : anyHour();
      fc.assert(
        fc.property(hours, fc.nat({ max: 3 }), fc.nat({ max: 100 }), (hour, at, extraWh) => {
          const supply = hour.supply.map((row, n) =>
            n === at ? { ...row, wh: row.wh + extraWh } : row,
          );
          expect(total({ ...hour, supply }, policy)).toBeGreaterThanOrEqual(total(hour, policy));
        }),
      );
    },
  );

  it.each(['pro-rata', 'maximal'] as const)(
    '%s scales its total with load and supply',
    (policy) => {
      const hours = policy === 'pro-rata' ? anyHour().map(withoutTiers) : anyHour();
      fc.assert(
        fc.property(hours, fc.integer({ min: 1, max: 1000 }), (hour, times) => {
          const scaled = {
            ...hour,
            supply: hour.supply.map((row) => ({ ...row, wh: row.wh * times })),
            demand: hour.demand.map((row) => ({ ...row, wh: row.wh * times })),
          };
          expect(total(scaled, policy)).toBe(total(hour, policy) * times);
        }),
      );
    },
  );

  it('pro-rata matches no more when an hour is known in finer parts', () => {
    fc.assert(
      fc.property(anyHour().map(withoutTiers), anyHour().map(withoutTiers), (first, second) => {
        const whole = {
          ...first,
          supply: first.supply.map((row, at) => ({ ...row, wh: row.wh + second.supply[at]!.wh })),
          demand: first.demand.map((row, at) => ({ ...row, wh: row.wh + second.demand[at]!.wh })),
        };
        const parts = total(first, 'pro-rata') + total(second, 'pro-rata');
        expect(parts).toBeLessThanOrEqual(total(whole, 'pro-rata'));
      }),
    );
  });
});
