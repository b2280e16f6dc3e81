import { type Coverage, coverageOf } from '../carbon/coverage.js';
import { assert } from '../errors.js';
import { apportion } from '../math/apportion.js';
import { sumWattHours } from '../units/energy.js';
import { tonnes } from '../units/emissions.js';
import { Decimal } from '../units/money.js';
import { claimPct } from '../units/ratio.js';
import type { Figure, Measure, SourceRef } from './figure.js';

/** Version of the rules behind a statement; changing a rule or a default makes a new one. */
export const METHODOLOGY_VERSION = 'mizan-method/1';

/** One hour of the site with its grid. All Wh at the delivery point. */
export interface StatementHour {
  readonly hourMs: number;
  /** Σ of complete, billable meter-hours. */
  readonly loadWh: number;
  /** Part of `loadWh` that is estimated. */
  readonly estimatedLoadWh: number;
  /** Σ of certified generation. */
  readonly generationWh: number;
  /** Σ of what the ledger matched. */
  readonly matchedWh: number;
  readonly gridFactorMgPerKwh: number;
  /** Null where no grid share is known: it then counts 0 and the Wh are reported. */
  readonly gridCfePpm: number | null;
  /** Null where no residual mix is published: the grid average stands in, and is disclosed. */
  readonly residualMixMgPerKwh: number | null;
  readonly fossilMgPerKwh: number;
}

/** One plant over the month. */
export interface StatementPlant {
  readonly plantCode: string;
  readonly generationWh: number;
  readonly matchedWh: number;
  /** Direct factor of the instrument, mg CO2e/kWh. */
  readonly directFactorMgPerKwh: number;
}

/** Where each group of figures comes from. */
export interface CarbonSources {
  readonly run: SourceRef;
  readonly blocks: readonly SourceRef[];
  readonly certificates: readonly SourceRef[];
  readonly plants: readonly SourceRef[];
  /** Versions of the grid average, of the residual mix (none published: none) and of the fossil factor. */
  readonly gridFactors: readonly SourceRef[];
  readonly residualMix: readonly SourceRef[];
  readonly fossilFactors: readonly SourceRef[];
}

/** Everything that the carbon figures are computed from. */
export interface CarbonInputs {
  readonly hours: readonly StatementHour[];
  /** In stable id order. */
  readonly plants: readonly StatementPlant[];
  readonly sources: CarbonSources;
}

/**
 * Computes the figures of a carbon statement: energy, coverage and CFE (METHOD 5), and the four
 * Scope 2 figures (METHOD 6.1; the first two are mandatory under the GHG Protocol Scope 2 Guidance
 * 2015, the hourly pair is additional). Each figure is exact until its own rounding, and names what
 * it came from.
 *
 * @param inputs  Hours of the month, in order, each once.
 * @returns       Figures in the order of the statement.
 */
export function carbonFigures(inputs: CarbonInputs): readonly Figure[] {
  const { hours, plants, sources } = inputs;
  const coverage = coverageOf(
    hours.map((hour) => ({ ...hour, gridCfePpm: hour.gridCfePpm ?? 0 })),
    0,
  );
  assert(
    coverage.matchedWh === sumWattHours(plants.map(({ matchedWh }) => matchedWh)),
    'carbon statement: plants add up to the hours',
  );
  const measured = [...sources.blocks];
  const generated = [...sources.certificates, ...sources.plants];
  const matched = [sources.run, ...sources.certificates, ...sources.blocks];
  const figure = figureOf;
  return [
    figure('loadWh', 'Consumption', [coverage.loadWh, 'Wh'], 'Σ load', 'load', measured),
    figure(
      'generationWh',
      'Contracted generation, certified',
      [coverage.generationWh, 'Wh'],
      'Σ generation',
      'generation',
      generated,
    ),
    figure(
      'matchedWh',
      'Matched, hour by hour',
      [coverage.matchedWh, 'Wh'],
      'Σ matched per hour, at most min(load, generation)',
      'matched',
      matched,
    ),
    figure(
      'residualWh',
      'Residual, from the grid',
      [coverage.residualWh, 'Wh'],
      'Σ (load − matched)',
      'residual',
      matched,
    ),
    figure(
      'excessWh',
      'Excess generation',
      [coverage.excessWh, 'Wh'],
      'Σ (generation − matched)',
      'excess',
      matched,
    ),
    ...plants.map((plant) => ({
      ...figure(
        `matchedWh.${plant.plantCode}`,
        `Matched from ${plant.plantCode}`,
        [plant.matchedWh, 'Wh'],
        'Σ matched of the plant',
        'matched',
        matched,
      ),
      plantCode: plant.plantCode,
    })),
    ...coverageFigures(inputs, coverage, matched),
    ...scope2Figures(inputs, coverage, matched),
  ];
}

