import { assert } from '../../errors.js';
import { Decimal } from '../../units/money.js';
import type { Elections } from '../elections/elections.shape.js';
import type { Frame, SettlementHour } from '../hours/hours.js';
import { boundsOf } from '../hours/contract-year.js';
import { fxOn, indexOf, missing, type Picker, windowAt } from '../references/references.js';

/** One step on the way to a price (SETTLEMENT 3): what went in, what came out. */
export interface PriceStep {
  readonly step: string;
  readonly rule: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly rows: readonly string[];
  readonly output: string;
}

/** A price and how it came about. */
export interface ContractPrice {
  /** What it holds for, in words: contract year, month, window. */
  readonly label: string;
  /** In the contract's unit. */
  readonly price: Decimal;
  readonly madPerMwh: Decimal;
  readonly steps: readonly PriceStep[];
  /** Without the factor of the time of delivery, as obligations take it. */
  readonly ofContract: Pick<ContractPrice, 'madPerMwh' | 'steps'>;
  readonly isTest: boolean;
}

/** Prices of the hours of a period: few distinct ones, and which holds when. */
export interface PriceCurve {
  readonly prices: readonly ContractPrice[];
  /** Position in `prices`, one per hour. */
  readonly at: Uint16Array;
}

/**
 * The contract's own price, hour by hour: base, escalator, index and exchange rate, each a factor
 * rounded to `factorDp`; then the price, rounded to `priceDp`; then the time of delivery; last the
 * discount of test energy (SETTLEMENT 3, 4, ruling 4). Contract year 1 pays the base; the escalator
 * starts on the anniversary, mid-month if need be.
 *
 * @param base  In the contract's unit: the base price, or that of a tier.
 * @throws DomainError `settlement.reference_missing`
 */
export function priceCurve(frame: Frame, picker: Picker, base: string): PriceCurve {
  const known = new Map<string, number>();
  const prices: ContractPrice[] = [];
  const at = new Uint16Array(frame.hours.length);
  frame.hours.forEach((hour, position) => {
    const tod = timeOfDelivery(frame.elections, hour);
    // Two windows may have one name: the factor of an hour is that of its own window.
    const window = tod === null ? '' : `${tod.factor} ${tod.name}`;
    const key = `${hour.isTest} ${hour.contractYear} ${hour.month} ${window}`;
    let found = known.get(key);
    if (found === undefined) {
      found = prices.push(priceAt(frame, picker, { hour, base, tod })) - 1;
      known.set(key, found);
    }
    at[position] = found;
  });
  return { prices: told(prices, frame, at), at };
}

/**
 * Tells prices of one label apart, by month or by the factor of their window: a restatement is taken
 * line by line, so that two lines of one settlement never have one name.
 */
function told(
  prices: readonly ContractPrice[],
  frame: Frame,
  at: Uint16Array,
): readonly ContractPrice[] {
  const byLabel = Map.groupBy(prices, ({ label }) => label);
  if (byLabel.size === prices.length) return prices;
  return prices.map((price, position) => {
    const alike = byLabel.get(price.label)!;
    if (alike.length === 1) return price;
    const { month } = frame.hours[at.indexOf(position)]!;
    const factor = price.steps.find(({ step: name }) => name === 'time-of-delivery')?.inputs[
      'factor'
    ];
    const isMonthTold = price.label.includes(month);
    const parts = [
      ...(isMonthTold ? [] : [month]),
      ...(factor === undefined ? [] : [`× ${factor}`]),
    ];
    return { ...price, label: [price.label, ...parts].join(', ') };
  });
}

function timeOfDelivery(
  { price: { timeOfDelivery: tod } }: Elections,
  hour: SettlementHour,
): { readonly name: string; readonly factor: string } | null {
  if (tod === null) return null;
  const clockHour = tod.clock === 'UTC' ? hour.utcHour : hour.civilHour;
  const window = windowAt(tod.seasons, hour.day, clockHour);
  assert(window !== null, 'price: windows tile the day, seasons the year');
  return window;
}

