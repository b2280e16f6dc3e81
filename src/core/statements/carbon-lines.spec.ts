import type { Factor, FactorHours } from '../carbon/factor.js';
import type { MonthHour, SupplyRow } from '../matching/match-hour.js';
import type { StatementHour, StatementPlant } from './statement-hour.js';
import {
  areCertificatesApplied,
  type CriteriaInputs,
  instrumentClasses,
  type SoleClaim,
} from './criteria.js';
import type { Figure } from './figure.js';
import { apartLine, avoidedLine, certificatesLines, exclusionsOf, restatementOf } from './lines.js';
import { RELEASE_CHECKS, requireReleasable, type ToRelease } from './release-checks.js';
import { marketBased2015, withoutEstimated } from './tiers.js';

const CLAIM: SoleClaim = { clause: 'Article 9', attestation: 'Letter', attestedOn: '2026-09-01' };

describe('the eight quality criteria', () => {
  const inputs = (change: Partial<CriteriaInputs> = {}): CriteriaInputs => ({
    contracts: [{ code: 'PPA', version: 2, soleClaim: CLAIM }],
    boundary: 'MA',
    beneficiaryCode: 'BUYER',
    hasResidualMix: false,
    supplierCodes: [],
    ...change,
  });
  const answersOf = (change: Partial<CriteriaInputs>) =>
    instrumentClasses(inputs(change)).map(({ answers, isApplied }) => [
      answers.map(({ answer }) => answer).join(' '),
      isApplied,
    ]);

  it('are all answered; what an open month leaves is pending, and applied', () => {
    expect(answersOf({})).toEqual([['met met pending met met not_applicable met met', true]]);
  });

  it.each([
    ['no claim', [{ code: 'PPA', version: 2, soleClaim: null }]],
    ['a claim that versions of before do not know', [{ code: 'PPA', version: 1 }]],
    [
      'one version of two',
      [
        { code: 'A', version: 1, soleClaim: CLAIM },
        { code: 'B', version: 1 },
      ],
    ],
  ])('are not met with %s, and nothing is applied', (_, contracts) => {
    const classes = instrumentClasses(inputs({ contracts }));
    expect(areCertificatesApplied(classes)).toBe(false);
    expect(classes[0]!.answers[6]).toMatchObject({ criterion: 7, answer: 'not_met' });
  });

  it('leave a supplier’s rate out that nobody declared', () => {
    expect(answersOf({ supplierCodes: ['ONEE'] })[1]).toEqual([
      'met not_met not_met met met not_met not_applicable met',
      false,
    ]);
  });
});

const hour = (change: Partial<StatementHour>): StatementHour => ({
  hourMs: 0,
  loadWh: 40_000_000,
  estimatedLoadWh: 0,
  generationWh: 0,
  matchedWh: 0,
  gridFactorMgPerKwh: 600_000,
  gridCfePpm: 0,
  residualMixMgPerKwh: null,
  fossilMgPerKwh: 760_000,
  ...change,
});
const plant = (plantCode: string, matchedWh: number, mg: number): StatementPlant => ({
  plantCode,
  generationWh: matchedWh,
  matchedWh,
  directFactorMgPerKwh: mg,
});

describe('the market-based figure by tier', () => {
  const hours = [hour({ matchedWh: 30_000_000 }), hour({ gridFactorMgPerKwh: 500_000 })];
  const plants = [plant('A', 20_000_000, 0), plant('B', 10_000_000, 10_000)];

  it('has every Wh of consumption once, and the mean of the hours as its fallback', () => {
    const { lines, exact } = marketBased2015(hours, plants, true);
    expect(lines.map(({ tier, wh, gPerKwh }) => [tier, wh, gPerKwh])).toEqual([
      [1, 20_000_000, '0'],
      [1, 10_000_000, '10'],
      [5, 50_000_000, '550'],
    ]);
    // 0.1 t of B and 50 MWh at 550 g.
    expect(exact.dividedBy('1e12').toFixed()).toBe('27.6');
  });

  it('takes all at the fallback where the instruments are not applied', () => {
    const { lines } = marketBased2015(hours, plants, false);
    expect(lines).toMatchObject([{ tier: 5, wh: 80_000_000, emissionsT: '44.000' }]);
  });

  it('is at tier 4 only where every hour has a residual mix', () => {
    const mixed = hours.map((one) => ({ ...one, residualMixMgPerKwh: 700_000 }));
    expect(marketBased2015(mixed, plants, true).lines.at(-1)).toMatchObject({
      tier: 4,
      instrumentClass: 'residual_mix',
      gPerKwh: '700',
    });
    expect(marketBased2015([mixed[0]!, hours[1]!], plants, true).lines.at(-1)).toMatchObject({
      tier: 5,
      gPerKwh: '600',
    });
  });

  it('keeps of what was matched what is left without estimates', () => {
    const [left] = withoutEstimated([hour({ matchedWh: 30_000_000, estimatedLoadWh: 15_000_000 })]);
    expect(left).toMatchObject({ loadWh: 25_000_000, matchedWh: 25_000_000 });
  });
});

