import { assert } from '../../errors.js';
import { Decimal, WH_PER_MWH } from '../../units/money.js';
import type { Elections } from '../elections/elections.shape.js';
import type { Frame } from '../hours/hours.js';
import { daysInForce, prorated } from '../parts/in-force.js';
import type { Part } from '../parts/parts.js';
import { sumIn, type Span, spansOf } from '../hours/spans.js';

const ZERO = new Decimal(0);

/** Tiers of a contract over a period. */
export interface TierCount {
  /** Position of the band that each hour stands in, one per hour. */
  readonly bandAt: Uint8Array;
  /** `PROGRESSIVE`: Wh of each band, one per hour; null of `TOP_TIER`, which has one price. */
  readonly slices: readonly (readonly Decimal[])[] | null;
}

/**
 * Counts energy into tiers, in order of time; the count begins again with each month or contract year
 * (SETTLEMENT 1.3, ruling 2).
 *
 * @param taken      Wh that count, one per hour.
 * @param priced     Wh of them that tiers price: what lies above a maximum has its own price.
 * @param openingWh  Counted before the period.
 * @param within     Spans at whose end a `TOP_TIER` is read; null = those of the count itself.
 */
export function countTiers(
  frame: Frame,
  tiers: NonNullable<Elections['price']['tiers']>,
  of: {
    readonly taken: readonly Decimal[];
    readonly priced: readonly Decimal[];
    readonly openingWh: Decimal;
    readonly within?: readonly Span[];
  },
): TierCount {
  const bounds = tiers.bands.map(({ upToMwh }) =>
    upToMwh === null ? null : new Decimal(upToMwh).times(WH_PER_MWH),
  );
  const bandOf = (wh: Decimal): number => {
    const band = bounds.findIndex((bound) => bound === null || wh.lessThanOrEqualTo(bound));
    assert(band >= 0, 'tiers: the last band has no bound');
    return band;
  };
  const bandAt = new Uint8Array(frame.hours.length);
  const isTop = tiers.kind === 'TOP_TIER';
  const slices = isTop ? null : tiers.bands.map(() => of.priced.map(() => ZERO));
  spansOf(frame, tiers.per).forEach((span, position) => {
    let cumulative = position === 0 && tiers.per === 'YEAR' ? of.openingWh : ZERO;
    if (isTop) {
      const inside = ({ from, to }: Span): boolean => span.from <= from && to <= span.to;
      for (const part of of.within?.filter(inside) ?? [span]) {
        cumulative = cumulative.plus(sumIn(of.taken, part));
        bandAt.fill(bandOf(cumulative), part.from, part.to);
      }
      return;
    }
    for (let hour = span.from; hour < span.to; hour += 1) {
      const from = cumulative;
      const end = from.plus(of.priced[hour]!);
      cumulative = cumulative.plus(of.taken[hour]!);
      bandAt[hour] = bandOf(cumulative);
      bounds.forEach((bound, band) => {
        const low = band === 0 ? ZERO : bounds[band - 1]!;
        const high = bound === null ? end : Decimal.min(bound, end);
        slices![band]![hour] = Decimal.max(high.minus(Decimal.max(low, from)), 0);
      });
    }
  });
  return { bandAt, slices };
}

/**
 * What of the energy of each hour lies within the maximum that its version elects; the rest has its own
 * price and no other (SETTLEMENT, ruling 4). Hours fill it in order of time, from the COD on. A month or
 * contract year that the term holds in part has its part of the maximum, by days.
 *
 * @param taken      One per hour of all parts.
 * @param openingWh  Taken in the contract year before the period.
 */
export function withinMaximum(
  parts: readonly Part[],
  whole: Pick<Frame, 'hours'>,
  { taken, openingWh }: { readonly taken: readonly Decimal[]; readonly openingWh: Decimal },
): readonly Decimal[] {
  const limited = parts.filter(({ frame }) => frame.elections.obligations.minMax?.maxMwh != null);
  if (limited.length === 0) return taken;
  const within = [...taken];
  for (const part of limited) {
    const { period, maxMwh } = part.frame.elections.obligations.minMax!;
    const ofTerm = { ...part, holdsFrom: parts[0]!.holdsFrom, holdsUntil: null };
    spansOf(whole, period).forEach((span, position) => {
      if (span.to <= part.from || part.to <= span.from) return;
      const end = Math.min(span.to, part.to);
      const share = daysInForce(ofTerm, part.frame.hours[end - part.from - 1]!, period);
      const maxWh = prorated(new Decimal(maxMwh!).times(WH_PER_MWH), share);
      let left = position === 0 && period === 'YEAR' ? maxWh.minus(openingWh) : maxWh;
      for (let hour = span.from; hour < end; hour += 1) {
        if (whole.hours[hour]!.isTest) continue;
        if (hour >= part.from && taken[hour]!.greaterThan(left)) {
          within[hour] = Decimal.max(left, 0);
        }
        left = left.minus(taken[hour]!);
      }
    });
  }
  return within;
}
