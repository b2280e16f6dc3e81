import { z } from 'zod';
import type { Immutable } from '../../shapes/immutable.js';
import { seasonsOf, windowShape } from '../../shapes/seasons.shape.js';
import { CalendarDay, decimalText, text } from '../../shapes/values.shape.js';

/** Ways in which the energy reaches the buyer (SETTLEMENT 1.1). */
export const DELIVERY_FORMS = ['PHYSICAL', 'SLEEVED', 'VIRTUAL'] as const;

/** Volume products (SETTLEMENT 1.2). */
export const VOLUME_PRODUCTS = [
  ...(['PAY_AS_PRODUCED', 'PAY_AS_NOMINATED', 'BASELOAD', 'SHAPE_12X24'] as const),
  ...(['SHAPE_8760', 'AS_CONSUMED', 'COVERAGE_24_7'] as const),
] as const;

/** Charges that the regulator sets. */
export const REGULATED_CHARGES = ['TURT', 'TURD', 'TSS'] as const;

/** Decimal text that may be negative. */
const Signed = z
  .string()
  .regex(/^-?\d{1,9}(\.\d{1,9})?$/)
  .describe('Decimal as text');
const Amount = decimalText(12, 9);
const Share = z
  .string()
  .regex(/^(0|1|0\.\d{1,9}|1\.0{1,9})$/)
  .describe('Share from 0 to 1, as text');
const Pct = decimalText(3, 6).refine((text) => Number(text) <= 100, { error: 'at most 100 %' });
const Day = CalendarDay.describe('Civil day');
const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);
const Name = text(80);
const VatCode = text(40).nullable().describe('null = outside VAT');
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);

/** What is bought. */
const Volume = z.strictObject({
  product: z.literal(VOLUME_PRODUCTS),
  baseloadMw: optional(Amount).describe('BASELOAD: MW; null = the stage of the ramp'),
  shapeMw: optional(z.array(z.array(Amount).max(24)).max(12)).describe(
    'SHAPE_12X24: 12 rows of 24, MW',
  ),
  clock: z.literal(['UTC', 'LEGAL']).default('LEGAL').describe('Clock of the shape'),
  acqMwh: optional(Amount).describe('Annual contract quantity'),
  imbalance: optional(
    z.strictObject({
      bearer: z.literal(['SELLER', 'BUYER']),
      tolerancePct: Pct,
      /** Around the reference, against the bearer. */
      spreadMadPerMwh: Amount,
    }),
  ),
  excess: z
    .strictObject({
      rule: z.literal(['NOT_TAKEN', 'BUYER_TAKES', 'SOLD_TO_GRID', 'SPILLED']),
      priceMadPerMwh: optional(Amount).describe('BUYER_TAKES'),
      capPct: optional(Pct).describe('SOLD_TO_GRID: of the annual production'),
    })
    .describe('What becomes of energy beyond the load'),
});

