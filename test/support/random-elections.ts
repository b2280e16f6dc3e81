import fc from 'fast-check';
import type { Elections } from '../../src/core/settlement/elections/elections.shape.js';
import {
  REGULATED_CHARGES,
  VOLUME_PRODUCTS,
} from '../../src/core/settlement/elections/elections.shape.js';
import type { References } from '../../src/core/settlement/references/references.shape.js';
import { PLAIN } from './contract.js';

const maybe = <Value>(of: fc.Arbitrary<Value>, freq = 2): fc.Arbitrary<Value | null> =>
  fc.option(of, { nil: null, freq });
/** Decimal text, its ends among the values. */
const decimal = (min: number, max: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      { arbitrary: fc.constantFrom(String(min), String(max)), weight: 1 },
      { arbitrary: fc.integer({ min: min * 1_000, max: max * 1_000 }), weight: 4 },
    )
    .map((value) => (typeof value === 'string' ? value : (value / 1_000).toFixed(3)));
const day = fc
  .integer({ min: Date.UTC(2024, 0, 1) / 86_400_000, max: Date.UTC(2029, 0, 1) / 86_400_000 })
  .map((at) => new Date(at * 86_400_000).toISOString().slice(0, 10));
const share = fc.constantFrom('0', '0.25', '0.5', '1');
const periodName = fc.constantFrom('YEAR', 'MONTH');
const pct = fc.constantFrom('0', '10', '87.5', '100');

const windows = <More extends object>(more: fc.Arbitrary<More>) =>
  fc
    .tuple(fc.integer({ min: 1, max: 23 }), more, more, fc.constantFrom('night', 'day'))
    .map(([cut, first, second, name]) => [
      { name: 'day', fromHour: 0, toHour: cut, ...first },
      { name, fromHour: cut, toHour: 24, ...second },
    ]);
const seasons = <More extends object>(more: fc.Arbitrary<More>) =>
  fc.oneof(
    windows(more).map((all) => [{ name: 'year', fromDay: '01-01', toDay: '12-31', windows: all }]),
    fc.tuple(windows(more), windows(more)).map(([winter, summer]) => [
      { name: 'winter', fromDay: '10-15', toDay: '04-14', windows: winter },
      { name: 'summer', fromDay: '04-15', toDay: '10-14', windows: summer },
    ]),
  );

const volume = fc.record({
  product: fc.constantFrom(...VOLUME_PRODUCTS),
  baseloadMw: maybe(decimal(0, 50), 1),
  shapeMw: maybe(
    decimal(0, 9).map((mw) => Array(12).fill(Array(24).fill(mw)) as string[][]),
    2,
  ),
  clock: fc.constantFrom('UTC', 'LEGAL'),
  acqMwh: maybe(decimal(0, 900_000)),
  imbalance: maybe(
    fc.record({
      bearer: fc.constantFrom('SELLER', 'BUYER'),
      tolerancePct: pct,
      spreadMadPerMwh: decimal(0, 90),
    }),
    1,
  ),
  excess: fc.oneof(
    fc.constantFrom(
      { rule: 'NOT_TAKEN', priceMadPerMwh: null, capPct: null } as const,
      { rule: 'SPILLED', priceMadPerMwh: null, capPct: null } as const,
      { rule: 'BUYER_TAKES', priceMadPerMwh: '120.5', capPct: null } as const,
      { rule: 'SOLD_TO_GRID', priceMadPerMwh: null, capPct: '20' } as const,
      { rule: 'SOLD_TO_GRID', priceMadPerMwh: null, capPct: '0' } as const,
    ),
  ),
});

