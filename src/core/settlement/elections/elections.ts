/**
 * A contract as a set of elections (SETTLEMENT 1): what a power purchase agreement says, as data. Each
 * election has a closed list of values or a typed one; a version holds from its own date on. Prices,
 * shares and rates are exact decimal text; a share is between 0 and 1, a percentage between 0 and 100.
 */
export interface Elections {
  readonly legalRegime: '13-09' | '82-21' | 'IPP-ONEE';
  readonly deliveryForm: (typeof DELIVERY_FORMS)[number];
  /** Where the priced quantity is counted: at the plant before losses, or after them. */
  readonly deliveryPoint: 'PLANT_BUSBAR' | 'GRID_POINT' | 'SITE_METER';
  /** Civil days. Before the COD there is test energy only. */
  readonly signatureDate: string;
  readonly codDate: string;
  /** Last civil day, inclusive. */
  readonly termEnd: string;
  readonly settlementCalendar: 'LEGAL_MONTH' | 'UTC_MONTH';
  readonly contractYear: {
    readonly basis: 'ANNIVERSARY' | 'CALENDAR';
    /** Civil day from which contract year 1 counts; null = the COD. */
    readonly anchor: string | null;
  };
  /** The ramp: MW from a civil day on, ascending. */
  readonly stages: readonly { readonly from: string; readonly mw: string }[];
  /** This offtaker's part of the plants; null = all. */
  readonly share: {
    readonly basis: 'PERCENT_OF_PLANT' | 'MW_SHARE';
    readonly value: string;
    /** Of `MW_SHARE`: the plants' capacity that it is a part of. */
    readonly ofMw: string | null;
  } | null;
  readonly volume: VolumeElections;
  readonly price: PriceElections;
  readonly obligations: ObligationElections;
  readonly adders: AdderElections;
  readonly vat: {
    /** Codes of VAT rates by kind of line; null = outside VAT. */
    readonly energy: string | null;
    readonly regulated: string | null;
    readonly fees: string | null;
    readonly damages: string | null;
  };
  readonly rounding: {
    /** Decimals of a factor of the price; there is no default. */
    readonly factorDp: number;
    readonly priceDp: number | 'UNROUNDED';
    readonly amount: 'PER_INTERVAL' | 'PER_LINE';
  };
  readonly cycle: CycleElections;
  readonly estimatedData: 'PROVISIONAL_ONLY' | 'ACCEPT_LOAD' | 'REFUSE';
  readonly currency: 'MAD';
}

/** Ways in which the energy reaches the buyer (SETTLEMENT 1.1). */
export const DELIVERY_FORMS = ['PHYSICAL', 'SLEEVED', 'VIRTUAL'] as const;

/** What is bought. */
export interface VolumeElections {
  readonly product: VolumeProduct;
  /** `BASELOAD`: MW; null = the stage of the ramp. */
  readonly baseloadMw: string | null;
  /** `SHAPE_12X24`: MW for each of 12 civil months and 24 hours of the clock below. */
  readonly shapeMw: readonly (readonly string[])[] | null;
  readonly clock: 'UTC' | 'LEGAL';
  /** Annual contract quantity, MWh. */
  readonly acqMwh: string | null;
  readonly imbalance: {
    readonly bearer: 'SELLER' | 'BUYER';
    readonly tolerancePct: string;
    /** MAD per MWh around the reference, against the bearer. */
    readonly spreadMadPerMwh: string;
  } | null;
  readonly excess: {
    readonly rule: 'NOT_TAKEN' | 'BUYER_TAKES' | 'SOLD_TO_GRID' | 'SPILLED';
    /** `BUYER_TAKES`: MAD per MWh. */
    readonly priceMadPerMwh: string | null;
    /** `SOLD_TO_GRID`: per cent of the annual production. */
    readonly capPct: string | null;
  };
}

/** Volume products (SETTLEMENT 1.2). */
export const VOLUME_PRODUCTS = [
  ...(['PAY_AS_PRODUCED', 'PAY_AS_NOMINATED', 'BASELOAD', 'SHAPE_12X24'] as const),
  ...(['SHAPE_8760', 'AS_CONSUMED', 'COVERAGE_24_7'] as const),
] as const;
/** One product. */
export type VolumeProduct = (typeof VOLUME_PRODUCTS)[number];

/** A clock window with what holds in it. */
export interface DayWindow {
  readonly name: string;
  /** Hours `[from, to)`, 0 to 24; a window that passes midnight has `to` below `from`. */
  readonly fromHour: number;
  readonly toHour: number;
}

/** Windows of a season; seasons tile the year, windows the day. */
export interface Season<Window extends DayWindow> {
  readonly name: string;
  /** `MM-DD`, both inclusive. */
  readonly fromDay: string;
  readonly toDay: string;
  readonly windows: readonly Window[];
}