/** What it costs. */
const Price = z.strictObject({
  base: optional(Amount).describe('null where the price is linked to the market, or has tiers'),
  unit: z.literal(['MAD_PER_MWH', 'MAD_PER_KWH']).describe('Of the base and of tiers'),
  escalatorPct: optional(Signed).describe('Compound, a year, from contract year 2 on'),
  index: optional(
    z.strictObject({
      series: Name,
      fixedShare: Share.describe('Share that is not indexed; 0 = fully indexed'),
      baseMonth: Month,
      lagMonths: z.int().min(0).max(36),
      /** Whether the factor follows every month, or is set on the anniversary. */
      adjusts: z.literal(['MONTHLY', 'ANNIVERSARY']),
      factorFloor: optional(Amount),
      factorCap: optional(Amount),
      revisionPolicy: z.literal(['FREEZE_AS_PUBLISHED', 'RESTATE']),
    }),
  ),
  fx: optional(
    z.strictObject({
      currency: z.string().regex(/^[A-Z]{3}$/),
      share: Share,
      baseRate: Amount.describe('MAD for one unit'),
      fixing: z.literal(['LAST_DAY_BEFORE', 'FIRST_DAY']).describe('Of the delivery month'),
    }),
  ),
  timeOfDelivery: optional(
    z.strictObject({
      clock: z.literal(['UTC', 'LEGAL']),
      seasons: seasonsOf(z.strictObject({ ...windowShape, factor: Amount })),
    }),
  ),
  market: optional(
    z.strictObject({
      kind: z.literal(['DISCOUNT', 'COLLAR']),
      alpha: Amount.describe('Share of the reference price'),
      floorMadPerMwh: optional(Signed),
      capMadPerMwh: optional(Signed),
    }),
  ),
  tiers: optional(
    z.strictObject({
      kind: z.literal(['PROGRESSIVE', 'TOP_TIER']),
      per: z.literal(['MONTH', 'YEAR']),
      bands: z
        .array(z.strictObject({ upToMwh: optional(Amount), price: Amount }))
        .min(1)
        .max(20)
        .describe('Cumulative upper bounds, ascending; the last has none'),
    }),
  ),
  negativeRule: z.strictObject({
    rule: z.literal([
      'NONE',
      'ZERO_SETTLEMENT',
      'REFERENCE_FLOOR_0',
      'SUSPEND',
      'CURTAIL_AND_DEEM',
    ]),
    hours: optional(z.int().min(1).max(168)).describe('SUSPEND: from how many hours on'),
  }),
  testEnergyDiscountPct: Pct.describe('Off the price before the COD'),
});

const PeriodName = z.literal(['YEAR', 'MONTH']);

/** What must be taken, delivered and covered over a period (SETTLEMENT 1.4). */
const Obligations = z.strictObject({
  takeOrPay: optional(
    z.strictObject({
      period: PeriodName,
      levelPct: Pct.describe('Of the annual contract quantity'),
      deductions: z.array(z.literal(['SELLER_FAILURE', 'FORCE_MAJEURE'])).max(2),
      makeUp: z.literal(['NONE', 'PRICE_DIFFERENCE', 'FREE']),
      /** Of make-up, and of what is carried forward. */
      expiryYears: z.int().min(0).max(30),
      carryForward: z
        .boolean()
        .optional()
        .describe('Energy beyond the contract quantity lessens later obligations; absent = no'),
    }),
  ),
  minMax: optional(
    z.strictObject({
      period: PeriodName,
      minMwh: optional(Amount),
      maxMwh: optional(Amount),
      /** Of the part outside. */
      belowMadPerMwh: Amount,
      aboveMadPerMwh: Signed,
    }),
  ),
  outputGuarantee: optional(
    z.strictObject({ share: Share, p50Mwh: Amount, rateMadPerMwh: Amount }),
  ),
  availabilityGuarantee: optional(
    z.strictObject({
      basis: z.literal(['TIME', 'ENERGY']),
      levelPct: Pct,
      rateMadPerPoint: Amount.describe('MAD per percentage point below'),
    }),
  ),
  coverageGuarantee: optional(
    z.strictObject({
      metric: z
        .literal(['ENERGY_WEIGHTED', 'TIME_AVERAGED', 'VOLUMETRIC'])
        .describe('The averaging rule; there is no default'),
      levelPct: Pct,
      rateMadPerMwh: Amount,
      period: PeriodName,
      zeroLoadHour: z.literal(['COVERED', 'EXCLUDED']).default('COVERED'),
    }),
  ),
  deemedGeneration: optional(z.strictObject({ freeAllowanceMwh: Amount })),
  delayDamages: optional(
    z.strictObject({ scheduledCod: Day, rateMadPerMwDay: Amount, longStopDate: Day }),
  ),
  damageCaps: z.strictObject({ annualMad: optional(Amount), aggregateMad: optional(Amount) }),
});