function priceAt(
  frame: Frame,
  picker: Picker,
  of: {
    readonly hour: SettlementHour;
    readonly base: string;
    readonly tod: { readonly name: string; readonly factor: string } | null;
  },
): ContractPrice {
  const { hour, base, tod } = of;
  const { price: elections, rounding } = frame.elections;
  const steps: PriceStep[] = [];
  const factors = [
    escalatorFactor(frame.elections, hour, steps),
    indexFactor(frame, picker, hour, steps),
    fxFactor(frame.elections, picker, hour, steps),
  ];
  const price = factors.reduce((product, factor) => product.times(factor), new Decimal(base));
  const rounded =
    rounding.priceDp === 'UNROUNDED'
      ? price
      : price.toDecimalPlaces(rounding.priceDp, Decimal.ROUND_HALF_UP);
  const decimals = String(rounding.priceDp);
  steps.push(step('price', 'base × factors, rounded', { base, priceDp: decimals }, rounded));
  const ofContract = inMwh(elections, discounted(frame.elections, hour, rounded, [...steps]));
  let shaped = rounded;
  if (tod !== null) {
    shaped = rounded.times(tod.factor);
    const inputs = { window: tod.name, factor: tod.factor };
    steps.push(step('time-of-delivery', 'price × factor(season, window)', inputs, shaped));
  }
  const final = discounted(frame.elections, hour, shaped, steps);
  const label = [
    ...(hour.isTest ? ['test energy'] : [`contract year ${hour.contractYear}`]),
    ...(elections.index?.adjusts === 'MONTHLY' || elections.fx !== null ? [hour.month] : []),
    ...(tod === null ? [] : [tod.name]),
  ].join(', ');
  const { madPerMwh } = inMwh(elections, final);
  return { label, price: final.price, madPerMwh, steps, ofContract, isTest: hour.isTest };
}

/** The share of a price that test energy pays: the last step of the price curve. */
export function keptOfTest({ price }: Pick<Elections, 'price'>): Decimal {
  return new Decimal(100).minus(price.testEnergyDiscountPct).dividedBy(100);
}

function discounted(
  elections: Elections,
  { isTest }: SettlementHour,
  price: Decimal,
  steps: PriceStep[],
): { readonly price: Decimal; readonly steps: readonly PriceStep[] } {
  if (!isTest) return { price, steps };
  const kept = keptOfTest(elections);
  const less = price.times(kept);
  steps.push(step('test-energy', 'price × (1 − discount)', { keptShare: kept.toFixed() }, less));
  return { price: less, steps };
}

function inMwh(
  { unit }: Elections['price'],
  { price, steps }: { readonly price: Decimal; readonly steps: readonly PriceStep[] },
): Pick<ContractPrice, 'madPerMwh' | 'steps'> {
  return { madPerMwh: unit === 'MAD_PER_KWH' ? price.times(1_000) : price, steps };
}

function escalatorFactor(
  { price: { escalatorPct }, rounding }: Elections,
  { contractYear }: SettlementHour,
  steps: PriceStep[],
): Decimal {
  if (escalatorPct === null) return new Decimal(1);
  const years = Math.max(0, contractYear - 1);
  const exact = new Decimal(escalatorPct).dividedBy(100).plus(1).pow(years);
  const factor = exact.toDecimalPlaces(rounding.factorDp, Decimal.ROUND_HALF_UP);
  const inputs = { escalatorPct, contractYear: String(contractYear) };
  steps.push(step('escalator', '(1 + e)^(year − 1)', inputs, factor));
  return factor;
}

function indexFactor(
  { elections, period }: Frame,
  picker: Picker,
  hour: SettlementHour,
  steps: PriceStep[],
): Decimal {
  const { index } = elections.price;
  // Nothing has been adjusted before the first contract year begins.
  const isBefore = index?.adjusts === 'ANNIVERSARY' && hour.contractYear < 1;
  if (index === null || isBefore) return new Decimal(1);
  // That of 29 February falls in March of other years, as its contract year begins there.
  const set =
    index.adjusts === 'MONTHLY' ? hour.month : boundsOf(elections, hour, 'YEAR').from.slice(0, 7);
  const month = monthsBefore(set, index.lagMonths);
  const isRestated = index.revisionPolicy === 'RESTATE';
  const wanted = { series: index.series, isRestated, asOf: period.asOf };
  const base = indexOf(picker, { ...wanted, month: index.baseMonth });
  const value = indexOf(picker, { ...wanted, month });
  const ratio = new Decimal(value.value).dividedBy(base.value);
  const exact = new Decimal(1).minus(index.fixedShare).times(ratio).plus(index.fixedShare);
  const floored = index.factorFloor === null ? exact : Decimal.max(exact, index.factorFloor);
  const capped = index.factorCap === null ? floored : Decimal.min(floored, index.factorCap);
  const factor = capped.toDecimalPlaces(elections.rounding.factorDp, Decimal.ROUND_HALF_UP);
  steps.push({
    ...step(
      'index',
      'a + (1 − a) × I(month − lag) / I(base)',
      {
        series: index.series,
        month,
        value: value.value,
        publishedOn: value.publishedOn,
        baseMonth: index.baseMonth,
        baseValue: base.value,
        fixedShare: index.fixedShare,
      },
      factor,
    ),
    rows: [base.id, value.id],
  });
  return factor;
}

