import { assert } from '../errors.js';
import { assertWattHours, sumWattHours } from '../units/energy.js';
import { tonnes } from '../units/emissions.js';
import { Decimal } from '../units/money.js';
import { enginePct } from '../units/ratio.js';

/** One interval with its grid. */
export interface CoverageInterval {
  readonly loadWh: number;
  /** Certifiable generation of the interval; estimated generation is left out by the caller. */
  readonly generationWh: number;
  /** What was matched of it; absent = all that the load of the interval can use. */
  readonly matchedWh?: number;
  /** Carbon-free share of the grid, millionths (ppm), 0 … 1,000,000; absent counts as 0. */
  readonly gridCfePpm: number;
  /** Grid average, mg CO2e per kWh, direct. */
  readonly gridFactorMgPerKwh: number;
}

/** Coverage, carbon-free energy and Scope 2 of a period (METHOD 5 and 6.1). */
export interface Coverage {
  readonly loadWh: number;
  readonly generationWh: number;
  readonly matchedWh: number;
  readonly residualWh: number;
  readonly excessWh: number;
  /** Σ residual × grid share, rounded half up once. */
  readonly gridCfeWh: number;
  /** Intervals with load and no residual. */
  readonly fullyMatchedIntervals: number;
  /** Σ matched / Σ load. */
  readonly contractedCfePct: string | null;
  /** Mean of matched / load over intervals with load. Never called the score. */
  readonly timeAveragedPct: string | null;
  /** Σ generation / Σ load, uncapped: annual volume, not hourly. */
  readonly volumetricPct: string | null;
  /** (Σ matched + Σ residual × grid share) / Σ load. */
  readonly cfeScorePct: string | null;
  /** Σ load × grid factor, t. */
  readonly locationBasedT: string;
  /** (Σ load − min(Σ generation, Σ load)) × mean grid factor, t; instruments at zero. */
  readonly marketBased2015T: string;
  /** Σ residual × grid factor, t: additional, proposed method. */
  readonly marketHourlyT: string;
  /** Σ residual × fallback factor, t: additional, proposed method. */
  readonly marketHourlyFossilT: string;
}

/** Sums behind every coverage, exact; percentages have six decimals, null where nothing was used. */
export interface EnergyCoverage {
  readonly loadWh: number;
  readonly generationWh: number;
  readonly matchedWh: number;
  /** Intervals with load, and of these the ones without residual. */
  readonly loadedIntervals: number;
  readonly fullyMatchedIntervals: number;
  /** Σ residual × grid share, Wh. */
  readonly gridCfe: Decimal;
  /** Σ matched / Σ load. */
  readonly energyWeightedPct: string | null;
  /** Mean of matched / load over intervals with load. */
  readonly timeAveragedPct: string | null;
  /** Σ generation / Σ load, uncapped. */
  readonly volumetricPct: string | null;
  /** (Σ matched + Σ residual × grid share) / Σ load. */
  readonly cfeWithGridPct: string | null;
}

/**
 * Sums the energy of intervals and what was matched of it (METHOD 5). Each interval is capped at its
 * own load; intervals never exchange energy.
 *
 * @throws DomainError `energy.total_unsafe`
 */
export function energyCoverage(
  intervals: readonly Omit<CoverageInterval, 'gridFactorMgPerKwh'>[],
): EnergyCoverage {
  let [gridCfePpmWh, sharesSum] = [new Decimal(0), new Decimal(0)];
  let [fullyMatchedIntervals, loadedIntervals] = [0, 0];
  const matched = intervals.map((interval) => {
    const { loadWh, gridCfePpm } = interval;
    const matchedWh = matchedOf(interval);
    gridCfePpmWh = gridCfePpmWh.plus(new Decimal(loadWh - matchedWh).times(gridCfePpm));
    if (loadWh > 0) {
      loadedIntervals += 1;
      if (matchedWh === loadWh) fullyMatchedIntervals += 1;
      sharesSum = sharesSum.plus(new Decimal(matchedWh).dividedBy(loadWh));
    }
    return matchedWh;
  });
  const loadWh = sumWattHours(intervals.map((interval) => interval.loadWh));
  const generationWh = sumWattHours(intervals.map((interval) => interval.generationWh));
  const matchedWh = sumWattHours(matched);
  const load = new Decimal(loadWh);
  const gridCfe = gridCfePpmWh.dividedBy(1_000_000);
  return {
    loadWh,
    generationWh,
    matchedWh,
    loadedIntervals,
    fullyMatchedIntervals,
    gridCfe,
    energyWeightedPct: enginePct(new Decimal(matchedWh), load),
    timeAveragedPct: enginePct(sharesSum, new Decimal(loadedIntervals)),
    volumetricPct: enginePct(new Decimal(generationWh), load),
    cfeWithGridPct: enginePct(gridCfe.plus(matchedWh), load),
  };
}

function matchedOf({
  loadWh,
  generationWh,
  matchedWh,
}: Omit<CoverageInterval, 'gridFactorMgPerKwh'>): number {
  assertWattHours(loadWh, 'load');
  assertWattHours(generationWh, 'generation');
  const mostWh = Math.min(loadWh, generationWh);
  assert((matchedWh ?? 0) <= mostWh, 'coverage: no more is matched than the interval allows');
  return matchedWh ?? mostWh;
}

/**
 * Computes coverage, CFE and the four Scope 2 figures from intervals. Everything is exact until the
 * one rounding at the end.
 *
 * @param intervals                 In any order; every interval once.
 * @param fallbackFactorMgPerKwh    Fossil factor for the residual where no residual mix exists.
 * @throws DomainError `energy.total_unsafe`
 */
export function coverageOf(
  intervals: readonly CoverageInterval[],
  fallbackFactorMgPerKwh: number,
): Coverage {
  const zero = new Decimal(0);
  let [location, hourly, factorSum] = [zero, zero, zero];
  const energy = energyCoverage(intervals);
  for (const interval of intervals) {
    const { loadWh, gridFactorMgPerKwh } = interval;
    const residual = new Decimal(loadWh - matchedOf(interval));
    location = location.plus(new Decimal(loadWh).times(gridFactorMgPerKwh));
    hourly = hourly.plus(residual.times(gridFactorMgPerKwh));
    factorSum = factorSum.plus(gridFactorMgPerKwh);
  }
  const { loadWh, generationWh, matchedWh } = energy;
  const residualWh = loadWh - matchedWh;
  const uncovered = new Decimal(loadWh - Math.min(generationWh, loadWh));
  const meanFactor = intervals.length === 0 ? zero : factorSum.dividedBy(intervals.length);
  return {
    loadWh,
    generationWh,
    matchedWh,
    residualWh,
    excessWh: generationWh - matchedWh,
    gridCfeWh: energy.gridCfe.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber(),
    fullyMatchedIntervals: energy.fullyMatchedIntervals,
    contractedCfePct: energy.energyWeightedPct,
    timeAveragedPct: energy.timeAveragedPct,
    volumetricPct: energy.volumetricPct,
    cfeScorePct: energy.cfeWithGridPct,
    locationBasedT: tonnes(location),
    marketBased2015T: tonnes(uncovered.times(meanFactor)),
    marketHourlyT: tonnes(hourly),
    marketHourlyFossilT: tonnes(new Decimal(residualWh).times(fallbackFactorMgPerKwh)),
  };
}
