import { readFileSync } from 'node:fs';
import { guaranteeOutlook, type CoverageGuarantee } from '../contracts/coverage-guarantee.js';
import { HOUR_MS } from '../time/interval.js';
import { coverageByBucket, type CoverageHour, coverageOfHours, windowedCoverage } from './views.js';

const vectors = JSON.parse(readFileSync('fixtures/vectors/coverage_windows.json', 'utf8'));
const MWH = 1_000_000;

const hour = (
  at: number,
  loadWh: number,
  generationWh: number,
  grid: number | null = 0,
): CoverageHour => ({
  ...{ hourMs: at * HOUR_MS, loadWh, generationWh, gridCfePpm: grid },
  matchedWh: Math.min(loadWh, generationWh),
});

describe('coverage by window', () => {
  it.each<{
    id: string;
    report_days: number;
    claims: { count: number; wh_each: number; offset_hours: number }[];
    expected: object;
  }>(vectors.vectors)('$id', ({ report_days: days, claims, expected }) => {
    const flat = claims.map(({ count, wh_each: each, offset_hours: offsetHours }) => ({
      wh: count * each,
      offsetHours,
    }));
    const found = windowedCoverage(flat, vectors.consumption.total_wh, days);
    for (const [name, pct] of Object.entries(expected)) {
      const exact = found[name as keyof typeof found];
      expect([name, exact === null ? null : Number(Number(exact).toFixed(1))]).toEqual([name, pct]);
    }
  });
});

describe('coverage by bucket', () => {
  const hours = [
    hour(0, 40, 30),
    hour(1, 20, 52),
    hour(2, 40, 61),
    hour(3, 60, 0, null),
    hour(4, 0, 18),
    hour(5, 40, 40, 500_000),
  ];

  it('knows three coverages, both CFE, and what it does not know', () => {
    expect(coverageOfHours(hours)).toMatchObject({
      ...{ loadWh: 200, generationWh: 201, matchedWh: 130, residualWh: 70, excessWh: 71 },
      ...{ loadedHours: 5, fullyMatchedHours: 3, gridUnknownWh: 60, fullyMatchedPct: '60.000000' },
      ...{
        energyWeightedPct: '65.000000',
        energyWeightedClaimPct: '65.00',
        timeAveragedPct: '75.000000',
      },
      ...{
        volumetricPct: '100.500000',
        volumetricCappedPct: '100.000000',
        cfeWithGridPct: '65.000000',
      },
    });
    expect(coverageOfHours([hour(0, 4, 3, 500_000)]).cfeWithGridPct).toBe('87.500000');
  });

  it('is not applicable where nothing was used', () => {
    const [empty] = coverageByBucket([hour(4, 0, 18)], () => 'x');
    expect(empty).toMatchObject({
      energyWeightedPct: null,
      timeAveragedPct: null,
      volumetricPct: null,
      fullyMatchedPct: null,
      cfeWithGridPct: null,
    });
  });

  it('computes every bucket from its own hours, and they sum to the whole', () => {
    const buckets = coverageByBucket(hours, (ms) => String(Math.floor(ms / HOUR_MS / 4)));
    expect(buckets.map(({ bucket, hourCount }) => [bucket, hourCount])).toEqual([
      ['0', 4],
      ['1', 2],
    ]);
    expect(buckets.reduce((sum, { matchedWh }) => sum + matchedWh, 0)).toBe(130);
  });
});

describe('a coverage guarantee', () => {
  const GENERATION = [30, 52, 61, 0, 18, 40];
  const LOAD = [40, 20, 40, 60, 40, 40];
  const hours = LOAD.map((load, at) => ({
    ...hour(at, load * MWH, GENERATION[at]! * MWH),
    isForecast: false,
  }));
  const guarantee = (
    metric: CoverageGuarantee['metric'],
    more: Partial<CoverageGuarantee> = {},
  ): CoverageGuarantee => ({
    ...{
      metric,
      levelPct: '80',
      rateMadPerMwh: '120',
      period: 'month',
      zeroLoadHour: 'COVERED',
      ...more,
    },
  });

  // SETTLEMENT E16.
  // prettier-ignore
  it.each([
    ['ENERGY_WEIGHTED', '61.666667', '44.000000', '5280.00'],
    ['TIME_AVERAGED',   '70.000000', '24.000000', '2880.00'],
    ['VOLUMETRIC',      '83.750000', '0.000000',  '0.00'],
  ] as const)('by %s stands at %s %%, short %s MWh, %s MAD', (metric, coveragePct, shortfallMwh, damagesMad) => {
    const { accrued, projected, warnings } = guaranteeOutlook(guarantee(metric), hours);
    expect(accrued).toMatchObject({ hours: 6, loadWh: 240 * MWH, coveragePct, shortfallMwh, damagesMad });
    expect([projected, warnings]).toEqual([null, []]);
  });

  it('warns of forecast hours that are short while the period stands below its level', () => {
    const forecast = [
      { ...hour(6, 40 * MWH, 40 * MWH), isForecast: true },
      { ...hour(7, 40 * MWH, 0), isForecast: true },
    ];
    const outlook = guaranteeOutlook(guarantee('ENERGY_WEIGHTED'), [...hours, ...forecast]);
    expect(outlook.accrued.damagesMad).toBe('5280.00');
    expect(outlook.projected).toMatchObject({
      hours: 8,
      shortfallMwh: '68.000000',
      damagesMad: '8160.00',
    });
    expect(outlook.warnings).toEqual([
      { hourMs: 7 * HOUR_MS, shortWh: 40 * MWH, coveragePct: '58.750000' },
    ]);
  });

  it('counts an hour without load as the contract says', () => {
    const idle = [...hours, { ...hour(6, 0, 0), isForecast: false }];
    const covered = guaranteeOutlook(guarantee('TIME_AVERAGED'), idle).accrued;
    const excluded = guaranteeOutlook(
      guarantee('TIME_AVERAGED', { zeroLoadHour: 'EXCLUDED' }),
      idle,
    ).accrued;
    expect([covered.coveragePct, excluded.coveragePct]).toEqual(['74.285714', '70.000000']);
    const nothing = guaranteeOutlook(guarantee('ENERGY_WEIGHTED'), [
      { ...hour(6, 0, 0), isForecast: false },
    ]);
    expect(nothing.accrued).toMatchObject({ coveragePct: null, damagesMad: '0.00' });
  });
});