const band = decimal(0, 1_500);
const tiers = fc.record({
  kind: fc.constantFrom('PROGRESSIVE', 'TOP_TIER'),
  per: periodName,
  bands: fc.oneof(
    band.map((price) => [{ upToMwh: null, price }]),
    fc.tuple(decimal(0, 9_000), band, band).map(([upToMwh, a, b]) => [
      { upToMwh, price: a },
      { upToMwh: null, price: b },
    ]),
  ),
});
const onBase = {
  escalatorPct: maybe(decimal(-150, 20)),
  index: maybe(
    fc.record({
      series: fc.constant('CPI'),
      fixedShare: share,
      baseMonth: fc.constant('2024-01'),
      lagMonths: fc.integer({ min: 0, max: 3 }),
      adjusts: fc.constantFrom('MONTHLY', 'ANNIVERSARY'),
      factorFloor: maybe(decimal(0, 2)),
      factorCap: maybe(decimal(0, 3)),
      revisionPolicy: fc.constantFrom('FREEZE_AS_PUBLISHED', 'RESTATE'),
    }),
  ),
  fx: maybe(
    fc.record({
      currency: fc.constantFrom('EUR', 'MAD'),
      share,
      baseRate: decimal(0, 12),
      fixing: fc.constantFrom('LAST_DAY_BEFORE', 'FIRST_DAY'),
    }),
  ),
  timeOfDelivery: maybe(
    fc.record({
      clock: fc.constantFrom('UTC', 'LEGAL'),
      seasons: seasons(fc.record({ factor: decimal(0, 3) })),
    }),
  ),
};
const source = fc.oneof(
  fc.record({
    ...onBase,
    base: decimal(0, 2_000),
    market: fc.constant(null),
    tiers: fc.constant(null),
  }),
  fc.record({ ...onBase, base: fc.constant(null), market: fc.constant(null), tiers }),
  fc.record({
    escalatorPct: fc.constant(null),
    index: fc.constant(null),
    fx: fc.constant(null),
    timeOfDelivery: fc.constant(null),
    base: fc.constant(null),
    tiers: fc.constant(null),
    market: fc.record({
      kind: fc.constantFrom('DISCOUNT', 'COLLAR'),
      alpha: decimal(0, 1),
      floorMadPerMwh: maybe(decimal(-50, 500)),
      capMadPerMwh: maybe(decimal(-50, 900)),
    }),
  }),
);
const price = fc
  .tuple(
    source,
    fc.record({
      unit: fc.constantFrom('MAD_PER_MWH', 'MAD_PER_KWH'),
      negativeRule: fc.oneof(
        { arbitrary: fc.constant({ rule: 'NONE', hours: null } as const), weight: 4 },
        {
          arbitrary: fc.constantFrom(
            ...(['ZERO_SETTLEMENT', 'REFERENCE_FLOOR_0', 'CURTAIL_AND_DEEM'] as const).map(
              (rule) => ({ rule, hours: null }),
            ),
            { rule: 'SUSPEND', hours: 3 } as const,
          ),
          weight: 2,
        },
      ),
      testEnergyDiscountPct: pct,
    }),
  )
  .map(([of, rest]) => ({ ...of, ...rest }));

const mad = decimal(0, 5_000);
const obligations = fc.record({
  takeOrPay: maybe(
    fc.record({
      period: periodName,
      levelPct: pct,
      makeUp: fc.constantFrom('NONE', 'PRICE_DIFFERENCE', 'FREE'),
      deductions: fc.array(fc.constantFrom('SELLER_FAILURE', 'FORCE_MAJEURE'), { maxLength: 2 }),
      expiryYears: fc.integer({ min: 0, max: 3 }),
      carryForward: fc.boolean(),
    }),
  ),
  minMax: maybe(
    fc.record({
      period: periodName,
      minMwh: maybe(decimal(0, 900)),
      maxMwh: maybe(decimal(0, 9_000)),
      belowMadPerMwh: mad,
      aboveMadPerMwh: mad,
    }),
  ),
  outputGuarantee: maybe(fc.record({ share, p50Mwh: decimal(0, 90_000), rateMadPerMwh: mad })),
  availabilityGuarantee: maybe(
    fc.record({ basis: fc.constantFrom('TIME', 'ENERGY'), levelPct: pct, rateMadPerPoint: mad }),
  ),
  coverageGuarantee: maybe(
    fc.record({
      metric: fc.constantFrom('ENERGY_WEIGHTED', 'TIME_AVERAGED', 'VOLUMETRIC'),
      levelPct: pct,
      rateMadPerMwh: mad,
      period: periodName,
      zeroLoadHour: fc.constantFrom('COVERED', 'EXCLUDED'),
    }),
  ),
  deemedGeneration: maybe(fc.record({ freeAllowanceMwh: decimal(0, 900) })),
  delayDamages: maybe(fc.record({ scheduledCod: day, rateMadPerMwDay: mad, longStopDate: day })),
  damageCaps: fc.record({ annualMad: maybe(mad), aggregateMad: maybe(mad) }),
});

