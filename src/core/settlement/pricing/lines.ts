import { Decimal } from '../../units/money.js';
import type { PriceStep } from './price.js';
import { mwhText, sumOf, withoutNoise } from '../hours/volume.js';

/** Kinds of settlement lines. */
export const LINE_KINDS = [
  ...(['ENERGY', 'TEST_ENERGY', 'DIFFERENCE', 'IMBALANCE', 'EXCESS', 'EXCESS_SALE'] as const),
  ...(['SELLER_PURCHASE', 'SELLER_SALE', 'DEEMED', 'TURT', 'TURD', 'TSS'] as const),
  ...(['BALANCING', 'SLEEVING', 'STANDING', 'METERING', 'ATTRIBUTES'] as const),
  ...(['TAKE_OR_PAY', 'MAKE_UP', 'BELOW_MINIMUM', 'ABOVE_MAXIMUM', 'OUTPUT_DAMAGES'] as const),
  ...(['AVAILABILITY_DAMAGES', 'COVERAGE_DAMAGES', 'DELAY_DAMAGES'] as const),
] as const;
/** One kind. */
export type LineKind = (typeof LINE_KINDS)[number];

/** Whose money a line is: between buyer and seller, or with somebody else, which is shown apart. */
export type LineParty = 'CONTRACT' | 'GRID' | 'MARKET';

/** One priced line. A positive amount means that the buyer pays the seller. */
export interface SettlementLine {
  readonly kind: LineKind;
  readonly label: string;
  readonly party: LineParty;
  readonly quantity: string;
  readonly unit: 'MWh' | 'month' | 'MW·day' | 'point';
  /** Null where each hour has its own. */
  readonly price: string | null;
  readonly priceUnit: string;
  readonly unroundedMad: string;
  readonly amountMad: string;
  readonly vatCode: string | null;
  /** The formula (SETTLEMENT 4), by its name there. */
  readonly formula: string;
  readonly trace: readonly PriceStep[];
  /** Rows that the line used beside those of its trace. */
  readonly rows: readonly string[];
  /** Where the rate of VAT changes inside the line: what of it has which rate. Absent with one rate. */
  readonly vat?: readonly VatPart[];
}

/** The part of a line that one rate of VAT is on. */
export interface VatPart {
  readonly ratePct: string;
  readonly quantity: string;
  readonly amountMad: string;
}

/** Some hours of a period, each with a quantity that is not zero. */
export interface Slice {
  /** Positions in the period, ascending. */
  readonly hours: readonly number[];
  /** Wh, one per hour above. */
  readonly wh: readonly Decimal[];
  readonly totalWh: Decimal;
}

/** The hours of which something is true, without those of no energy. */
export function sliceOf(
  wh: readonly Decimal[],
  isIn: (hour: number) => boolean = () => true,
): Slice {
  const hours: number[] = [];
  const kept: Decimal[] = [];
  wh.forEach((value, hour) => {
    if (value.isZero() || !isIn(hour)) return;
    hours.push(hour);
    kept.push(value);
  });
  return { hours, wh: kept, totalWh: sumOf(kept) };
}

/**
 * The hours of each of some groups, in one pass.
 *
 * @param groupOf  Position of the group of each hour, below `count`.
 */
export function slicesBy(
  wh: readonly Decimal[],
  groupOf: (hour: number) => number,
  count: number,
): readonly Slice[] {
  const groups = Array.from({ length: count }, () => ({
    hours: [] as number[],
    wh: [] as Decimal[],
  }));
  wh.forEach((value, hour) => {
    if (value.isZero()) return;
    const group = groups[groupOf(hour)]!;
    group.hours.push(hour);
    group.wh.push(value);
  });
  return groups.map((group) => ({ ...group, totalWh: sumOf(group.wh) }));
}

/** A line with the hours behind it. */
export interface HourlyLine extends SettlementLine {
  /** MAD of the hours of the line, unrounded or rounded as elected; null where there are none. */
  readonly hourly:
    | (() => {
        readonly hours: readonly number[];
        readonly mad: readonly Decimal[];
        readonly wh: readonly Decimal[];
      })
    | null;
  /** Positions of its hours; absent of a line without. */
  readonly at?: readonly number[];
  /** Of a line without hours: its days, where it is for some; the last of the period otherwise. */
  readonly days?: readonly { readonly day: string; readonly quantity: Decimal }[];
}

/** How an amount of several hours is rounded: each hour, or once. */
export type AmountRounding = 'PER_INTERVAL' | 'PER_LINE';

/** Rounds to the centime, half away from zero: a credit is the exact mirror of its charge. */
export function centimes(amount: Decimal): Decimal {
  return withoutNoise(amount).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
}

/** What a line of hours says beside its amounts. */
export type LineFacts = Omit<
  SettlementLine,
  'quantity' | 'unit' | 'unroundedMad' | 'amountMad' | 'price' | 'priceUnit' | 'rows' | 'trace'
> &
  Partial<Pick<SettlementLine, 'price' | 'priceUnit' | 'rows' | 'trace'>>;

/** Multiplying is cheaper than dividing, and as exact. */
const MWH_PER_WH = new Decimal('0.000001');

/**
 * A line of energy at one price: quantity × price over its hours, rounded per hour or once.
 *
 * @param slice  The hours of the line.
 */
