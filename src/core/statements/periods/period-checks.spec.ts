import type { StandingBundle } from '../../certificates/standing.js';
import { joinFactorHours, type Factor, type FactorHours } from '../../carbon/factor.js';
import type { SupplyRow } from '../../matching/match-hour.js';
import { QUALITY } from '../../metering/blocks/quality.js';
import { Decimal } from '../../units/money.js';
import type { InstrumentClass } from '../criteria.js';
import { addEstimated, estimatedBy } from './estimates.js';
import { type PeriodToRelease, requirePeriodReleasable } from './period-checks.js';
import { periodFigures } from './period-figures.js';
import { criteriaByMonths, estimationEffects } from './period-json.js';
import type { PeriodMonth } from './period-month.js';
import { cancelledFor } from './surplus.js';

const MONTH: PeriodMonth = {
  siteCode: 'A',
  month: '2026-10',
  hours: [
    {
      hourMs: 0,
      loadWh: 10,
      estimatedLoadWh: 4,
      generationWh: 8,
      matchedWh: 8,
      gridFactorMgPerKwh: 600_000,
      gridCfePpm: 0,
      residualMixMgPerKwh: null,
      fossilMgPerKwh: 760_000,
    },
  ],
  plants: [{ plantCode: 'PV', generationWh: 8, matchedWh: 8, directFactorMgPerKwh: 0 }],
  areInstrumentsApplied: true,
  surplusCancelledWh: [0],
};
const FOUND = periodFigures([MONTH], {
  runs: [],
  blocks: [],
  certificates: [],
  plants: [],
  contracts: [],
  gridFactors: [],
  residualMix: [],
  fossilFactors: [],
});
const CLASS: InstrumentClass = {
  instrumentClass: 'contract_certificates',
  isApplied: true,
  answers: ([1, 2, 3, 4, 5, 6, 7, 8] as const).map((criterion) => ({
    criterion,
    answer: 'met',
    evidence: '',
  })),
};
const RIGHT: PeriodToRelease = {
  isPreliminary: true,
  figures: FOUND.figures,
  tiers: FOUND.tiers,
  sumOfMonths: FOUND.sumOfMonths,
  sites: FOUND.sites,
  criteria: [CLASS],
  factors: [],
  period: { startMs: 0, endMs: 1 },
  quality: { expectedIntervals: 1, presentIntervals: 1, missingIntervals: 0 },
  certificates: [
    {
      plantCode: 'PV',
      trackingSystems: ['I'],
      certificateCount: 1,
      firstId: '1',
      lastId: '1',
      issuedWh: 8,
      cancelledForOthersWh: 0,
      eligibleWh: 8,
      matchedWh: 8,
      unmatchedWh: 0,
      productionIntervalsMinutes: [60],
    },
  ],
};

const sums = FOUND.sites[0]!.sums;
const [load] = FOUND.sumOfMonths;

describe('the release checks of a period', () => {
  it('let out what adds up', () => {
    expect(requirePeriodReleasable(RIGHT)).toHaveLength(12);
  });

  it.each<[string, Partial<PeriodToRelease>]>([
    ['months_sum_to_period', { sumOfMonths: [{ ...load!, monthsStated: '9' }] }],
    ['months_sum_to_period', { sumOfMonths: [{ ...load!, monthsStated: '9', difference: '1' }] }],
    ['sites_sum_to_total', { sites: [{ siteCode: 'A', sums: { ...sums, loadWh: 11 } }] }],
    [
      'sites_sum_to_total',
      { sites: [{ siteCode: 'A', sums: { ...sums, market2015: new Decimal('1e12') } }] },
    ],
    ['tiers_sum_to_consumption', { tiers: [] }],
    ['counted_is_certified', { tiers: FOUND.tiers.map((line) => ({ ...line, plantCode: 'PV' })) }],
  ])('%s blocks what does not', (check, change) => {
    expect(() => requirePeriodReleasable({ ...RIGHT, ...change })).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ check }) }) as Error,
    );
  });
});