/** What it costs. */
export interface PriceElections {
  /** Null only where the price is linked to the market. */
  readonly base: string | null;
  readonly unit: 'MAD_PER_MWH' | 'MAD_PER_KWH';
  /** Compound, per cent a year, from contract year 2 on; null = none. */
  readonly escalatorPct: string | null;
  readonly index: {
    readonly series: string;
    /** Share that is not indexed; 0 = fully indexed. */
    readonly fixedShare: string;
    readonly baseMonth: string;
    readonly lagMonths: number;
    /** Whether the factor follows every month, or is set on the anniversary. */
    readonly adjusts: 'MONTHLY' | 'ANNIVERSARY';
    readonly factorFloor: string | null;
    readonly factorCap: string | null;
    readonly revisionPolicy: 'FREEZE_AS_PUBLISHED' | 'RESTATE';
  } | null;
  readonly fx: {
    readonly currency: string;
    readonly share: string;
    readonly baseRate: string;
    /** The rate of the last day of the month before, or of a day of the month. */
    readonly fixing: 'LAST_DAY_BEFORE' | 'FIRST_DAY';
  } | null;
  readonly timeOfDelivery: {
    readonly clock: 'UTC' | 'LEGAL';
    readonly seasons: readonly Season<DayWindow & { readonly factor: string }>[];
  } | null;
  readonly market: {
    readonly kind: 'DISCOUNT' | 'COLLAR';
    /** Share of the reference price. */
    readonly alpha: string;
    readonly floorMadPerMwh: string | null;
    readonly capMadPerMwh: string | null;
  } | null;
  readonly tiers: {
    readonly kind: 'PROGRESSIVE' | 'TOP_TIER';
    readonly per: 'MONTH' | 'YEAR';
    /** Cumulative upper bounds, ascending; the last has none. Prices in the contract's unit. */
    readonly bands: readonly { readonly upToMwh: string | null; readonly price: string }[];
  } | null;
  readonly negativeRule: {
    readonly rule:
      'NONE' | 'ZERO_SETTLEMENT' | 'REFERENCE_FLOOR_0' | 'SUSPEND' | 'CURTAIL_AND_DEEM';
    /** `SUSPEND`: hours of a run from which on it is not settled. */
    readonly hours: number | null;
  };
  /** Per cent off the price before the COD. */
  readonly testEnergyDiscountPct: string;
}

/** What must be taken, delivered and covered over a period (SETTLEMENT 1.4). */
export interface ObligationElections {
  readonly takeOrPay: {
    readonly period: 'YEAR' | 'MONTH';
    readonly levelPct: string;
    readonly deductions: readonly ('SELLER_FAILURE' | 'FORCE_MAJEURE')[];
    readonly makeUp: 'NONE' | 'PRICE_DIFFERENCE' | 'FREE';
    /** Of make-up, and of what is carried forward. */
    readonly expiryYears: number;
    /** Whether energy taken beyond the contract quantity lessens later obligations; absent = no. */
    readonly carryForward?: boolean | undefined;
  } | null;
  readonly minMax: {
    readonly period: 'YEAR' | 'MONTH';
    readonly minMwh: string | null;
    readonly maxMwh: string | null;
    /** Of the part outside, MAD per MWh. */
    readonly belowMadPerMwh: string;
    readonly aboveMadPerMwh: string;
  } | null;
  readonly outputGuarantee: {
    readonly share: string;
    readonly p50Mwh: string;
    readonly rateMadPerMwh: string;
  } | null;
  readonly availabilityGuarantee: {
    readonly basis: 'TIME' | 'ENERGY';
    readonly levelPct: string;
    /** Per percentage point below. */
    readonly rateMadPerPoint: string;
  } | null;
  readonly coverageGuarantee: {
    readonly metric: 'ENERGY_WEIGHTED' | 'TIME_AVERAGED' | 'VOLUMETRIC';
    readonly levelPct: string;
    readonly rateMadPerMwh: string;
    readonly period: 'YEAR' | 'MONTH';
    readonly zeroLoadHour: 'COVERED' | 'EXCLUDED';
  } | null;
  readonly deemedGeneration: { readonly freeAllowanceMwh: string } | null;
  readonly delayDamages: {
    readonly scheduledCod: string;
    readonly rateMadPerMwDay: string;
    readonly longStopDate: string;
  } | null;
  readonly damageCaps: {
    readonly annualMad: string | null;
    readonly aggregateMad: string | null;
  };
}

/** Charges that the regulator sets. */
export const REGULATED_CHARGES = ['TURT', 'TURD', 'TSS'] as const;
/** One charge. */
export type RegulatedCharge = (typeof REGULATED_CHARGES)[number];

/** What is paid beside the energy. */
export interface AdderElections {
  /** Share lost between plant and delivery point, 0 ≤ x < 1. */
  readonly lossFactor: string;
  readonly regulatedCharges: readonly {
    readonly charge: RegulatedCharge;
    readonly basis: 'INJECTED' | 'WITHDRAWN' | 'DELIVERED';
    readonly payer: 'BUYER' | 'SELLER';
  }[];
  readonly balancingMadPerMwh: string | null;
  readonly sleevingMadPerMwh: string | null;
  readonly standingMadPerMonth: string | null;
  readonly meteringMadPerMonth: string | null;
  /** Attributes that are not in the energy price, MAD per MWh. */
  readonly attributeMadPerMwh: string | null;
}

/** When it is settled, corrected and paid. */
export interface CycleElections {
  readonly provisionalDay: number;
  readonly finalDay: number;
  readonly trueUpMonths: readonly number[];
  readonly hasAnnualReconciliation: boolean;
  readonly correctionWindowMonths: number;
  readonly materialityMad: string;
  readonly materialityKwh: string;
  readonly paymentDays: number;
  readonly dispute: 'PAY_UNDISPUTED' | 'PAY_ALL';
  readonly lateInterest: {
    readonly annualPct: string;
    readonly dayCount: 'ACT_360' | 'ACT_365';
  };
}