export function energyAtPrice(
  facts: LineFacts,
  slice: Slice,
  madPerMwh: Decimal,
  rounding: AmountRounding,
): HourlyLine {
  const madPerWh = madPerMwh.times(MWH_PER_WH);
  const exactly = (): Decimal[] => slice.wh.map((wh) => wh.times(madPerWh));
  return energyLine(facts, slice, {
    price: madPerMwh.toFixed(),
    exactly,
    sum: slice.totalWh.times(madPerWh),
    rounded:
      rounding === 'PER_INTERVAL' ? inDecimals(roundedCentimes(slice.wh, madPerWh), exactly) : null,
  });
}

/**
 * A line of energy at a price of each hour: quantity × price over its hours, rounded per hour or once.
 *
 * @param slice      The hours of the line.
 * @param madPerMwh  Of each hour of the period.
 */
export function energyAtHourlyPrices(
  facts: LineFacts,
  slice: Slice,
  madPerMwh: readonly Decimal[],
  rounding: AmountRounding,
): HourlyLine {
  const exactly = (): Decimal[] =>
    slice.wh.map((wh, at) => wh.times(madPerMwh[slice.hours[at]!]!).times(MWH_PER_WH));
  return energyLine(facts, slice, {
    price: null,
    exactly,
    sum: sumOf(exactly()),
    rounded:
      rounding === 'PER_INTERVAL'
        ? inDecimals(Float64Array.from(exactly(), wholeCentimes), exactly)
        : null,
  });
}

/** What the hours of a line come to, MAD. */
interface HourlyAmounts {
  /** Null where each hour has its own. */
  readonly price: string | null;
  /** Of each hour, unrounded; computed when asked. */
  readonly exactly: () => readonly Decimal[];
  /** Of all, unrounded. */
  readonly sum: Decimal;
  /** Null where the line is rounded once. */
  readonly rounded: RoundedHours | null;
}

function energyLine(
  facts: LineFacts,
  { hours, wh, totalWh }: Slice,
  { price, exactly, sum, rounded }: HourlyAmounts,
): HourlyLine {
  const exact = withoutNoise(sum);
  const amount = rounded === null ? centimes(exact) : rounded.sum;
  return {
    price,
    priceUnit: 'MAD/MWh',
    rows: [],
    trace: [],
    ...facts,
    quantity: mwhText(totalWh),
    unit: 'MWh',
    unroundedMad: exact.toFixed(),
    amountMad: amount.toFixed(2),
    at: hours,
    hourly: () => ({ hours, wh, mad: rounded === null ? exactly() : rounded.mad() }),
  };
}

const inMad = (count: number): Decimal => new Decimal(count).dividedBy(100);

/** Exact centimes as a whole number. A small credit rounds to −0, which is no amount: it is 0. */
const wholeCentimes = (mad: Decimal): number => centimes(mad).times(100).toNumber() + 0;

/** A product of doubles errs by less than this below the limit: 3.4e-16 of itself. */
const SURE_CENTIMES = 1e10;
const DOUBT = 1e-5;

/**
 * Centimes of each hour at one price, half away from zero. A product of doubles that is clear of the half
 * by more than it can err rounds as the exact one does; any other is computed exactly.
 */
function roundedCentimes(wh: readonly Decimal[], madPerWh: Decimal): Float64Array {
  const approximate = madPerWh.times(100).toNumber();
  return Float64Array.from(wh, (value) => {
    const product = value.toNumber() * approximate;
    const size = Math.abs(product);
    const whole = Math.floor(size);
    const isSure = size < SURE_CENTIMES && Math.abs(size - whole - 0.5) > DOUBT;
    if (!isSure) return wholeCentimes(value.times(madPerWh));
    const rounded = size - whole < 0.5 ? whole : whole + 1;
    return product < 0 && rounded > 0 ? -rounded : rounded;
  });
}

/** Rounded amounts of hours, MAD, with their sum. */
interface RoundedHours {
  readonly sum: Decimal;
  readonly mad: () => readonly Decimal[];
}

/** Rounded amounts of hours: whole centimes in doubles, or decimals beyond those. */
function inDecimals(values: Float64Array, exactly: () => readonly Decimal[]): RoundedHours {
  const size = values.reduce((total, value) => total + Math.abs(value), 0);
  if (size <= Number.MAX_SAFE_INTEGER) {
    const sum = values.reduce((total, value) => total + value, 0);
    return { sum: inMad(sum), mad: () => Array.from(values, inMad) };
  }
  const mad = exactly().map(centimes);
  return { sum: sumOf(mad), mad: () => mad };
}

/** A line of a quantity at a price, without hours. */
export function flatLine(
  facts: LineFacts,
  of: {
    readonly quantity: Decimal;
    readonly unit: SettlementLine['unit'];
    readonly price: Decimal;
    readonly priceUnit: string;
  },
): HourlyLine {
  const exact = of.quantity.times(of.price);
  return {
    rows: [],
    trace: [],
    ...facts,
    quantity: of.quantity.toFixed(),
    unit: of.unit,
    price: of.price.toFixed(),
    priceUnit: of.priceUnit,
    unroundedMad: exact.toFixed(),
    amountMad: centimes(exact).toFixed(2),
    hourly: null,
  };
}
