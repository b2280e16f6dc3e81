import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { frozen, type ScenarioRun, threeYears } from '../support/three-years.js';
import { MOROCCO_LEGAL_TIME } from '../../src/core/time/legal-time.js';
import { engineStamp } from '../../src/core/engines.js';
import { comesOutAgain, settleRun } from '../../src/core/settlement/document.js';

const FILE = join(import.meta.dirname, '../../fixtures/settlement/three-years.ndjson');

describe('three contract years', () => {
  let runs: readonly ScenarioRun[];
  const of = (contract: string, period: string): readonly ScenarioRun[] =>
    runs.filter((one) => one.contract === contract && one.period === period);
  const line = (run: ScenarioRun, kind: string) =>
    run.settlement.lines.find((one) => one.kind === kind);

  beforeAll(() => {
    runs = threeYears();
  });

  it('come out byte for byte', () => {
    const text = frozen(runs);
    // A change that is meant: UPDATE_FIXTURES=1, and read what it changed.
    if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(FILE, text);
    expect(existsSync(FILE) && readFileSync(FILE, 'utf8') === text).toBe(true);
    const isAgain = runs.map((run, at) => {
      const isBefore = (one: (typeof runs)[number]): boolean =>
        one.contract === run.contract && one.period === run.period;
      const before = runs.slice(0, at).findLast(isBefore);
      const made = before === undefined ? null : { ...before, ...engineStamp('settlement') };
      return comesOutAgain(run, made, MOROCCO_LEGAL_TIME);
    });
    expect(isAgain).not.toContain(false);
  });

  it('index on the anniversary, as published, and within the cap', () => {
    const price = (period: string): string => line(of('SUPPLY', period)[0]!, 'ENERGY')!.price!;
    expect(price('2026-10')).toBe('550');
    expect(price('2027-09')).toBe('550');
    // 0.4 + 0.6 × 122.4 / 120 = 1.012: the revision of February 2028 does not count.
    expect([price('2027-10'), price('2028-09')]).toEqual(['556.6', '556.6']);
    // 0.4 + 0.6 × 131.6 / 120 = 1.058, capped at 1.05.
    expect(price('2028-10')).toBe('577.5');
  });

  it('pay what is not taken in the first year, and make it up in the second', () => {
    const [first] = of('SUPPLY', 'Y1');
    const owed = line(first!, 'TAKE_OR_PAY')!;
    expect(first!.carry.bank).toMatchObject([{ contractYear: 1, mwh: owed.quantity }]);
    const [second] = of('SUPPLY', 'Y2');
    expect(line(second!, 'MAKE_UP')!.quantity).toBe(owed.quantity);
    // Paid for at 550, taken at 556.6: only the difference is left to pay.
    expect(line(second!, 'MAKE_UP')!.price).toBe('-550');
    expect(second!.carry.bank).toEqual([]);
  });

  it('owe for coverage what each averaging rule says', () => {
    const damages = ['SUPPLY', 'SUPPLY, TIME_AVERAGED', 'SUPPLY, VOLUMETRIC'].map((contract) =>
      Number(line(of(contract, '2026-12')[0]!, 'COVERAGE_DAMAGES')!.amountMad),
    );
    // All are short in December. By night coverage is low, and so is the load: hours that count alike
    // weigh the nights more; volumes let the surplus of one hour stand for the lack of another.
    const [energyWeighted, timeAveraged, volumetric] = damages as [number, number, number];
    expect(timeAveraged).toBeLessThan(energyWeighted);
    expect(energyWeighted).toBeLessThan(volumetric);
    expect(volumetric).toBeLessThan(0);
  });

  it('restate a month by its difference', () => {
    const [final, restated] = of('SUPPLY', '2027-02');
    expect(restated!.input.run).toBe('TRUE_UP');
    const net = ({ settlement }: ScenarioRun): number => Number(settlement.totals.netMad);
    const sum = net(final!) + Number(restated!.delta!.totals.netMad);
    expect(sum.toFixed(2)).toBe(restated!.settlement.totals.netMad);
    expect(net(restated!)).toBeLessThan(net(final!));
  });

  it('settle nothing in hours of negative prices', () => {
    const { input, settlement } = of('DIFFERENCE', '2027-04')[0]!;
    const price = {
      ...input.elections.price,
      negativeRule: { rule: 'NONE', hours: null },
    } as const;
    const without = settleRun(
      { ...input, elections: { ...input.elections, price } },
      null,
      MOROCCO_LEGAL_TIME,
    ).settlement;
    const { generationWh, referenceMadPerMwh } = input.series;
    const inThem = referenceMadPerMwh!.reduce((mad, text, hour) => {
      const difference = 550 - Number(text);
      return Number(text) < 0 ? mad + (generationWh[hour]! / 1_000_000) * difference : mad;
    }, 0);
    expect(inThem).toBeGreaterThan(0);
    const net = Number(without.totals.netMad) - Number(settlement.totals.netMad);
    expect(net).toBeCloseTo(inThem, 1);
  });
});
