import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { DomainError } from '../errors.js';
import { toHex } from '../ledger/merkle.js';
import { drawUnits, planUnits, RELIABILITY_PER_100 } from './monetary-unit.js';
import { itemOf, populationHash, populationTable, type SampleItem } from './population.js';
import { project } from './projection.js';
import { requireNonce, seedOf } from './seed.js';
import { controlTestCount, drawStratified } from './stratified.js';

interface Case {
  readonly name: string;
  readonly root: string;
  readonly nonce: string;
  readonly items: readonly (readonly [stratum: string, key: string, size: number])[];
  readonly tolerable?: number;
  readonly confidencePct?: 90 | 95;
  readonly count?: number;
}

const { cases } = JSON.parse(readFileSync('fixtures/vectors/sampling.json', 'utf8')) as {
  readonly cases: readonly (Case & { readonly expected: object })[];
};

const itemsOf = ({ items }: Case): SampleItem[] =>
  items.map(([stratum, key, size]) => ({ stratum, key, size }));

function drawn(one: Case): object {
  const seed = seedOf(new Uint8Array(Buffer.from(one.root, 'hex')), one.nonce);
  const items = itemsOf(one);
  const said = { seed: toHex(seed), table: populationHash(items) };
  if (one.count !== undefined) {
    const sample = drawStratified(items, { count: one.count, seed });
    return { ...said, keys: sample.items.map(({ key }) => key) };
  }
  const [tolerable, confidencePct] = [one.tolerable!, one.confidencePct!];
  const sample = drawUnits(items, { tolerable, confidencePct, seed });
  return {
    ...said,
    planned: sample.plannedCount,
    interval: sample.interval,
    start: sample.start,
    keys: sample.items.map(({ key }) => key),
    units: sample.items.map(({ unit }) => unit),
  };
}

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
  }
  return 'none';
};

const item = fc.record({
  stratum: fc.constantFrom('measured/A', 'measured/B', 'estimated/A', 'credit/measured/é', 'ü'),
  key: fc.stringMatching(/^[A-Za-z0-9é]{1,8}$/),
  size: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 }), fc.nat()),
});
const population = fc.uniqueArray(item, {
  selector: ({ key }) => key,
  minLength: 1,
  maxLength: 60,
});
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
const total = (items: readonly SampleItem[]): number =>
  items.reduce((sum, { size }) => sum + size, 0);

