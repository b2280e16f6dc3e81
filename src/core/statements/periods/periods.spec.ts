import fc from 'fast-check';
import { reckon } from '../../../../test/support/period-reference.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../time/legal-time.js';
import { reportingPeriod } from '../../time/reporting-period.js';
import { HOUR_MS } from '../../time/interval.js';
import type { StatementHour } from '../statement-hour.js';
import { periodFigures, type PeriodFigures, type PeriodSources } from './period-figures.js';
import type { PeriodMonth } from './period-month.js';
import { sumOfMonths, unclosedLine } from './sum-of-months.js';

const NONE: PeriodSources = {
  runs: [],
  blocks: [],
  certificates: [],
  plants: [],
  contracts: [],
  gridFactors: [],
  residualMix: [],
  fossilFactors: [],
};
const PLANTS = [
  { plantCode: 'PV', directFactorMgPerKwh: 0 },
  { plantCode: 'WIND', directFactorMgPerKwh: 11_500 },
];

/** How a random month is drawn. */
interface Drawn {
  readonly load: number;
  readonly generation: number;
  readonly estimated: number;
  readonly isApplied: boolean;
  readonly hasMix: boolean;
  readonly cancelledMille: number;
  readonly seed: number;
}

/** Hours of a civil month from a seed: some without load, some with nothing generated. */
function monthOf(siteCode: string, month: string, drawn: Drawn): PeriodMonth {
  const { startMs, hourCount } = civilMonth(MOROCCO_LEGAL_TIME, month);
  let state = drawn.seed >>> 0;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return below === 0 ? 0 : Math.floor((state / 2 ** 32) * below);
  };
  const taken = [0, 0];
  const excess = [0, 0];
  const hours = Array.from({ length: hourCount }, (_, at): StatementHour => {
    const loadWh = next(5) === 0 ? 0 : next(drawn.load);
    const made = [next(drawn.generation), next(3) === 0 ? 0 : next(drawn.generation)];
    const first = Math.min(made[0]!, loadWh);
    const second = Math.min(made[1]!, loadWh - first);
    taken[0]! += first;
    taken[1]! += second;
    excess[0]! += made[0]! - first;
    excess[1]! += made[1]! - second;
    return {
      hourMs: startMs + at * HOUR_MS,
      loadWh,
      estimatedLoadWh: next(4) === 0 ? Math.min(loadWh, next(drawn.estimated)) : 0,
      generationWh: made[0]! + made[1]!,
      matchedWh: first + second,
      gridFactorMgPerKwh: 300_000 + next(500_000),
      gridCfePpm: next(6) === 0 ? null : next(1_000_001),
      residualMixMgPerKwh: drawn.hasMix && next(50) > 0 ? 400_000 + next(400_000) : null,
      fossilMgPerKwh: 760_000,
    };
  });
  return {
    siteCode,
    month,
    hours,
    areInstrumentsApplied: drawn.isApplied,
    plants: PLANTS.map((plant, at) => ({
      ...plant,
      generationWh: taken[at]! + excess[at]!,
      matchedWh: taken[at]!,
    })),
    surplusCancelledWh: excess.map((wh) => Math.floor((wh * drawn.cancelledMille) / 1000)),
  };
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  load: fc.constantFrom(0, 1, 7, 40_000_000, 4_000_000_000),
  generation: fc.constantFrom(0, 3, 55_000_000, 6_000_000_000),
  estimated: fc.constantFrom(0, 30_000_000),
  isApplied: fc.boolean(),
  hasMix: fc.boolean(),
  cancelledMille: fc.constantFrom(0, 333, 1000),
  seed: fc.nat(),
});

const saidBy = ({ figures }: PeriodFigures, of: object): object =>
  Object.fromEntries(
    Object.keys(of).map((id) => [id, figures.find((figure) => figure.id === id)?.value]),
  );

/** Months with what legal time does to them, a leap February, a quarter and a whole year. */
const PERIODS = ['2024-Q1', '2026-Q1', '2026-Q3', '2026-02', '2024'];

const sitesIn = fc.constantFrom(...PERIODS).chain((name) => {
  const { months } = reportingPeriod(name, null);
  const sites = months.length > 3 ? ['A'] : ['A', 'B'];
  const wanted = sites.flatMap((site) => months.map((month) => [site, month] as const));
  return fc
    .tuple(fc.array(drawn, { minLength: wanted.length, maxLength: wanted.length }), fc.nat(11))
    .map(([all, gone]) =>
      // One site begins late: what came before is none of its months.
      wanted
        .map(([site, month], at) => monthOf(site, month, all[at]!))
        .filter(({ siteCode }, at) =>
          siteCode === 'A' ? at >= Math.min(gone, months.length - 1) : true,
        ),
    );
});

