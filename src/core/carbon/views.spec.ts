import { readFileSync } from 'node:fs';
import { HOUR_MS } from '../time/interval.js';
import { coverageByBucket, type CoverageHour, coverageOfHours, windowedCoverage } from './views.js';

const vectors = JSON.parse(readFileSync('fixtures/vectors/coverage_windows.json', 'utf8'));

const hour = (
  at: number,
  loadWh: number,
  generationWh: number,
  grid: number | null = 0,
): CoverageHour => ({
  hourMs: at * HOUR_MS,
  loadWh,
  generationWh,
  gridCfePpm: grid,
  matchedWh: Math.min(loadWh, generationWh),
  undecidedHours: 0,
  undecidedWh: 0,
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

describe('coverage with undecided load', () => {
  it('counts it as load that nothing matched, and says the share without it', () => {
    const undecided = { ...hour(1, 60, 0), undecidedHours: 2, undecidedWh: 60 };
    expect(coverageOfHours([hour(0, 40, 30), undecided])).toMatchObject({
      loadWh: 100,
      residualWh: 70,
      undecidedHours: 2,
      undecidedWh: 60,
      energyWeightedPct: '30.000000',
      withoutUndecidedPct: '75.000000',
    });
    expect(coverageOfHours([undecided]).withoutUndecidedPct).toBeNull();
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
      loadWh: 200,
      generationWh: 201,
      matchedWh: 130,
      residualWh: 70,
      excessWh: 71,
      loadedHours: 5,
      fullyMatchedHours: 3,
      gridUnknownWh: 60,
      fullyMatchedPct: '60.000000',
      energyWeightedPct: '65.000000',
      energyWeightedClaimPct: '65.00',
      timeAveragedPct: '75.000000',
      volumetricPct: '100.500000',
      volumetricCappedPct: '100.000000',
      cfeWithGridPct: '65.000000',
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