describe('what a period says of its months', () => {
  it('has answers that are alike once, with their months', () => {
    const other = { ...CLASS, isApplied: false };
    const month = (name: string, one: InstrumentClass) => ({
      siteCode: 'A',
      month: name,
      classes: [one],
    });
    const groups = criteriaByMonths([
      month('2026-02', CLASS),
      month('2026-03', other),
      month('2026-01', CLASS),
    ]);
    expect(groups.map(({ months, isApplied }) => [months, isApplied])).toEqual([
      [['A 2026-01', 'A 2026-02'], true],
      [['A 2026-03'], false],
    ]);
  });

  it('says what estimates change of each result', () => {
    expect(estimationEffects(FOUND.figures)).toContainEqual({
      figure: 'contractedCfePct',
      stated: '80.00',
      withoutEstimates: '100.00',
      effect: '-20',
    });
  });

  it('counts estimated intervals by how they were made, inside of the period', () => {
    const { EST_LINEAR, EST_HIST, ACTUAL } = QUALITY;
    const block = {
      utcDay: '2026-10-01',
      intervalMinutes: 360,
      wh: [1, 20, 300, 4000],
      quality: [EST_LINEAR, EST_LINEAR, EST_HIST, ACTUAL],
    };
    const startMs = Date.parse('2026-10-01T06:00:00Z');
    const found = estimatedBy([block], { startMs, endMs: startMs + 86_400_000 });
    expect(found).toEqual([
      { method: 'EST_HIST', intervals: 1, wh: 300 },
      { method: 'EST_LINEAR', intervals: 1, wh: 20 },
    ]);
    expect(addEstimated([found, found])[0]).toEqual({ method: 'EST_HIST', intervals: 2, wh: 600 });
  });

  const used = (code: string, hours: number) => ({ factor: { code, version: 1 } as Factor, hours });
  const hoursOf = (
    mg: (number | null)[],
    of: FactorHours<Factor>['used'],
  ): FactorHours<Factor> => ({
    mgPerKwh: mg,
    cfePpm: mg.map(() => null),
    used: of,
    missingMs: mg.includes(null) ? 7 : null,
    lifecycleCode: null,
  });

  it('has factors of all sites in order, with the hours of each version', () => {
    const joined = joinFactorHours([
      hoursOf([1, 2], [used('A', 2)]),
      hoursOf([3, null], [used('A', 1)]),
    ]);
    expect(joined).toMatchObject({ mgPerKwh: [1, 2, 3, null], missingMs: 7 });
    expect(joined.used.map(({ factor, hours }) => [factor.code, hours])).toEqual([['A', 3]]);
  });
});

describe('what was cancelled for the reporter', () => {
  const row = (eligibleWh: number, matchedWh: number): SupplyRow =>
    ({ certificate: { certificateId: 'C', wh: 100 }, eligibleWh, matchedWh }) as SupplyRow;
  const bundle = (wh: number, status: string, beneficiary: string | null): StandingBundle =>
    ({ rangeStart: 0, rangeEnd: wh - 1, status, beneficiary, ownerCode: 'S' }) as StandingBundle;

  it.each<[string, SupplyRow, StandingBundle[], number, number]>([
    ['nothing done', row(100, 60), [], 0, 0],
    ['part of what was matched', row(100, 60), [bundle(40, 'Cancelled', 'B')], 40, 0],
    ['more than was matched', row(100, 60), [bundle(80, 'Claimed', 'B')], 60, 20],
    ['for another', row(100, 60), [bundle(80, 'Cancelled', 'X')], 0, 0],
    ['only reserved', row(100, 60), [bundle(80, 'Reserved', 'B')], 0, 0],
    ['beyond what is deliverable', row(90, 60), [bundle(100, 'Cancelled', 'B')], 60, 30],
  ])('%s', (_, supply, bundles, matchedWh, surplusWh) => {
    expect(cancelledFor([supply], new Map([['C', bundles]]), 'B')).toEqual({
      matchedWh,
      surplusWh,
    });
  });
});