// prettier-ignore
function coverageFigures(
  { hours }: CarbonInputs,
  coverage: Coverage,
  matched: readonly SourceRef[],
): Figure[] {
  const loaded = hours.filter(({ loadWh }) => loadWh > 0).length;
  const load = new Decimal(coverage.loadWh);
  const unknownGrid = hours
    .filter(({ gridCfePpm }) => gridCfePpm === null)
    .map(({ loadWh, matchedWh }) => loadWh - matchedWh);
  const measuredOnly = withoutEstimates(hours);
  const figure = figureOf;
  return [
    figure('contractedCfePct', 'Contracted CFE, energy-weighted (claim, truncated)', [claimPct(new Decimal(coverage.matchedWh), load), '%'], 'Σ matched / Σ load', 'matched', matched),
    figure('contractedCfeEnginePct', 'Contracted CFE, energy-weighted (6 decimals, for comparison)', [coverage.contractedCfePct, '%'], 'Σ matched / Σ load', 'matched', matched),
    figure('hoursFullyMatchedPct', 'Hours fully matched (claim, truncated)', [claimPct(new Decimal(coverage.fullyMatchedIntervals), new Decimal(loaded)), '%'], 'hours with load and no residual / hours with load', 'matched', matched),
    figure('hoursFullyMatched', 'Hours fully matched', [String(coverage.fullyMatchedIntervals), 'h'], 'hours with load and no residual', 'matched', matched),
    figure('timeAveragedPct', 'Coverage, time-averaged (never the score)', [coverage.timeAveragedPct, '%'], 'mean of matched / load over hours with load', 'matched', matched),
    figure('volumetricPct', 'Coverage, volumetric: volume of the month, not hourly', [coverage.volumetricPct, '%'], 'Σ generation / Σ load', 'generation', matched),
    figure('gridCfeWh', 'Carbon-free energy taken from the grid', [coverage.gridCfeWh, 'Wh'], 'Σ residual × grid share', 'residual', matched),
    figure('gridCfeUnknownWh', 'Residual without a known grid share, counted 0', [sumWattHours(unknownGrid), 'Wh'], 'Σ residual where no share is published', 'residual', matched),
    figure('cfeScorePct', 'CFE with grid credit', [coverage.cfeScorePct, '%'], '(Σ matched + Σ residual × grid share) / Σ load', 'matched', matched),
    figure('contractedCfeWithoutEstimatesPct', 'Contracted CFE with estimated load left out', [measuredOnly, '%'], 'Σ min(measured load, generation) / Σ measured load', 'matched', matched),
  ];
}

/** METHOD 2.5: every statement recomputes its result with estimates excluded. */
function withoutEstimates(hours: readonly StatementHour[]): string | null {
  let [matchedWh, loadWh] = [0, 0];
  for (const hour of hours) {
    const measuredWh = hour.loadWh - hour.estimatedLoadWh;
    loadWh += measuredWh;
    matchedWh += Math.min(measuredWh, hour.generationWh);
  }
  return claimPct(new Decimal(matchedWh), new Decimal(loadWh));
}