function fxFactor(
  { price: { fx }, rounding }: Elections,
  picker: Picker,
  hour: SettlementHour,
  steps: PriceStep[],
): Decimal {
  if (fx === null) return new Decimal(1);
  const first = `${hour.month}-01`;
  const day = fx.fixing === 'FIRST_DAY' ? first : dayBefore(first);
  const row = fxOn(picker, fx.currency, day);
  const ratio = new Decimal(row.madPerUnit).dividedBy(fx.baseRate);
  const factor = new Decimal(1)
    .minus(fx.share)
    .plus(ratio.times(fx.share))
    .toDecimalPlaces(rounding.factorDp, Decimal.ROUND_HALF_UP);
  const inputs = {
    currency: fx.currency,
    day: row.day,
    rate: row.madPerUnit,
    baseRate: fx.baseRate,
    ...(row.day === day ? {} : { fixingDay: day }),
  };
  steps.push({ ...step('fx', '(1 − u) + u × FX / FX₀', inputs, factor), rows: [row.id] });
  return factor;
}

function step(
  name: string,
  rule: string,
  inputs: Readonly<Record<string, string>>,
  output: Decimal,
): PriceStep {
  return { step: name, rule, inputs, rows: [], output: output.toFixed() };
}

/** A month, so many months before another. */
export function monthsBefore(month: string, count: number): string {
  const at = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 - count;
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/**
 * Reference prices after the rule on negative ones, and which hours are not settled (SETTLEMENT 4).
 *
 * @param before  Negative or not, of the hours right before the period, oldest first: a run of
 *                negative hours is counted whole.
 */
export function referencePrices(
  { elections: { price } }: Frame,
  reference: readonly string[],
  around: { readonly before: readonly string[]; readonly after: readonly string[] },
): { readonly madPerMwh: readonly Decimal[]; readonly isSettled: readonly boolean[] } {
  const raw = reference.map((text) => new Decimal(text));
  const { rule, hours } = price.negativeRule;
  const isNegative = (value: Decimal): boolean => value.isNegative() && !value.isZero();
  if (rule === 'REFERENCE_FLOOR_0') {
    return {
      madPerMwh: raw.map((value) => Decimal.max(value, 0)),
      isSettled: raw.map(() => true),
    };
  }
  if (rule === 'ZERO_SETTLEMENT' || rule === 'CURTAIL_AND_DEEM') {
    return { madPerMwh: raw, isSettled: raw.map((value) => !isNegative(value)) };
  }
  if (rule === 'SUSPEND') {
    const all = [...around.before, ...reference, ...around.after].map((text) => new Decimal(text));
    const runs = suspended(all.map(isNegative), hours!);
    const from = around.before.length;
    return { madPerMwh: raw, isSettled: raw.map((_, at) => !runs[from + at]!) };
  }
  return { madPerMwh: raw, isSettled: raw.map(() => true) };
}

/** Whether each hour is in a run of at least `count` negative ones. */
function suspended(isNegative: readonly boolean[], count: number): readonly boolean[] {
  const inRun = isNegative.map(() => false);
  let start = 0;
  for (let at = 0; at <= isNegative.length; at += 1) {
    if (isNegative[at] === true) continue;
    if (at - start >= count) inRun.fill(true, start, at);
    start = at + 1;
  }
  return inRun;
}

/** The base price of a contract that has one. @throws DomainError `settlement.reference_missing` */
export function basePriceOf({ price: { base } }: Elections): string {
  return base ?? missing('election', 'price.base', '', 'Give the contract a base price.');
}
