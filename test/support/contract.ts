import { DomainError } from '../../src/core/errors.js';
import type { References } from '../../src/core/settlement/references/references.shape.js';
import type { Elections } from '../../src/core/settlement/elections/elections.shape.js';
import type { SettlementSeries } from '../../src/core/settlement/hours/series.shape.js';
import { settle, type SettlementInput } from '../../src/core/settlement/settle.js';
import { MOROCCO_LEGAL_TIME } from '../../src/core/time/legal-time.js';
import { Decimal } from '../../src/core/units/money.js';

/** Elections with some changed, part by part. */
export type Changes = {
  readonly [Key in keyof Elections]?: Elections[Key] extends readonly unknown[] | string
    ? Elections[Key]
    : Partial<Elections[Key]>;
};

/** A plain contract: as produced, 550 MAD/MWh, nothing else elected. */
export const PLAIN: Elections = {
  legalRegime: '13-09',
  deliveryForm: 'PHYSICAL',
  deliveryPoint: 'SITE_METER',
  signatureDate: '2025-06-01',
  codDate: '2026-01-01',
  termEnd: '2045-12-31',
  settlementCalendar: 'LEGAL_MONTH',
  contractYear: { basis: 'ANNIVERSARY', anchor: null },
  stages: [{ from: '2026-01-01', mw: '40' }],
  share: null,
  volume: {
    product: 'PAY_AS_PRODUCED',
    baseloadMw: null,
    shapeMw: null,
    clock: 'LEGAL',
    acqMwh: null,
    imbalance: null,
    excess: { rule: 'NOT_TAKEN', priceMadPerMwh: null, capPct: null },
  },
  price: {
    base: '550',
    unit: 'MAD_PER_MWH',
    escalatorPct: null,
    index: null,
    fx: null,
    timeOfDelivery: null,
    market: null,
    tiers: null,
    testEnergyDiscountPct: '50',
    negativeRule: { rule: 'NONE', hours: null },
  },
  obligations: {
    takeOrPay: null,
    minMax: null,
    outputGuarantee: null,
    availabilityGuarantee: null,
    coverageGuarantee: null,
    deemedGeneration: null,
    delayDamages: null,
    damageCaps: { annualMad: null, aggregateMad: null },
  },
  adders: {
    lossFactor: '0',
    regulatedCharges: [],
    balancingMadPerMwh: null,
    sleevingMadPerMwh: null,
    standingMadPerMonth: null,
    meteringMadPerMonth: null,
    attributeMadPerMwh: null,
  },
  vat: { energy: null, regulated: null, fees: null, damages: null },
  rounding: { factorDp: 6, priceDp: 'UNROUNDED', amount: 'PER_LINE' },
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
};

/** The plain contract with changes. */
export function contract(changes: Changes = {}): Elections {
  const merged = Object.entries(changes).map(([name, value]) => {
    const base = PLAIN[name as keyof Elections];
    const isPart =
      typeof base === 'object' && base !== null && !Array.isArray(base) && value !== null;
    return [name, isPart ? Object.assign({}, base, value) : value];
  });
  return { ...PLAIN, ...Object.fromEntries(merged) } as Elections;
}

const START = '2026-10-05T00:00:00Z';
const WH_PER_MWH = 1_000_000;

/** MWh of hours as whole Wh. */
export const wh = (mwh: readonly number[]): number[] =>
  mwh.map((value) => Math.round(value * WH_PER_MWH));

/** Series of hours, of which only some are given. */
export function seriesOf(
  generationWh: readonly number[],
  more: Partial<SettlementSeries> = {},
): SettlementSeries {
  return {
    generationWh,
    loadWh: null,
    nominatedWh: null,
    contractWh: null,
    referenceMadPerMwh: null,
    potentialWh: null,
    sellerFailureWh: null,
    forceMajeureWh: null,
    states: null,
    estimatedGeneration: null,
    estimatedLoad: null,
    ...more,
  };
}

/** Nothing before the period. */
export const NO_OPENINGS: SettlementInput['openings'] = {
  bank: [],
  forward: [],
  damagesYearMad: new Decimal(0),
  damagesTotalMad: new Decimal(0),
  deemedUsedMwh: new Decimal(0),
  takenMwh: new Decimal(0),
  productionMwh: new Decimal(0),
  excessSoldMwh: new Decimal(0),
};

/** What a settlement is given. */
export interface Given extends Partial<Omit<SettlementInput, 'elections' | 'series' | 'period'>> {
  readonly elections?: Elections;
  readonly series: SettlementSeries;
  readonly start?: string;
  readonly run?: SettlementInput['period']['run'];
  readonly asOf?: string;
}

/** Input of a settlement from what is given. */
export function inputOf(given: Given): SettlementInput {
  const { elections = PLAIN, series, start = START, run = 'FINAL', asOf = '2026-11-10' } = given;
  const startMs = Date.parse(start);
  const endMs = startMs + series.generationWh.length * 3_600_000;
  return {
    elections,
    series,
    period: { startMs, endMs, run, asOf },
    references: given.references ?? {
      tariffs: [],
      indices: [],
      fx: [],
      vat: [],
      peakWindows: null,
    },
    ...(given.earlier === undefined ? {} : { earlier: given.earlier }),
    ...(given.holdsFrom === undefined ? {} : { holdsFrom: given.holdsFrom }),
    openings: given.openings ?? NO_OPENINGS,
    margin: given.margin ?? { before: [], after: [] },
    legalTime: MOROCCO_LEGAL_TIME,
  };
}

/** Settles what is given. */
export const settled = (given: Given) => settle(inputOf(given));

/** What a settlement's contract lines come to. */
export const net = (given: Given): string => settled(given).settlement.totals.netMad;

/** The code and details that an attempt is refused with. */
export function refusal(attempt: () => unknown): {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
} {
  try {
    attempt();
  } catch (error) {
    if (error instanceof DomainError) {
      return { code: error.code, details: error.details as unknown as Record<string, unknown> };
    }
    throw error;
  }
  throw new Error('Nothing was refused.');
}

/** No dated figures. */
export const NO_REFERENCES: References = {
  tariffs: [],
  indices: [],
  fx: [],
  vat: [],
  peakWindows: null,
};