// prettier-ignore
function scope2Figures(
  { hours, plants, sources }: CarbonInputs,
  coverage: Coverage,
  matched: readonly SourceRef[],
): Figure[] {
  const instrument = plants.reduce(
    (sum, plant) => sum.plus(new Decimal(plant.matchedWh).times(plant.directFactorMgPerKwh)),
    new Decimal(0),
  );
  const residual = hours.reduce(
    (sum, hour) =>
      sum.plus(
        new Decimal(hour.loadWh - hour.matchedWh).times(
          hour.residualMixMgPerKwh ?? hour.gridFactorMgPerKwh,
        ),
      ),
    new Decimal(0),
  );
  const fossil = hours.reduce(
    (sum, hour) =>
      sum.plus(new Decimal(hour.loadWh - hour.matchedWh).times(hour.fossilMgPerKwh)),
    new Decimal(0),
  );
  const grid = [...sources.gridFactors];
  const { mixName, isStandIn } = mixOf(hours);
  const mix = [...sources.residualMix, ...(isStandIn ? grid : [])];
  const figure = figureOf;
  return [
    figure('locationBasedT', 'Scope 2, location-based', [coverage.locationBasedT, 't CO2e'], 'Σ load × grid average', 'load', [...grid, ...sources.blocks]),
    figure('marketBased2015T', 'Scope 2, market-based (Guidance 2015, volumes of the month)', [marketBased2015(plants, hours, coverage), 't CO2e'], `Σ certificates × their factor + (load − certificates) × ${mixName}`, 'residual', [...mix, ...sources.plants, ...matched]),
    figure('marketHourlyT', 'Scope 2, hourly market-based, residual (additional, proposed method)', [tonnes(instrument.plus(residual)), 't CO2e'], `Σ matched × instrument factor + Σ residual × ${mixName}`, 'residual', [...mix, ...sources.plants, ...matched]),
    figure('marketHourlyFossilT', 'Scope 2, hourly market-based, fossil (additional, proposed method)', [tonnes(instrument.plus(fossil)), 't CO2e'], 'Σ matched × instrument factor + Σ residual × fossil factor', 'residual', [...sources.fossilFactors, ...sources.plants, ...matched]),
  ];
}

/** What the residual takes, in words, and whether the grid average stands in for any hour of it. */
function mixOf(hours: readonly StatementHour[]): {
  readonly mixName: string;
  readonly isStandIn: boolean;
} {
  const without = hours.filter(({ residualMixMgPerKwh }) => residualMixMgPerKwh === null).length;
  if (without === 0) return { mixName: 'residual mix', isStandIn: false };
  const standIn = 'grid average, standing in for a residual mix';
  if (without === hours.length) return { mixName: standIn, isStandIn: true };
  return { mixName: `residual mix, in ${without} hours ${standIn}`, isStandIn: true };
}

/**
 * `Σ Q × EF_instrument + (L − ΣQ) × EF_fallback`, `ΣQ ≤ L`. Where certificates exceed consumption,
 * the plants share the cap by largest remainder; the fallback is the mean of the hourly factors.
 */
function marketBased2015(
  plants: readonly StatementPlant[],
  hours: readonly StatementHour[],
  coverage: Coverage,
): string {
  const claimedWh = Math.min(coverage.generationWh, coverage.loadWh);
  const shares = apportion(
    claimedWh,
    Float64Array.from(plants, (plant) => plant.generationWh),
  );
  const instrument = plants.reduce(
    (sum, plant, at) => sum.plus(new Decimal(shares[at]!).times(plant.directFactorMgPerKwh)),
    new Decimal(0),
  );
  const factors = hours.reduce(
    (sum, hour) => sum.plus(hour.residualMixMgPerKwh ?? hour.gridFactorMgPerKwh),
    new Decimal(0),
  );
  const meanFactor = factors.dividedBy(Math.max(1, hours.length));
  return tonnes(instrument.plus(new Decimal(coverage.loadWh - claimedWh).times(meanFactor)));
}

function figureOf(
  id: string,
  label: string,
  [value, unit]: readonly [value: number | string | null, unit: string],
  formula: string,
  measure: Measure,
  sources: readonly SourceRef[],
): Figure {
  return { id, label, value, unit, formula, measure, plantCode: null, sources };
}
