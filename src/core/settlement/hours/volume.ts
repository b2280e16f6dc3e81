import { Decimal, WH_PER_MWH } from '../../units/money.js';
import { complete, type Frame, needed, stageMwOn } from './hours.js';
import type { SettlementSeries } from './series.shape.js';

/** Hourly quantities of a settlement, Wh, exact (SETTLEMENT 4). */
export interface Volumes {
  /** Metered at the plants, this offtaker's share. */
  readonly injected: readonly Decimal[];
  /** After losses, or before them where the contract counts at the busbar. */
  readonly delivered: readonly Decimal[];
  readonly load: Float64Array | null;
  /** After losses, whatever point is priced: what reaches the load. Coverage counts it. */
  readonly reaching: readonly Decimal[];
  /** `min(delivered, load)`; null without load. */
  readonly matched: readonly Decimal[] | null;
  readonly excess: readonly Decimal[] | null;
  /** What the product prices. */
  readonly priced: readonly Decimal[];
  /** Σ of each, Wh; null of what is not given. */
  readonly totals: {
    readonly injected: Decimal;
    readonly delivered: Decimal;
    readonly load: Decimal | null;
    readonly matched: Decimal | null;
    readonly excess: Decimal | null;
    readonly priced: Decimal;
  };
}

/** Digits that are kept of a result: a division leaves noise beyond them, and no exact figure has more. */
const DIGITS = 50;

/** A result without what division left in its last digits: three thirds are the whole. */
export function withoutNoise(value: Decimal): Decimal {
  return value.precision() > DIGITS ? value.toSignificantDigits(DIGITS) : value;
}

/** Sum of exact quantities. */
export function sumOf(values: readonly Decimal[]): Decimal {
  return withoutNoise(values.reduce((sum, value) => sum.plus(value), new Decimal(0)));
}

/** Wh as MWh, exact text. */
export function mwhText(wh: Decimal | number): string {
  return new Decimal(wh).times('0.000001').toFixed();
}

/**
 * The quantities of every hour.
 *
 * @throws DomainError `settlement.series_wrong`, `settlement.hours_incomplete`
 */
export function volumesOf(frame: Frame, series: SettlementSeries): Volumes {
  const { elections } = frame;
  const metered = complete(frame, 'generationWh', series.generationWh);
  const share = shareOf(frame);
  const kept = new Decimal(1).minus(elections.adders.lossFactor);
  const isBusbar = elections.deliveryPoint === 'PLANT_BUSBAR';
  const injected = Array.from(metered, (wh) => share(wh));
  const reaching = kept.equals(1) ? injected : Array.from(metered, (wh) => share(kept.times(wh)));
  const delivered = isBusbar ? injected : reaching;
  const load = series.loadWh === null ? null : complete(frame, 'loadWh', series.loadWh);
  const zero = new Decimal(0);
  const matched =
    load === null
      ? null
      : delivered.map((wh, at) => (wh.greaterThan(load[at]!) ? new Decimal(load[at]!) : wh));
  // What is wholly matched is the same decimal: nothing is left of it.
  const excess =
    matched === null
      ? null
      : delivered.map((wh, at) => (wh === matched[at] ? zero : wh.minus(matched[at]!)));
  const base = { injected, delivered, reaching, load, matched, excess };
  const priced = pricedOf(frame, series, base);
  return { ...base, priced, totals: totalsOf({ ...base, priced }) };
}

/** Quantities of parts of a period as those of the period; they share a load, or none has one. */
export function joinedVolumes(parts: readonly Volumes[]): Volumes {
  if (parts.length === 1) return parts[0]!;
  const joined = (name: 'injected' | 'delivered' | 'reaching' | 'priced'): readonly Decimal[] =>
    parts.flatMap((part) => part[name]);
  const orNull = (name: 'matched' | 'excess'): readonly Decimal[] | null =>
    parts.some((part) => part[name] === null) ? null : parts.flatMap((part) => part[name]!);
  const hasLoad = parts.every(({ load }) => load !== null);
  const volumes = {
    injected: joined('injected'),
    delivered: joined('delivered'),
    reaching: joined('reaching'),
    priced: joined('priced'),
    matched: orNull('matched'),
    excess: orNull('excess'),
    load: hasLoad ? Float64Array.from(parts.flatMap(({ load }) => [...load!])) : null,
  };
  return { ...volumes, totals: totalsOf(volumes) };
}

function totalsOf(volumes: Omit<Volumes, 'totals'>): Volumes['totals'] {
  const { injected, delivered, load, matched, priced } = volumes;
  const sums = new Map<readonly Decimal[], Decimal>();
  const sum = (values: readonly Decimal[]): Decimal => {
    const known = sums.get(values) ?? sumOf(values);
    sums.set(values, known);
    return known;
  };
  const matchedWh = matched === null ? null : sum(matched);
  return {
    injected: sum(injected),
    delivered: sum(delivered),
    matched: matchedWh,
    load: load === null ? null : sumOf(Array.from(load, (wh) => new Decimal(wh))),
    excess: matchedWh === null ? null : sum(delivered).minus(matchedWh),
    priced: sum(priced),
  };
}

/**
 * This offtaker's part of what is of the plants: every series of theirs (SETTLEMENT, rulings 3 and 8). The
 * product is formed before it is divided, so that a third of 30 is 10.
 */
export function shareOf({ elections: { share } }: Frame): (wh: Decimal | number) => Decimal {
  if (share === null) return (wh) => new Decimal(wh);
  const value = new Decimal(share.value);
  const of = share.basis === 'PERCENT_OF_PLANT' ? 100 : share.ofMw!;
  return (wh) => value.times(wh).dividedBy(of);
}

function pricedOf(
  frame: Frame,
  series: SettlementSeries,
  { delivered, matched }: Omit<Volumes, 'priced' | 'totals'>,
): readonly Decimal[] {
  const { volume } = frame.elections;
  switch (volume.product) {
    case 'PAY_AS_PRODUCED':
      return delivered;
    case 'PAY_AS_NOMINATED':
      return needed(frame, 'nominatedWh', series.nominatedWh).map((wh) => new Decimal(wh));
    case 'BASELOAD':
      return frame.hours.map(({ day }) =>
        new Decimal(volume.baseloadMw ?? stageMwOn(frame.elections, day)).times(WH_PER_MWH),
      );
    case 'SHAPE_12X24':
      return frame.hours.map(({ month, civilHour, utcHour }) => {
        const row = volume.shapeMw![Number(month.slice(5)) - 1]!;
        return new Decimal(row[volume.clock === 'UTC' ? utcHour : civilHour]!).times(WH_PER_MWH);
      });
    case 'SHAPE_8760':
      return needed(frame, 'contractWh', series.contractWh).map((wh) => new Decimal(wh));
    case 'AS_CONSUMED':
    case 'COVERAGE_24_7':
      return needed(frame, 'loadWh', matched);
  }
}
