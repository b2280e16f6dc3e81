import { HOUR_MS } from '../time/interval.js';
import { type CoverageGuarantee, guaranteeOutlook } from './coverage-guarantee.js';

const MWH = 1_000_000;
const hour = (at: number, loadWh: number, generationWh: number) => ({
  hourMs: at * HOUR_MS,
  loadWh,
  generationWh,
  matchedWh: Math.min(loadWh, generationWh),
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
    metric,
    levelPct: '80',
    rateMadPerMwh: '120',
    period: 'month',
    zeroLoadHour: 'COVERED',
    ...more,
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
