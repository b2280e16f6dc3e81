/**
 * A contract year of hours, settled with every election that can stand together: as consumed, losses,
 * escalator, index, currency, time of delivery, excess sold to the grid, deemed generation, three
 * regulated charges, five fees. The bare operation beside it is the sum of min(D, L) × K on the same
 * decimals. Then a hundred contracts, whose time per contract must not grow with their number.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Report } from './report.ts';

type Settle = typeof import('../../src/core/settlement/settle.ts');
type Money = typeof import('../../src/core/units/money.ts');
type Legal = typeof import('../../src/core/time/legal-time.ts');
type Input = Parameters<Settle['settle']>[0];

const HOURS = 8_760;
const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2027-01-01T00:00:00Z');
const CONTRACTS = 100;

/** Measures in one process: the bare sum, one contract, ten, a hundred. */
export async function bench(): Promise<Report> {
  const dist = <Module>(file: string): Promise<Module> =>
    import(
      pathToFileURL(join(import.meta.dirname, '../../dist/src/core', file)).href
    ) as Promise<Module>;
  const { settle } = await dist<Settle>('settlement/settle.js');
  const { Decimal } = await dist<Money>('units/money.js');
  const { MOROCCO_LEGAL_TIME } = await dist<Legal>('time/legal-time.js');
  const zero = new Decimal(0);
  const openings = {
    bank: [],
    forward: [],
    damagesYearMad: zero,
    damagesTotalMad: zero,
    deemedUsedMwh: zero,
    takenMwh: zero,
    productionMwh: zero,
    excessSoldMwh: zero,
  };
  const inputOf = (seed: number): Input =>
    ({ ...yearOf(seed), openings, legalTime: MOROCCO_LEGAL_TIME }) as Input;
  const timed = (work: () => unknown): number => {
    const startedMs = performance.now();
    work();
    return performance.now() - startedMs;
  };
  const inputs = Array.from({ length: CONTRACTS }, (_, at) => inputOf(at));
  for (let round = 0; round < 3; round += 1) settle(inputs[round]!);
  const one = median(inputs.slice(0, 15).map((input) => timed(() => settle(input))));
  const bare = median(
    inputs.slice(0, 15).map(({ series, elections }) =>
      timed(() => {
        const price = new Decimal(elections.price.base!);
        let sum = zero;
        series.generationWh.forEach((wh, at) => {
          const matched = Decimal.min(new Decimal(wh!), new Decimal(series.loadWh![at]!));
          sum = sum.plus(matched.times(price));
        });
        return sum;
      }),
    ),
  );
  const ten = timed(() => inputs.slice(0, 10).forEach(settle)) / 10;
  const hundred = timed(() => inputs.forEach(settle)) / CONTRACTS;
  return {
    hours: HOURS,
    contractYearMs: Math.round(one),
    bareSumMs: Math.round(bare * 10) / 10,
    ratioToBareSum: Math.round((one / bare) * 10) / 10,
    perContractOfTenMs: Math.round(ten),
    perContractOfHundredMs: Math.round(hundred),
    growth: Math.round((hundred / ten) * 100) / 100,
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function yearOf(seed: number): Omit<Input, 'openings' | 'legalTime'> {
  const hours = Array.from({ length: HOURS }, (_, at) => at);
  const generationWh = hours.map((at) => 20_000_000 + ((at * 7_919 + seed * 104_729) % 30_000_001));
  const loadWh = hours.map((at) => 35_000_000 + ((at * 6_007) % 5_000_003));
  return {
    elections: elections(),
    period: {
      startMs: START_MS,
      endMs: START_MS + HOURS * HOUR_MS,
      run: 'FINAL',
      asOf: '2028-01-31',
    },
    series: {
      generationWh,
      loadWh,
      nominatedWh: null,
      contractWh: null,
      referenceMadPerMwh: null,
      sellerFailureWh: null,
      forceMajeureWh: null,
      estimatedGeneration: null,
      estimatedLoad: null,
      potentialWh: generationWh.map((wh) => wh + 1_000_000),
      states: hours.map((at) => (at % 97 === 0 ? 'CURTAILED' : 'RUNNING')),
    },
    references: references(),
    margin: { before: [], after: [] },
  };
}

const window = <More extends object>(
  name: string,
  fromHour: number,
  toHour: number,
  more: More,
) => ({
  name,
  fromHour,
  toHour,
  ...more,
});
const seasons = <More extends object>(of: (name: 'peak' | 'full' | 'off-peak') => More) => [
  {
    name: 'winter',
    fromDay: '10-01',
    toDay: '03-31',
    windows: [
      window('peak', 17, 22, of('peak')),
      window('full', 7, 17, of('full')),
      window('off-peak', 22, 7, of('off-peak')),
    ],
  },
  {
    name: 'summer',
    fromDay: '04-01',
    toDay: '09-30',
    windows: [
      window('peak', 18, 23, of('peak')),
      window('full', 7, 18, of('full')),
      window('off-peak', 23, 7, of('off-peak')),
    ],
  },
];

function elections(): Input['elections'] {
  return {
    legalRegime: '82-21',
    deliveryForm: 'SLEEVED',
    deliveryPoint: 'SITE_METER',
    signatureDate: '2024-06-01',
    codDate: '2025-07-15',
    termEnd: '2045-07-14',
    settlementCalendar: 'LEGAL_MONTH',
    contractYear: { basis: 'ANNIVERSARY', anchor: null },
    stages: [{ from: '2025-07-15', mw: '40' }],
    share: { basis: 'PERCENT_OF_PLANT', value: '75', ofMw: null },
    volume: {
      product: 'AS_CONSUMED',
      baseloadMw: null,
      shapeMw: null,
      clock: 'LEGAL',
      acqMwh: '300000',
      imbalance: null,
      excess: { rule: 'SOLD_TO_GRID', priceMadPerMwh: null, capPct: '20' },
    },
    price: {
      base: '0.55',
      unit: 'MAD_PER_KWH',
      escalatorPct: '2',
      market: null,
      tiers: null,
      index: {
        series: 'CPI',
        fixedShare: '0.4',
        baseMonth: '2025-06',
        lagMonths: 2,
        adjusts: 'MONTHLY',
        factorFloor: '0.9',
        factorCap: '1.3',
        revisionPolicy: 'FREEZE_AS_PUBLISHED',
      },
      fx: { currency: 'EUR', share: '0.2', baseRate: '10.8', fixing: 'LAST_DAY_BEFORE' },
      timeOfDelivery: {
        clock: 'UTC',
        seasons: seasons((name) => ({
          factor: { peak: '1.2', full: '1', 'off-peak': '0.85' }[name],
        })),
      },
      negativeRule: { rule: 'NONE', hours: null },
      testEnergyDiscountPct: '50',
    },
    obligations: {
      takeOrPay: null,
      outputGuarantee: null,
      availabilityGuarantee: null,
      minMax: {
        period: 'MONTH',
        minMwh: '1000',
        maxMwh: '200000',
        belowMadPerMwh: '100',
        aboveMadPerMwh: '-20',
      },
      coverageGuarantee: {
        metric: 'TIME_AVERAGED',
        levelPct: '90',
        rateMadPerMwh: '120',
        period: 'MONTH',
        zeroLoadHour: 'COVERED',
      },
      deemedGeneration: { freeAllowanceMwh: '10' },
      delayDamages: null,
      damageCaps: { annualMad: '20000000', aggregateMad: '90000000' },
    },
    adders: {
      lossFactor: '0.035',
      regulatedCharges: ['TURT', 'TURD', 'TSS'].map((charge) => ({
        charge,
        basis: 'DELIVERED',
        payer: 'BUYER',
      })),
      balancingMadPerMwh: '12',
      sleevingMadPerMwh: '8',
      standingMadPerMonth: '5000',
      meteringMadPerMonth: '800',
      attributeMadPerMwh: '5',
    },
    vat: { energy: 'RE', regulated: 'STD', fees: 'STD', damages: null },
    rounding: { factorDp: 6, priceDp: 5, amount: 'PER_INTERVAL' },
    cycle: {
      provisionalDay: 5,
      finalDay: 10,
      trueUpMonths: [3, 6, 12],
      hasAnnualReconciliation: true,
      correctionWindowMonths: 12,
      materialityMad: '0',
      materialityKwh: '0',
      paymentDays: 60,
      dispute: 'PAY_UNDISPUTED',
      lateInterest: { annualPct: '5', dayCount: 'ACT_360' },
    },
    estimatedData: 'PROVISIONAL_ONLY',
    currency: 'MAD',
  } as Input['elections'];
}

function references(): Input['references'] {
  const months = Array.from({ length: 36 }, (_, at) => {
    const month = `${2025 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
    return { month, at };
  });
  const lastDay = (month: string): string =>
    new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0))
      .toISOString()
      .slice(0, 10);
  return {
    tariffs: (['TURT', 'TURD', 'TSS', 'EXCESS_PEAK', 'EXCESS_OFF_PEAK'] as const).flatMap((kind) =>
      [2026, 2027].map((year) => ({
        id: `${kind}@${year}`,
        kind,
        madPerKwh: '0.0685',
        confidence: 'P',
        from: `${year}-03-01`,
        to: `${year + 1}-03-01`,
      })),
    ),
    indices: months.map(({ month, at }) => ({
      id: `CPI-${month}`,
      series: 'CPI',
      month,
      value: String(115 + at / 10),
      publishedOn: lastDay(month),
      confidence: 'P',
    })),
    fx: months.map(({ month, at }) => ({
      id: `EUR-${month}`,
      currency: 'EUR',
      day: lastDay(month),
      confidence: 'V',
      madPerUnit: String(10.8 + (at % 7) / 100),
    })),
    vat: ['RE', 'STD'].map((code) => ({
      id: code,
      code,
      ratePct: code === 'RE' ? '10' : '20',
      from: '2025-01-01',
      to: null,
      confidence: 'P',
    })),
    peakWindows: {
      id: 'GRID',
      confidence: 'S',
      seasons: seasons((name) => ({ isPeak: name === 'peak' })) as never,
    },
  };
}