const found = (values: (number | null)[], code = 'F'): FactorHours<Factor> => ({
  mgPerKwh: values,
  cfePpm: values.map(() => null),
  used: values.every((value) => value === null)
    ? []
    : [{ factor: { code, version: 3 } as Factor, hours: values.length }],
  missingMs: values.includes(null) ? 0 : null,
  lifecycleCode: null,
});

describe('lines with factors of their own', () => {
  it('are stated by their factor, and never 0 without one', () => {
    const of = { formula: 'Σ', hourlyWh: [1_000_000, 2_000_000] };
    expect(apartLine('upstream', of, found([100_000, 50_000]))).toMatchObject({
      emissionsT: '0.200',
      notStated: null,
      factors: [{ code: 'F', version: 3 }],
    });
    for (const none of [found([null, null]), found([100_000, null])]) {
      expect(apartLine('upstream', of, none)).toMatchObject({
        emissionsT: null,
        notStated: 'no factor',
      });
    }
  });

  const supply = (plantCode: string, change: Partial<SupplyRow> = {}): SupplyRow =>
    ({
      certificate: {
        plantCode,
        externalId: `${plantCode}-1`,
        issuer: 'I',
        startMs: 0,
        endMs: 3_600_000,
        wh: 1_000_000,
      },
      standing: { cancelledWh: 0 },
      eligibleWh: 1_000_000,
      matchedWh: 400_000,
      ...change,
    }) as SupplyRow;
  const months = [
    { generationWh: 2_000_000, supply: [supply('PV'), supply('CHP')] },
  ] as never as readonly MonthHour[];
  const technologies = new Map([
    ['PV', 'solar_pv'],
    ['CHP', 'chp'],
  ]);

  it('take the marginal factor, else both margins by technology', () => {
    const none = found([null]);
    const [om, bm] = [found([800_000], 'OM'), found([400_000], 'BM')];
    const avoided = (marginal: FactorHours<Factor>, build = bm) =>
      avoidedLine(months, technologies, { marginal, operating: om, build });
    expect(avoided(found([500_000])).emissionsT).toBe('1.000');
    // 1 MWh at 0.75 × 800 + 0.25 × 400 = 700 g, 1 MWh at the mean of both, 600 g.
    expect(avoided(none)).toMatchObject({
      emissionsT: '1.300',
      factors: [{ code: 'OM' }, { code: 'BM' }],
    });
    expect(avoided(none, none).emissionsT).toBeNull();
  });

  it('name certificates by plant, first and last', () => {
    const later = supply('PV', {
      certificate: {
        ...supply('PV').certificate,
        externalId: 'PV-2',
        startMs: 3_600_000,
        endMs: 5_400_000,
      },
    });
    const hours = [{ supply: [later, supply('PV')] }] as never as readonly MonthHour[];
    expect(certificatesLines(hours, ['PV', 'WIND'])).toMatchObject([
      {
        plantCode: 'PV',
        firstId: 'PV-1',
        lastId: 'PV-2',
        certificateCount: 2,
        issuedWh: 2_000_000,
        matchedWh: 800_000,
        unmatchedWh: 1_200_000,
        productionIntervalsMinutes: [30, 60],
      },
      { plantCode: 'WIND', firstId: null, certificateCount: 0, issuedWh: 0 },
    ]);
  });

  it('say what is left out, and only that', () => {
    const quality = { missingIntervals: 4, incompleteMeterHours: 0, excludedMeterHours: 1 };
    expect(exclusionsOf(quality)).toMatchObject([
      { what: 'missingIntervals', count: 4 },
      { what: 'excludedMeterHours', count: 1 },
    ]);
  });

  it('say what a version was made from that the one before was not', () => {
    const made = (engineVersion: number | undefined, ...ids: string[]) => ({
      statementId: 'S',
      engineVersion,
      figures: [{ sources: ids.map((id) => ({ kind: 'interval-block', id })) }],
    });
    expect(restatementOf(made(undefined, 'a/1', 'b/1'), made(3, 'a/2', 'b/1'))).toEqual({
      supersedes: 'S',
      engine: { before: '1', after: '3' },
      gone: ['interval-block a/1'],
      come: ['interval-block a/2'],
    });
  });
});

