import { assert } from '../errors.js';
import { HOUR_MS } from '../time/interval.js';
import { sumWattHours } from '../units/energy.js';
import { Decimal } from '../units/money.js';
import { claimPct, enginePct } from '../units/ratio.js';
import { energyCoverage } from './coverage.js';

/** One matched hour with its grid. */
export interface CoverageHour {
  readonly hourMs: number;
  /** With what is undecided. */
  readonly loadWh: number;
  /** Eligible generation. */
  readonly generationWh: number;
  readonly matchedWh: number;
  /** Meter-hours of the load that nobody decided about, and what they count at (METHOD 2.5). */
  readonly undecidedHours: number;
  readonly undecidedWh: number;
  /** Carbon-free share of the grid, millionths; null where none is known: it counts 0. */
  readonly gridCfePpm: number | null;
}

/** Coverage of one bucket of hours. Percentages are null where nothing was used (METHOD 5). */
export interface CoverageBucket {
  /** First hour and the end of the last, ms. */
  readonly startMs: number;
  readonly endMs: number;
  readonly hourCount: number;
  readonly loadWh: number;
  readonly generationWh: number;
  readonly matchedWh: number;
  readonly residualWh: number;
  readonly excessWh: number;
  /** Hours with load, and of these the ones without residual. */
  readonly loadedHours: number;
  readonly fullyMatchedHours: number;
  /** Σ matched / Σ load: coverage, energy-weighted, and contracted CFE. Six decimals. */
  readonly energyWeightedPct: string | null;
  /** The same as a published claim: cut to two decimals. */
  readonly energyWeightedClaimPct: string | null;
  /** Mean of matched / load over hours with load. Never the score. */
  readonly timeAveragedPct: string | null;
  /** Σ generation / Σ load, and the same capped at 1: volume, not hourly. */
  readonly volumetricPct: string | null;
  readonly volumetricCappedPct: string | null;
  readonly fullyMatchedPct: string | null;
  /** (Σ matched + Σ residual × grid share) / Σ load: CFE with grid credit. */
  readonly cfeWithGridPct: string | null;
  /** Residual Wh of hours whose grid share is not known. */
  readonly gridUnknownWh: number;
  /** Meter-hours that failed a check and that nobody decided about: in the load at a high value, never matched. */
  readonly undecidedHours: number;
  readonly undecidedWh: number;
  /** Σ matched / Σ load without them. */
  readonly withoutUndecidedPct: string | null;
}

/**
 * Coverage by buckets of hours: an hour, a civil day, month or year. Each bucket is computed from its
 * own hours, never from other buckets: a year is not the mean of its months.
 *
 * @param hours     In order, each once.
 * @param bucketOf  Name of the bucket of an hour; hours of one bucket follow each other.
 */
export function coverageByBucket(
  hours: readonly CoverageHour[],
  bucketOf: (hourMs: number) => string,
): readonly (CoverageBucket & { readonly bucket: string })[] {
  const buckets: { bucket: string; hours: CoverageHour[] }[] = [];
  for (const hour of hours) {
    const bucket = bucketOf(hour.hourMs);
    const last = buckets.at(-1);
    if (last?.bucket === bucket) last.hours.push(hour);
    else buckets.push({ bucket, hours: [hour] });
  }
  const names = new Set(buckets.map(({ bucket }) => bucket));
  assert(names.size === buckets.length, 'coverage: hours of a bucket follow each other');
  return buckets.map(({ bucket, hours: own }) => ({ bucket, ...coverageOfHours(own) }));
}

/** Coverage of hours together; at least one. */
export function coverageOfHours(hours: readonly CoverageHour[]): CoverageBucket {
  const energy = energyCoverage(
    hours.map((hour) => ({ ...hour, gridCfePpm: hour.gridCfePpm ?? 0 })),
  );
  const { loadWh, generationWh, matchedWh, energyWeightedPct, timeAveragedPct } = energy;
  const { volumetricPct, cfeWithGridPct } = energy;
  const [loadedHours, fullyMatchedHours] = [energy.loadedIntervals, energy.fullyMatchedIntervals];
  const load = new Decimal(loadWh);
  const undecidedWh = sumWattHours(hours.map((hour) => hour.undecidedWh));
  const unknown = hours.filter(({ gridCfePpm }) => gridCfePpm === null);
  return {
    startMs: hours[0]!.hourMs,
    endMs: hours.at(-1)!.hourMs + HOUR_MS,
    hourCount: hours.length,
    loadWh,
    generationWh,
    matchedWh,
    loadedHours,
    fullyMatchedHours,
    residualWh: loadWh - matchedWh,
    excessWh: generationWh - matchedWh,
    gridUnknownWh: sumWattHours(unknown.map((hour) => hour.loadWh - hour.matchedWh)),
    undecidedHours: hours.reduce((sum, hour) => sum + hour.undecidedHours, 0),
    undecidedWh,
    withoutUndecidedPct: enginePct(new Decimal(matchedWh), load.minus(undecidedWh)),
    energyWeightedPct,
    timeAveragedPct,
    volumetricPct,
    cfeWithGridPct,
    energyWeightedClaimPct: claimPct(new Decimal(matchedWh), load),
    volumetricCappedPct: enginePct(new Decimal(Math.min(generationWh, loadWh)), load),
    fullyMatchedPct: enginePct(new Decimal(fullyMatchedHours), new Decimal(loadedHours)),
  };
}

/** Claims whose production lies so many hours from the consumption that they are claimed for. */
export interface OffsetClaim {
  readonly wh: number;
  /** Production start minus consumption start, hours. */
  readonly offsetHours: number;
}

/** Windows of display, hours, and the least days that a report must cover for each. */
const WINDOWS = [
  ['hourly', 0, 0],
  ['daily', 24, 0],
  ['weekly', 168, 0],
  ['monthly', 720, 30],
  ['yearly', 8_760, 365],
] as const;

/**
 * Coverage by window (METHOD 5, after Energinet's energy-origin; for display only, never a claim): Wh
 * of claims at most so far from their consumption, over consumption.
 *
 * @returns Percentages with six decimals; null where the report is too short or nothing was used.
 */
export function windowedCoverage(
  claims: readonly OffsetClaim[],
  consumptionWh: number,
  reportDays: number,
): Readonly<Record<(typeof WINDOWS)[number][0], string | null>> {
  const pctWithin = (hours: number): string | null =>
    enginePct(
      new Decimal(
        sumWattHours(
          claims.filter(({ offsetHours }) => Math.abs(offsetHours) <= hours).map(({ wh }) => wh),
        ),
      ),
      new Decimal(consumptionWh),
    );
  const entries = WINDOWS.map(([name, hours, leastDays]) => [
    name,
    reportDays >= leastDays ? pctWithin(hours) : null,
  ]);
  return Object.fromEntries(entries) as ReturnType<typeof windowedCoverage>;
}