/** Random elections, right and wrong ones. */
export const randomElections: fc.Arbitrary<Elections> = fc.record({
  legalRegime: fc.constantFrom('13-09', '82-21', 'IPP-ONEE'),
  deliveryForm: fc.constantFrom('PHYSICAL', 'PHYSICAL', 'SLEEVED', 'VIRTUAL'),
  deliveryPoint: fc.constantFrom('PLANT_BUSBAR', 'GRID_POINT', 'SITE_METER'),
  signatureDate: fc.constantFrom('2024-01-01', '2026-09-30'),
  codDate: day,
  termEnd: fc.constantFrom('2045-12-31', '2029-01-01'),
  settlementCalendar: fc.constantFrom('LEGAL_MONTH', 'UTC_MONTH'),
  contractYear: fc.record({
    basis: fc.constantFrom('ANNIVERSARY', 'CALENDAR'),
    anchor: maybe(day, 1),
  }),
  stages: fc.oneof(
    fc.tuple(day, decimal(0, 90)).map(([from, mw]) => [{ from, mw }]),
    decimal(1, 90).map((mw) => [
      { from: '2024-01-01', mw },
      { from: '2026-10-15', mw: '95' },
    ]),
  ),
  share: maybe(
    fc.oneof(
      fc.record({
        basis: fc.constant('PERCENT_OF_PLANT' as const),
        value: pct,
        ofMw: fc.constant(null),
      }),
      fc.record({
        basis: fc.constant('MW_SHARE' as const),
        value: decimal(0, 3),
        ofMw: fc.constantFrom('0', '3', '7'),
      }),
    ),
  ),
  volume,
  price,
  obligations,
  adders: fc.record({
    lossFactor: fc.constantFrom('0', '0.035', '0.999999'),
    regulatedCharges: fc.array(
      fc.record({
        charge: fc.constantFrom(...REGULATED_CHARGES),
        basis: fc.constantFrom('INJECTED', 'WITHDRAWN', 'DELIVERED'),
        payer: fc.constantFrom('BUYER', 'SELLER'),
      }),
      { maxLength: 2 },
    ),
    balancingMadPerMwh: maybe(mad),
    sleevingMadPerMwh: maybe(mad, 1),
    standingMadPerMonth: maybe(mad),
    meteringMadPerMonth: maybe(mad),
    attributeMadPerMwh: maybe(mad),
  }),
  vat: fc.record({
    energy: fc.constantFrom(null, 'A', 'B'),
    regulated: fc.constantFrom(null, 'A', 'B'),
    fees: fc.constantFrom(null, 'A', 'B'),
    damages: fc.constantFrom(null, 'B'),
  }),
  rounding: fc.record({
    factorDp: fc.integer({ min: 0, max: 12 }),
    priceDp: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constant('UNROUNDED' as const)),
    amount: fc.constantFrom('PER_INTERVAL', 'PER_LINE'),
  }),
  cycle: fc
    .record({
      provisionalDay: fc.constantFrom(5, 12),
      finalDay: fc.constant(10),
      trueUpMonths: fc.constantFrom([], [3, 6], [3, 24]),
      hasAnnualReconciliation: fc.boolean(),
      correctionWindowMonths: fc.constantFrom(0, 12),
    })
    .map((of) => ({ ...PLAIN.cycle, ...of })),
  estimatedData: fc.constant('PROVISIONAL_ONLY' as const),
  currency: fc.constant('MAD' as const),
}) as fc.Arbitrary<Elections>;