describe('release checks', () => {
  const figure = (id: string, value: number | string): Figure =>
    ({ id, value, unit: 'Wh' }) as Figure;
  const whole: ToRelease = {
    isPreliminary: true,
    figures: [
      figure('loadWh', 10),
      figure('matchedWh', 6),
      figure('residualWh', 4),
      figure('generationWh', 9),
      figure('excessWh', 3),
      figure('contractedCfePct', '60.00'),
    ],
    certificates: [{ plantCode: 'P', issuedWh: 9, eligibleWh: 9, matchedWh: 6 } as never],
    tiers: [{ wh: 6 } as never, { wh: 4 } as never],
    criteria: instrumentClasses({
      contracts: [],
      boundary: 'MA',
      beneficiaryCode: 'B',
      hasResidualMix: true,
      supplierCodes: [],
    }),
    factors: [{ code: 'F', basis: 'direct', validFromMs: 0, validToMs: 10 }],
    period: { startMs: 0, endMs: 5 },
    quality: { expectedIntervals: 5, presentIntervals: 3, missingIntervals: 2 },
  };
  const figures = (id: string, value: number | string): Partial<ToRelease> => ({
    figures: whole.figures.map((one) => (one.id === id ? { ...one, value } : one)),
  });

  it('all pass for what agrees with itself', () => {
    expect(requireReleasable(whole)).toEqual(RELEASE_CHECKS);
  });

  it.each<[string, Partial<ToRelease>]>([
    ['energy_adds_up', figures('residualWh', 5)],
    ['energy_adds_up', figures('excessWh', 4)],
    [
      'certificates_are_what_is_matched',
      { certificates: [{ ...whole.certificates[0]!, matchedWh: 5 }] },
    ],
    ['no_wh_is_used_twice', { certificates: [{ ...whole.certificates[0]!, eligibleWh: 10 }] }],
    ['tiers_sum_to_consumption', { tiers: [{ wh: 6 } as never, { wh: 3 } as never] }],
    ['tiers_sum_to_consumption', { tiers: [{ wh: 11 } as never, { wh: -1 } as never] }],
    ['shares_come_out_again', figures('contractedCfePct', '60.01')],
    ['factors_are_direct_and_valid', { factors: [{ ...whole.factors[0]!, basis: 'lifecycle' }] }],
    ['factors_are_direct_and_valid', { factors: [{ ...whole.factors[0]!, validToMs: 0 }] }],
    ['criteria_have_eight_answers', { isPreliminary: false }],
    [
      'criteria_have_eight_answers',
      { criteria: [{ ...whole.criteria[0]!, answers: whole.criteria[0]!.answers.slice(1) }] },
    ],
    ['generation_is_certified', { certificates: [{ ...whole.certificates[0]!, eligibleWh: 8 }] }],
    ['intervals_are_accounted_for', { quality: { ...whole.quality, missingIntervals: 1 } }],
  ])('%s fails, by its name', (check, change) => {
    const refusal = { code: 'statement.check_failed', details: expect.objectContaining({ check }) };
    expect(() => requireReleasable({ ...whole, ...change })).toThrow(
      expect.objectContaining(refusal),
    );
  });
});
