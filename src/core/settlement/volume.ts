import { sumWattHours } from '../units/energy.js';
import { Decimal } from '../units/money.js';
import { complete, type Frame, needed, type SettlementSeries, stageMwOn } from './hours.js';

const WH_PER_MWH = 1_000_000;

/** Hourly quantities of a settlement, Wh, exact (SETTLEMENT 4). */
export interface Volumes {
  /** Metered at the plants, this offtaker's share. */
  readonly injected: readonly Decimal[];
  /** After losses, or before them where the contract counts at the busbar. */
  readonly delivered: readonly Decimal[];
  readonly load: Float64Array | null;
  /** `min(delivered, load)`; null without load. */
  readonly matched: readonly Decimal[] | null;
  readonly excess: readonly Decimal[] | null;
  /** What the product prices. */
  readonly priced: readonly Decimal[];
  /** Σ of each, Wh; null of what is not given. */
  readonly totals: {
    readonly injected: Decimal;
    readonly delivered: Decimal;
    readonly load: number | null;
    readonly matched: Decimal | null;
    readonly excess: Decimal | null;
    readonly priced: Decimal;
  };
}

/** Sum of exact quantities. */
export function sumOf(values: readonly Decimal[]): Decimal {
  return values.reduce((sum, value) => sum.plus(value), new Decimal(0));
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
  const injected = Array.from(metered, (wh) => share.times(wh));
  const delivered = isBusbar ? injected : injected.map((wh) => wh.times(kept));
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
  const base = { injected, delivered, load, matched, excess };
  const priced = pricedOf(frame, series, base);
  return { ...base, priced, totals: totalsOf({ ...base, priced }) };
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
    ...{ injected: sum(injected), delivered: sum(delivered), matched: matchedWh },
    load: load === null ? null : sumWattHours(load),
    excess: matchedWh === null ? null : sum(delivered).minus(matchedWh),
    priced: sum(priced),
  };
}

function shareOf({ elections: { share } }: Frame): Decimal {
  if (share === null) return new Decimal(1);
  const value = new Decimal(share.value);
  return share.basis === 'PERCENT_OF_PLANT' ? value.dividedBy(100) : value.dividedBy(share.ofMw!);
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
      return frame.hours.map(({ civilDay }) =>
        new Decimal(volume.baseloadMw ?? stageMwOn(frame.elections, civilDay)).times(WH_PER_MWH),
      );
    case 'SHAPE_12X24':
      return frame.hours.map(({ civilDay, civilHour, utcHour }) => {
        const row = volume.shapeMw![Number(civilDay.slice(5, 7)) - 1]!;
        return new Decimal(row[volume.clock === 'UTC' ? utcHour : civilHour]!).times(WH_PER_MWH);
      });
    case 'SHAPE_8760':
      return needed(frame, 'contractWh', series.contractWh).map((wh) => new Decimal(wh));
    case 'AS_CONSUMED':
    case 'COVERAGE_24_7':
      return needed(frame, 'loadWh', matched);
  }
}

/** Coverage by the three metrics, exact ratios; null where nothing was used (METHOD 5). */
export interface CoverageRatios {
  readonly energyWeighted: Decimal | null;
  readonly timeAveraged: Decimal | null;
  readonly volumetric: Decimal | null;
  readonly loadWh: number;
  /** What each ratio says was covered, Wh: of the load, exact but for the mean of ratios. */
  readonly coveredWh: Readonly<
    Record<'ENERGY_WEIGHTED' | 'TIME_AVERAGED' | 'VOLUMETRIC', Decimal>
  > | null;
}

/** Digits of a mean of ratios that are kept: what division leaves beyond them is noise. */
const RATIO_DIGITS = 50;

/** The three coverages of a period; null where no load is given. */
export function coverageRatios(
  { delivered, load, totals }: Pick<Volumes, 'delivered' | 'load' | 'totals'>,
  zeroLoadHour: 'COVERED' | 'EXCLUDED',
): CoverageRatios | null {
  if (load === null || totals.matched === null || totals.load === null) return null;
  const { load: loadWh, matched } = totals;
  if (loadWh === 0) {
    const none = { energyWeighted: null, timeAveraged: null, volumetric: null };
    return { ...none, loadWh, coveredWh: null };
  }
  let covered = new Decimal(0);
  let [counted, full] = [0, 0];
  load.forEach((wh, at) => {
    if (wh === 0 && zeroLoadHour === 'EXCLUDED') return;
    counted += 1;
    if (wh === 0 || delivered[at]!.greaterThanOrEqualTo(wh)) full += 1;
    else covered = covered.plus(delivered[at]!.dividedBy(wh));
  });
  const coveredWh = {
    ENERGY_WEIGHTED: matched,
    TIME_AVERAGED: covered
      .plus(full)
      .times(loadWh)
      .dividedBy(counted)
      .toSignificantDigits(RATIO_DIGITS),
    VOLUMETRIC: Decimal.min(totals.delivered, loadWh),
  };
  return {
    ...{ loadWh, coveredWh },
    energyWeighted: coveredWh.ENERGY_WEIGHTED.dividedBy(loadWh),
    timeAveraged: coveredWh.TIME_AVERAGED.dividedBy(loadWh),
    volumetric: coveredWh.VOLUMETRIC.dividedBy(loadWh),
  };
}