/** Elections with what their product and delivery form need, and without what is of others. */
function withNeeds(elections: Elections): Elections {
  const { volume: terms, adders, deliveryForm, obligations: owed } = elections;
  const { product } = terms;
  const imbalance = { bearer: 'SELLER', tolerancePct: '10', spreadMadPerMwh: '20' } as const;
  const coverage = {
    ...({
      metric: 'TIME_AVERAGED',
      levelPct: '90',
      rateMadPerMwh: '120',
      period: 'MONTH',
    } as const),
    zeroLoadHour: 'EXCLUDED',
  } as const;
  const shape = Array.from({ length: 12 }, () => Array.from({ length: 24 }, (_, at) => String(at)));
  return {
    ...elections,
    volume: {
      ...terms,
      baseloadMw: product === 'BASELOAD' ? terms.baseloadMw : null,
      shapeMw: product === 'SHAPE_12X24' ? shape : null,
      imbalance: product === 'PAY_AS_NOMINATED' ? imbalance : null,
      acqMwh: owed.takeOrPay === null ? terms.acqMwh : (terms.acqMwh ?? '9000'),
    },
    adders: { ...adders, sleevingMadPerMwh: deliveryForm === 'SLEEVED' ? '7' : null },
    obligations: {
      ...owed,
      coverageGuarantee: product === 'COVERAGE_24_7' ? coverage : owed.coverageGuarantee,
    },
  };
}

/**
 * Elections without what is said to contradict: each place that is named is as in the plain contract.
 * What a plain election does not mend, dates and the contract quantity, follows.
 *
 * @param contradictionsOf  What saving refuses.
 */
export function mended(
  elections: Elections,
  contradictionsOf: (of: Elections) => readonly { readonly pointer: string }[],
): Elections {
  let now = withNeeds(elections) as unknown as Record<string, unknown>;
  const plain = PLAIN as unknown as Record<string, unknown>;
  for (let round = 0; round < 6; round += 1) {
    for (const { pointer } of contradictionsOf(now as unknown as Elections)) {
      const [, part = '', name] = pointer.split('/');
      const [own, of] = [now[part], plain[part]];
      const isGroup =
        name !== undefined && of !== null && !Array.isArray(of) && typeof of === 'object';
      const value = isGroup ? { ...(own as object), [name]: (of as never)[name] } : of;
      now = { ...now, [part]: value };
    }
    if (round === 1) now = { ...now, codDate: PLAIN.codDate, signatureDate: '2024-01-01' };
    if (round === 4) now = { ...now, volume: { ...PLAIN.volume, acqMwh: '9000' } };
    if (round === 2) now = { ...now, volume: { ...(now['volume'] as object), acqMwh: '9000' } };
  }
  return now as unknown as Elections;
}

/** Dated figures of every day that random elections may ask for; VAT and tariffs change in October. */
export function randomReferences(): References {
  const months = Array.from({ length: 120 }, (_, at) =>
    new Date(Date.UTC(2022, at, 1)).toISOString().slice(0, 7),
  );
  const kinds = [...REGULATED_CHARGES, 'EXCESS_PEAK', 'EXCESS_OFF_PEAK'] as const;
  const halves = [
    { from: '2020-01-01', to: '2026-10-16' },
    { from: '2026-10-16', to: null },
  ];
  return {
    tariffs: kinds.flatMap((kind) =>
      halves.map((half, at) => ({
        ...half,
        id: `${kind}@${at + 1}`,
        kind,
        madPerKwh: `0.0${at + 5}`,
        confidence: 'P',
      })),
    ),
    vat: ['A', 'B'].flatMap((code) =>
      halves.map((half, at) => ({
        ...half,
        id: `${code}@${at + 1}`,
        code,
        confidence: 'P',
        ratePct: code === 'A' && at === 0 ? '10' : '20',
      })),
    ),
    indices: months.map((month, at) => ({
      id: `CPI:${month}`,
      series: 'CPI',
      month,
      value: String(100 + at),
      publishedOn: '2020-01-01',
      confidence: 'P',
    })),
    fx: months.map((month, at) => ({
      id: `EUR:${month}`,
      currency: 'EUR',
      madPerUnit: `10.${at + 10}`,
      confidence: 'P',
      day: new Date(Date.parse(`${month}-01T00:00:00Z`) - 3 * 86_400_000)
        .toISOString()
        .slice(0, 10),
    })),
    peakWindows: {
      id: 'GRID@1',
      confidence: 'P',
      seasons: [
        {
          name: 'year',
          fromDay: '01-01',
          toDay: '12-31',
          windows: [
            { name: 'peak', fromHour: 17, toHour: 22, isPeak: true },
            { name: 'rest', fromHour: 22, toHour: 17, isPeak: false },
          ],
        },
      ],
    },
  };
}