describe('the figures of a period', () => {
  it('are what an independent reckoning in whole numbers comes to', () => {
    fc.assert(
      fc.property(sitesIn, (months) => {
        const again = reckon(months);
        expect(saidBy(periodFigures(months, NONE), again)).toEqual(again);
      }),
      { numRuns: 7 },
    );
  });

  it('are the sums of their months exactly, and the order of months changes nothing', () => {
    fc.assert(
      fc.property(sitesIn, (months) => {
        const found = periodFigures(months, NONE);
        expect(unclosedLine(found.sumOfMonths)).toBeNull();
        for (const { because, difference } of found.sumOfMonths) {
          if (because === null) expect(difference).toBe('0');
        }
        expect(periodFigures(months.toReversed(), NONE)).toEqual(found);
        const tierWh = found.tiers.reduce((sum, { wh }) => sum + wh, 0);
        expect(tierWh).toBe(found.figures.find(({ id }) => id === 'loadWh')!.value);
      }),
      { numRuns: 4 },
    );
  });

  it('are those of a month where the period is one, but for surplus that was cancelled', () => {
    const month = monthOf('A', '2026-09', {
      load: 40_000_000,
      generation: 30_000_000,
      estimated: 1_000,
      isApplied: true,
      hasMix: false,
      cancelledMille: 0,
      seed: 7,
    });
    expect(month.hours).toHaveLength(721);
    for (const { difference } of periodFigures([month], NONE).sumOfMonths) {
      expect(difference).toBe('0');
    }
  });

  const flat = (month: string, wh: Partial<StatementHour>, surplusWh: number): PeriodMonth => ({
    siteCode: 'A',
    month,
    hours: [
      {
        hourMs: 0,
        loadWh: 10_000_000,
        estimatedLoadWh: 0,
        generationWh: 0,
        matchedWh: 0,
        gridFactorMgPerKwh: 600_000,
        gridCfePpm: null,
        residualMixMgPerKwh: null,
        fossilMgPerKwh: 760_000,
        ...wh,
      },
    ],
    plants: [
      {
        plantCode: 'PV',
        directFactorMgPerKwh: 0,
        generationWh: wh.generationWh ?? 0,
        matchedWh: wh.matchedWh ?? 0,
      },
    ],
    areInstrumentsApplied: true,
    surplusCancelledWh: [surplusWh],
  });

  it('apply surplus that was cancelled in one month to others, up to what was used', () => {
    const sunny = flat('2026-06', { generationWh: 25_000_000, matchedWh: 10_000_000 }, 12_000_000);
    const dark = flat('2026-12', { gridFactorMgPerKwh: 700_000 }, 0);
    const { surplus, sumOfMonths: lines, tiers } = periodFigures([sunny, dark], NONE);
    expect(surplus).toEqual({
      cancelledWh: 12_000_000,
      countedWh: 10_000_000,
      beyondNeedWh: 2_000_000,
      notCancelledWh: 3_000_000,
    });
    expect(lines.find(({ figure }) => figure === 'marketBased2015T')).toMatchObject({
      monthsStated: '7',
      period: '0',
      difference: '-7',
    });
    expect(tiers.map(({ tier, wh }) => [tier, wh])).toEqual([
      [1, 20_000_000],
      [5, 0],
    ]);
  });

  it('do not let one site use what was cancelled at another', () => {
    const sunny = flat('2026-06', { generationWh: 25_000_000, matchedWh: 10_000_000 }, 12_000_000);
    const other = { ...flat('2026-06', {}, 0), siteCode: 'B' };
    const { surplus } = periodFigures([sunny, other], NONE);
    expect(surplus).toMatchObject({ countedWh: 0, beyondNeedWh: 12_000_000 });
  });

  it('say which line does not close', () => {
    const { sites } = periodFigures([flat('2026-06', {}, 0)], NONE);
    const [{ sums }] = sites as [PeriodFigures['sites'][number]];
    expect(unclosedLine(sumOfMonths(sums, sums))).toBeNull();
    const other = { ...sums, loadWh: sums.loadWh + 1 };
    expect(unclosedLine(sumOfMonths(sums, other))).toContain('loadWh');
    const later = { ...sums, hourly: sums.hourly.plus(1) };
    expect(unclosedLine(sumOfMonths(sums, later))).toContain('marketHourlyT');
  });
});
