import { assert } from '../../errors.js';
import { Decimal } from '../../units/money.js';
import { curveLines, energyFacts, type EnergySettlement } from './curve-lines.js';
import type { Frame } from '../hours/hours.js';
import { energyAtHourlyPrices, type HourlyLine, sliceOf } from './lines.js';
import { type ContractPrice, type PriceCurve, priceCurve } from './price.js';
import { boundsOf } from '../hours/contract-year.js';
import { dayAfter } from '../parts/in-force.js';
import type { Part } from '../parts/parts.js';
import type { Picker } from '../references/references.js';
import { sumOf } from '../hours/volume.js';
import { type Span, spansOf } from '../hours/spans.js';
import { countTiers } from './tiers.js';

const ZERO = new Decimal(0);

/** Energy of a period, as tiers count it. */
export interface Tiered {
  /** The hours of all parts. */
  readonly whole: Frame;
  /** Wh of them that count, one per hour. */
  readonly taken: readonly Decimal[];
  /** Wh of them that tiers price. */
  readonly priced: readonly Decimal[];
  readonly openingWh: Decimal;
}

/**
 * Tiers by cumulative energy (SETTLEMENT 1.3): each slice at its own price, or all at the price of
 * the tier that is reached. Hours fill the tiers in order of time; a count goes on where another version
 * of the contract takes effect.
 */
export function tieredLines(
  { frame, from, to }: Part,
  picker: Picker,
  of: Tiered,
): Omit<EnergySettlement, 'aboveWh'> {
  const { tiers } = frame.elections.price;
  assert(tiers !== null, 'energy: a price by tiers');
  const curves = tiers.bands.map(({ price }) => priceCurve(frame, picker, price));
  const counted = countTiers(of.whole, tiers, of);
  const bandAt = counted.bandAt.subarray(from, to);
  const slices = counted.slices?.map((slice) => slice.slice(from, to)) ?? null;
  const priced = of.priced.slice(from, to);
  const priceAt = (hour: number): ContractPrice => {
    const { prices, at } = curves[bandAt[hour]!]!;
    return prices[at[hour]!]!;
  };
  if (slices === null) {
    const lines = topTierLines(frame, priced, curves, bandAt);
    const year = { tiers, curves, bandAt, from, to };
    return { lines, yearLines: yearLines(frame, of, year), priceAt };
  }
  const lines = slices.flatMap((slice, band) =>
    curveLines(frame, slice, curves[band]!).map((line) => ({
      ...line,
      label: `${line.label}, tier ${band + 1}`,
    })),
  );
  return { lines: lines.filter(({ quantity }) => quantity !== '0'), yearLines: [], priceAt };
}

/** Each hour at the price of the tier that its month or year reaches; one tier needs no name. */
function topTierLines(
  frame: Frame,
  priced: readonly Decimal[],
  curves: readonly PriceCurve[],
  bandAt: Uint8Array,
): HourlyLine[] {
  const bands = [...new Set(bandAt)].toSorted((a, b) => a - b);
  if (bands.length === 1) return curveLines(frame, priced, curves[bands[0]!]!);
  return bands
    .flatMap((band) => {
      const ofBand = priced.map((wh, hour) => (bandAt[hour] === band ? wh : ZERO));
      return curveLines(frame, ofBand, curves[band]!).map((line) => ({
        ...line,
        label: `${line.label}, tier ${band + 1}`,
      }));
    })
    .filter(({ quantity }) => quantity !== '0');
}

/**
 * `TOP_TIER` by the year: the reconciliation prices the whole year at the tier that it reached, and bills
 * what that is beyond the months, each priced at the tier that it had reached (SETTLEMENT, ruling 5).
 */
function yearLines(
  frame: Frame,
  of: Tiered,
  year: {
    readonly tiers: NonNullable<Frame['elections']['price']['tiers']>;
    readonly curves: readonly PriceCurve[];
    readonly bandAt: Uint8Array;
    readonly from: number;
    readonly to: number;
  },
): HourlyLine[] {
  const { tiers, curves, bandAt } = year;
  if (tiers.per !== 'YEAR' || frame.period.run !== 'RECONCILIATION') return [];
  const within = billedParts(of.whole);
  const priced = of.priced.slice(year.from, year.to);
  const billed = countTiers(of.whole, tiers, { ...of, openingWh: ZERO, within });
  const billedAt = billed.bandAt.subarray(year.from, year.to);
  const madPerMwh = (band: number, hour: number): Decimal => {
    const { prices, at } = curves[band]!;
    return prices[at[hour]!]!.madPerMwh;
  };
  const isOther = (hour: number): boolean => billedAt[hour] !== bandAt[hour];
  const dearer = priced.map((_, hour) =>
    isOther(hour) ? madPerMwh(bandAt[hour]!, hour).minus(madPerMwh(billedAt[hour]!, hour)) : ZERO,
  );
  const facts = energyFacts(frame, 'ENERGY', 'Σ Q × (K of the year − K as billed)');
  const line = energyAtHourlyPrices(
    { ...facts, label: 'Energy, the year priced again at the tier that it reached' },
    sliceOf(priced, isOther),
    dearer,
    frame.elections.rounding.amount,
  );
  if (line.quantity === '0') return [];
  const again = sumOf(
    topTierLines(frame, priced, curves, bandAt).map((one) => new Decimal(one.amountMad)),
  );
  const before = within.map((span) => {
    const [from, to] = [Math.max(span.from - year.from, 0), span.to - year.from];
    if (to <= 0 || from >= priced.length) return ZERO;
    const ofPart = priced.map((wh, hour) => (from <= hour && hour < to ? wh : ZERO));
    const lines = curveLines(frame, ofPart, curves[billedAt[from]!]!);
    return sumOf(lines.map((one) => new Decimal(one.amountMad)));
  });
  // To the centime of what was billed, so that months and reconciliation are the year.
  return [{ ...line, amountMad: again.minus(sumOf(before)).toFixed(2) }];
}

/**
 * The parts of a year that were billed one by one: its months, also where the term has less than two of
 * them. Some hours inside one month are no year, and have no month to look back on: each stands for one.
 */
export function billedParts(whole: Frame): readonly Span[] {
  const months = spansOf(whole, 'BILL');
  if (months.length > 1) return months;
  const { last } = months[0]!;
  const { elections } = whole;
  const next = dayAfter(last.day);
  const isEnd = next >= boundsOf(elections, last, 'YEAR').to || next > elections.termEnd;
  return isEnd ? months : spansOf(whole, 'HOUR');
}
