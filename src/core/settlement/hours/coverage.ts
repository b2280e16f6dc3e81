import { Decimal } from '../../units/money.js';
import { sumOf, type Volumes, withoutNoise } from './volume.js';

/** Coverage by the three metrics, exact ratios; null where nothing was used (METHOD 5). */
export interface CoverageRatios {
  readonly energyWeighted: Decimal | null;
  readonly timeAveraged: Decimal | null;
  readonly volumetric: Decimal | null;
  readonly loadWh: Decimal;
  /** What each ratio says was covered, Wh: of the load, exact but for the mean of ratios. */
  readonly coveredWh: Readonly<
    Record<'ENERGY_WEIGHTED' | 'TIME_AVERAGED' | 'VOLUMETRIC', Decimal>
  > | null;
}

/**
 * The three coverages of some hours; null where no load is given. What counts is what reaches the load,
 * after losses, whatever point is priced (SETTLEMENT, ruling 6).
 *
 * @param hours  Positions `[from, to)`; all by default.
 */
export function coverageRatios(
  { reaching: all, load: loads }: Pick<Volumes, 'reaching' | 'load'>,
  zeroLoadHour: 'COVERED' | 'EXCLUDED',
  { from, to }: { readonly from: number; readonly to: number } = { from: 0, to: all.length },
): CoverageRatios | null {
  if (loads === null) return null;
  const load = loads.subarray(from, to);
  const reaching = all.slice(from, to);
  const loadWh = sumOf(Array.from(load, (wh) => new Decimal(wh)));
  if (loadWh.isZero()) {
    const none = { energyWeighted: null, timeAveraged: null, volumetric: null };
    return { ...none, loadWh, coveredWh: null };
  }
  let covered = new Decimal(0);
  let [counted, full] = [0, 0];
  load.forEach((wh, at) => {
    if (wh === 0 && zeroLoadHour === 'EXCLUDED') return;
    counted += 1;
    if (wh === 0 || reaching[at]!.greaterThanOrEqualTo(wh)) full += 1;
    else covered = covered.plus(reaching[at]!.dividedBy(wh));
  });
  const coveredWh = {
    ENERGY_WEIGHTED: sumOf(reaching.map((wh, at) => Decimal.min(wh, load[at]!))),
    TIME_AVERAGED: withoutNoise(covered.plus(full).times(loadWh).dividedBy(counted)),
    VOLUMETRIC: Decimal.min(sumOf(reaching), loadWh),
  };
  return {
    loadWh,
    coveredWh,
    energyWeighted: coveredWh.ENERGY_WEIGHTED.dividedBy(loadWh),
    timeAveraged: coveredWh.TIME_AVERAGED.dividedBy(loadWh),
    volumetric: coveredWh.VOLUMETRIC.dividedBy(loadWh),
  };
}