describe('samples', () => {
  it.each(cases.map((one) => [one.name, one] as const))('draws as published: %s', (_, one) => {
    expect(drawn(one)).toEqual(one.expected);
  });

  it('depends on the population alone, not on the order in which it comes', () => {
    fc.assert(
      fc.property(population, seed, (items, bytes) => {
        const reversed = items.toReversed();
        expect(populationTable(reversed)).toBe(populationTable(items));
        const of = { count: 7, seed: bytes };
        expect(drawStratified(reversed, of)).toEqual(drawStratified(items, of));
        if (total(items) === 0) return;
        const tolerable = Math.max(3, total(items));
        const wanted = { tolerable, confidencePct: 95, seed: bytes } as const;
        expect(drawUnits(reversed, wanted)).toEqual(drawUnits(items, wanted));
      }),
    );
  });

  it('takes every item of an interval or more, no empty one, and stops once in each interval of the rest', () => {
    fc.assert(
      fc.property(
        population,
        seed,
        fc.integer({ min: 3, max: 20_000 }),
        (items, bytes, tolerable) => {
          fc.pre(total(items) > 0);
          const sample = drawUnits(items, { tolerable, confidencePct: 95, seed: bytes });
          const large = items.filter(({ size }) => size >= sample.interval);
          const certain = sample.items.filter(({ because }) => because === 'certain');
          expect(certain).toHaveLength(large.length);
          expect(sample.items.every(({ size }) => size > 0)).toBe(true);
          const restTotal = total(items) - total(large);
          const stops = Math.max(0, Math.ceil((restTotal - sample.start) / sample.interval));
          expect(sample.items.length - certain.length).toBe(stops);
        },
      ),
    );
  });

  it('finds an item in proportion to its size over all seeds', () => {
    const items = [10, 20, 30, 40].map((size, at) => ({ stratum: 's', key: `${at}`, size }));
    const found = new Map(items.map(({ key }) => [key, 0]));
    for (let start = 0; start < 100; start += 1) {
      const bytes = new Uint8Array(32);
      bytes[31] = start;
      const sample = drawUnits(items, { tolerable: 300, confidencePct: 95, seed: bytes });
      for (const { key } of sample.items) found.set(key, found.get(key)! + 1);
    }
    expect([...found.values()]).toEqual([10, 20, 30, 40]);
  });

  it('gives each stratum one where there are enough, and in all what was wanted', () => {
    fc.assert(
      fc.property(population, seed, fc.integer({ min: 1, max: 80 }), (items, bytes, count) => {
        const { strata, items: taken } = drawStratified(items, { count, seed: bytes });
        expect(taken).toHaveLength(Math.min(count, items.length));
        const isEnough = Math.min(count, items.length) >= strata.length;
        if (isEnough) expect(strata.every(({ drawnCount }) => drawnCount > 0)).toBe(true);
        expect(strata.every((one) => one.drawnCount <= one.count)).toBe(true);
      }),
    );
  });

  it.each([
    // P, T, confidence, n, J: n = ⌈P R100 / 100 T⌉, J = ⌊100 T / R100⌋
    [1_000_000, 30_000, 95, 100, 10_000],
    [1_000_000, 30_000, 90, 77, 12_987],
    [1_000_001, 30_000, 95, 101, 10_000],
    [9_007_199_254_740_991, 9_007_199_254_740_991, 95, 3, 3_002_399_751_580_330],
    [1, 3, 95, 1, 1],
  ] as const)('sizes P %i, T %i at %i %%: n %i, J %i', (P, T, confidencePct, n, J) => {
    expect(planUnits({ total: P, tolerable: T, confidencePct })).toEqual({
      plannedCount: n,
      interval: J,
    });
  });

  it('refuses what cannot be drawn', () => {
    const plan = (P: number, T: number) => () =>
      planUnits({ total: P, tolerable: T, confidencePct: 95 });
    expect(refusal(plan(100, 2))).toBe('sampling.interval_below_one');
    expect(refusal(plan(0, 300))).toBe('sampling.nothing_to_draw');
    const none = () => drawStratified([], { count: 4, seed: new Uint8Array(32) });
    expect(refusal(none)).toBe('sampling.nothing_to_draw');
    expect(refusal(() => requireNonce('x'.repeat(15)))).toBe('sampling.nonce_unusable');
    expect(refusal(() => requireNonce('é'.repeat(33)))).toBe('sampling.nonce_unusable');
    expect(refusal(() => requireNonce(`${'x'.repeat(20)}\ud800`))).toBe('sampling.nonce_unusable');
    expect(refusal(() => requireNonce('é'.repeat(8)))).toBe('none');
    const twice = [1, 2].map((size) => ({ stratum: 's', key: 'k', size }));
    expect(() => populationTable(twice)).toThrow('a key names one item');
  });

  it('knows how many items a control is tested on', () => {
    expect(controlTestCount('daily', null)).toBe(20);
    expect(controlTestCount('monthly', 6)).toBe(6);
    expect(refusal(() => controlTestCount('weekly', 11))).toBe('sampling.size_out_of_range');
    expect(refusal(() => controlTestCount('quarterly', 3))).toBe('sampling.size_out_of_range');
  });
});

describe('projection', () => {
  const items = [
    itemOf({ stratum: 'measured/A', key: 'a', amount: 500 }),
    itemOf({ stratum: 'measured/A', key: 'b', amount: 40 }),
    itemOf({ stratum: 'measured/A', key: 'c', amount: -30 }),
  ].map((one, at) => ({
    ...one,
    because: at === 0 ? ('certain' as const) : ('drawn' as const),
    unit: at === 0 ? null : at,
  }));
  const of = { items, interval: 100, tolerable: 300, reliabilityPer100: RELIABILITY_PER_100[95] };

  it('counts errors of certain items as they are, and projects those of drawn ones', () => {
    // 500 → 490: 10. 40 → 30: 100 × 10 / 40 = 25. −30 → −33: 100 × 3 / 30 = 10 understated credit.
    const tested = [
      { key: 'a', audited: 490 },
      { key: 'b', audited: 30 },
      { key: 'c', audited: -33 },
    ];
    expect(project(of, tested)).toEqual({
      testedCount: 3,
      itemCount: 3,
      errorCount: 3,
      known: 10,
      projected: 35,
      total: 45,
      isTolerable: true,
      basicPrecision: 300,
    });
    expect(project({ ...of, tolerable: 44 }, tested).isTolerable).toBe(false);
  });

  it('says nothing of what is tolerable before every item is tested', () => {
    const half = project(of, [{ key: 'a', audited: 500 }]);
    expect([half.testedCount, half.errorCount, half.isTolerable]).toEqual([1, 0, null]);
  });

  it('sets no understatement off against an overstatement', () => {
    const tested = [
      { key: 'a', audited: 100 },
      { key: 'b', audited: 200 },
      { key: 'c', audited: -30 },
    ];
    const found = project(of, tested);
    expect([found.total, found.isTolerable]).toEqual([0, false]);
  });
});
