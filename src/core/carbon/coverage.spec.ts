import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../time/legal-time.js';
import { Decimal } from '../units/money.js';
import { claimPct } from '../units/ratio.js';
import { coverageOf } from './coverage.js';

interface GoldenRow {
  readonly startMs: number;
  readonly solarWh: number;
  readonly windWh: number;
  readonly loadWh: number;
  readonly gridCfePpm: number;
  readonly gridFactorMgPerKwh: number;
  readonly estimated: boolean;
}

function goldenRows(file: string): GoldenRow[] {
  const [, ...lines] = readFileSync(`fixtures/vectors/${file}`, 'utf8').trim().split(/\r?\n/);
  return lines.map((line) => {
    const [start, solar, wind, load, cfe, factor, quality] = line.split(',');
    return {
      startMs: Date.parse(start!),
      solarWh: Number(solar),
      windWh: Number(wind),
      loadWh: Number(load),
      gridCfePpm: Number(cfe),
      gridFactorMgPerKwh: Number(factor),
      estimated: quality === 'E',
    };
  });
}

const golden = (file: string) => JSON.parse(readFileSync(`fixtures/vectors/${file}`, 'utf8'));
const coverage = (rows: GoldenRow[], countEstimates = true) =>
  coverageOf(
    rows.map((row) => ({
      ...row,
      generationWh: row.estimated && !countEstimates ? 0 : row.solarWh + row.windWh,
    })),
    760_000,
  );

function expectGolden(found: ReturnType<typeof coverage>, expected: Record<string, unknown>): void {
  expect(found).toEqual({
    loadWh: expected['load_wh'],
    generationWh: expected['generation_wh'],
    matchedWh: expected['matched_wh'],
    residualWh: expected['residual_load_wh'],
    excessWh: expected['excess_generation_wh'],
    gridCfeWh: expected['consumed_grid_cfe_wh'],
    fullyMatchedIntervals: expected['hours_fully_matched'],
    contractedCfePct: expected['contracted_cfe_pct'],
    timeAveragedPct: found.timeAveragedPct,
    volumetricPct: expected['volumetric_uncapped_pct'],
    cfeScorePct: expected['cfe_score_pct'],
    locationBasedT: expected['scope2_location_hourly_t'],
    marketBased2015T: expected['scope2_market_annual_2015_t'],
    marketHourlyT: expected['scope2_market_hourly_grid_avg_residual_t'],
    marketHourlyFossilT: expected['scope2_market_hourly_fossil_fallback_t'],
  });
}

describe('golden v1: six hours by hand', () => {
  it('gives every number', () => {
    expectGolden(
      coverage(goldenRows('v1_hand_6h.csv')),
      golden('golden_v1_six_hours.json').expected,
    );
  });
});

describe('golden v2: CAISO 2022', () => {
  const rows = goldenRows('v2_caiso_2022_year.csv');
  const vector = golden('golden_v2_caiso_2022.json');
  const year = coverage(rows);

  it('gives every number of the year', () => expectGolden(year, vector.expected));

  it('gives every number without estimated generation', () => {
    expectGolden(coverage(rows, false), vector.expected_excluding_estimated_generation);
  });

  it('publishes claims cut, not rounded', () => {
    const claims = vector.published_percentages;
    const load = new Decimal(year.loadWh);
    expect(claimPct(new Decimal(year.matchedWh), load)).toBe(claims.contracted_cfe_pct);
    expect(claimPct(new Decimal(year.generationWh), load)).toBe(claims.volumetric_uncapped_pct);
    expect(year.cfeScorePct!.slice(0, -4)).toBe(claims.cfe_score_pct);
  });

  it('gives none of the wrong answers', () => {
    const wrong = vector.wrong_answers_to_reject;
    expect(year.contractedCfePct).not.toBe(wrong.mean_of_hourly_percentages_pct);
    expect(year.cfeScorePct).not.toBe(wrong.mean_of_hourly_percentages_pct);
    for (const key of Object.keys(wrong).filter((name) => name.startsWith('matched_wh'))) {
      expect(year.matchedWh).not.toBe(wrong[key]);
    }
  });

  it('finds the wrong answers where the mistakes are made on purpose', () => {
    const wrong = vector.wrong_answers_to_reject;
    const byUtcDay = Map.groupBy(rows, ({ startMs }) => Math.floor(startMs / 86_400_000));
    const net = [...byUtcDay.values()].map((day) => {
      const load = day.reduce((sum, row) => sum + row.loadWh, 0);
      return Math.min(
        load,
        day.reduce((sum, row) => sum + row.solarWh + row.windWh, 0),
      );
    });
    expect(net.reduce((a, b) => a + b, 0)).toBe(wrong.matched_wh_if_matched_by_utc_day);
  });

  it.each([
    [
      'UTC',
      'by_month_utc',
      (month: string) => {
        const startMs = Date.parse(`${month}-01T00:00:00Z`);
        const [year_, index] = month.split('-').map(Number);
        return { startMs, endMs: Date.UTC(year_!, index!, 1) };
      },
    ],
    [
      'Casablanca',
      'by_month_africa_casablanca',
      (month: string) => civilMonth(MOROCCO_LEGAL_TIME, month),
    ],
  ] as const)('gives every month, %s', (_, key, boundsOf) => {
    const months = Object.entries<Record<string, number>>(vector[key] ?? {});
    expect(months.length).toBeGreaterThanOrEqual(12);
    for (const [month, expected] of months) {
      const { startMs, endMs } = boundsOf(month);
      const inside = rows.filter((row) => row.startMs >= startMs && row.startMs < endMs);
      const found = coverage(inside);
      expect([month, inside.length, found.loadWh, found.generationWh, found.matchedWh]).toEqual([
        month,
        expected['intervals'],
        expected['load_wh'],
        expected['generation_wh'],
        expected['matched_wh'],
      ]);
    }
  });
});

describe('coverage', () => {
  it('is not applicable without load', () => {
    const nothing = coverageOf(
      [{ loadWh: 0, generationWh: 5, gridCfePpm: 0, gridFactorMgPerKwh: 1 }],
      1,
    );
    expect([nothing.contractedCfePct, nothing.cfeScorePct, nothing.timeAveragedPct]).toEqual([
      null,
      null,
      null,
    ]);
    expect(nothing.excessWh).toBe(5);
  });

  it('orders its figures: matched <= volumetric capped, contracted <= with grid credit <= 100', () => {
    const interval = fc.record({
      loadWh: fc.nat({ max: 10 ** 9 }),
      generationWh: fc.nat({ max: 10 ** 9 }),
      gridCfePpm: fc.nat({ max: 1_000_000 }),
      gridFactorMgPerKwh: fc.nat({ max: 900_000 }),
    });
    fc.assert(
      fc.property(fc.array(interval, { minLength: 1, maxLength: 30 }), (intervals) => {
        const found = coverageOf(intervals, 760_000);
        fc.pre(found.loadWh > 0);
        const contracted = Number(found.contractedCfePct);
        expect(contracted).toBeLessThanOrEqual(Math.min(100, Number(found.volumetricPct)));
        expect(contracted).toBeLessThanOrEqual(Number(found.cfeScorePct));
        expect(Number(found.cfeScorePct)).toBeLessThanOrEqual(100);
        const claim = Number(claimPct(new Decimal(found.matchedWh), new Decimal(found.loadWh)));
        expect(claim === 100).toBe(found.matchedWh === found.loadWh);
      }),
    );
  });
});