/** What is paid beside the energy. */
const Adders = z.strictObject({
  lossFactor: z
    .string()
    .regex(/^0(\.\d{1,6})?$/)
    .describe('Share lost between plant and delivery point'),
  regulatedCharges: z
    .array(
      z.strictObject({
        charge: z.literal(REGULATED_CHARGES),
        basis: z.literal(['INJECTED', 'WITHDRAWN', 'DELIVERED']),
        payer: z.literal(['BUYER', 'SELLER']),
      }),
    )
    .max(3)
    .default([]),
  balancingMadPerMwh: optional(Amount),
  sleevingMadPerMwh: optional(Amount),
  standingMadPerMonth: optional(Amount),
  meteringMadPerMonth: optional(Amount),
  /** Attributes that are not in the energy price. */
  attributeMadPerMwh: optional(Amount),
});

/** When it is settled, corrected and paid. */
const Cycle = z.strictObject({
  provisionalDay: z.int().min(1).max(28),
  finalDay: z.int().min(1).max(28),
  trueUpMonths: z.array(z.int().min(1).max(60)).max(12),
  hasAnnualReconciliation: z.boolean(),
  correctionWindowMonths: z.int().min(0).max(120),
  materialityMad: Amount,
  materialityKwh: Amount,
  paymentDays: z.int().min(0).max(120).describe('At most 120 by law (MOROCCO 5)'),
  dispute: z.literal(['PAY_UNDISPUTED', 'PAY_ALL']),
  lateInterest: z.strictObject({ annualPct: Pct, dayCount: z.literal(['ACT_360', 'ACT_365']) }),
});

/**
 * A contract as a set of elections (SETTLEMENT 1): what a power purchase agreement says, as data. Each
 * election has a closed list of values or a typed one; a version holds from its own date on. Prices,
 * shares and rates are exact decimal text; a share is between 0 and 1, a percentage between 0 and 100.
 * Elections that contradict each other are refused beside it.
 */
export const ElectionsSchema = z.strictObject({
  legalRegime: z.literal(['13-09', '82-21', 'IPP-ONEE']),
  deliveryForm: z.literal(DELIVERY_FORMS),
  /** Where the priced quantity is counted: at the plant before losses, or after them. */
  deliveryPoint: z.literal(['PLANT_BUSBAR', 'GRID_POINT', 'SITE_METER']),
  signatureDate: Day,
  codDate: Day.describe('Before it there is test energy only'),
  termEnd: Day.describe('Last day, inclusive'),
  settlementCalendar: z.literal(['LEGAL_MONTH', 'UTC_MONTH']),
  contractYear: z.strictObject({
    basis: z.literal(['ANNIVERSARY', 'CALENDAR']),
    anchor: optional(Day).describe('First day of contract year 1; null = the COD'),
  }),
  stages: z
    .array(z.strictObject({ from: Day, mw: Amount }))
    .min(1)
    .max(40)
    .describe('The ramp'),
  /** This offtaker's part of the plants; null = all. */
  share: optional(
    z.strictObject({
      basis: z.literal(['PERCENT_OF_PLANT', 'MW_SHARE']),
      value: Amount,
      /** Of `MW_SHARE`: the plants' capacity that it is a part of. */
      ofMw: optional(Amount),
    }),
  ),
  volume: Volume,
  price: Price,
  obligations: Obligations,
  adders: Adders,
  /** Codes of VAT rates by kind of line. */
  vat: z.strictObject({ energy: VatCode, regulated: VatCode, fees: VatCode, damages: VatCode }),
  rounding: z
    .strictObject({
      factorDp: z.int().min(0).max(12),
      priceDp: z.union([z.int().min(0).max(12), z.literal('UNROUNDED')]),
      amount: z.literal(['PER_INTERVAL', 'PER_LINE']),
    })
    .describe('There is no default: each choice moves real money'),
  cycle: Cycle,
  estimatedData: z.literal(['PROVISIONAL_ONLY', 'ACCEPT_LOAD', 'REFUSE']),
  currency: z.literal('MAD'),
});

/** A contract's elections, as they were checked. */
export type Elections = Immutable<z.output<typeof ElectionsSchema>>;
