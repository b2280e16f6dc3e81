import { type Coverage, coverageOf } from '../carbon/coverage.js';
import { assert } from '../errors.js';
import { sumWattHours } from '../units/energy.js';
import { tonnes } from '../units/emissions.js';
import { Decimal } from '../units/money.js';
import { claimPct } from '../units/ratio.js';
import type { Figure, Measure, SourceRef } from './figure.js';
import type { StatementHour, StatementPlant } from './statement-hour.js';
import { type Scope2, scope2Of, scope2WithoutEstimates } from './scope2.js';

/** Version of the rules behind a statement; changing a rule or a default makes a new one. */
export const METHODOLOGY_VERSION = 'mizan-method/1';

/** Where each group of figures comes from. */
export interface CarbonSources {
  readonly run: SourceRef;
  readonly blocks: readonly SourceRef[];
  readonly certificates: readonly SourceRef[];
  readonly plants: readonly SourceRef[];
  /** Whose answers decide whether certificates count in market-based figures. */
  readonly contracts: readonly SourceRef[];
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
  /** Whether certificates count in market-based figures: every quality criterion is met (METHOD 6.3). */
  readonly areInstrumentsApplied: boolean;
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
  return [
    ...energyFigures(plants, coverage, { measured, generated, matched }),
    ...coverageFigures(hours, coverage, matched),
    ...scope2Figures(inputs, coverage, matched),
  ];
}

/** Energy of a month or a period, and what each plant gave. */
export function energyFigures(
  plants: readonly StatementPlant[],
  coverage: Coverage,
  from: Readonly<Record<'measured' | 'generated' | 'matched', readonly SourceRef[]>>,
): Figure[] {
  const { measured, generated, matched } = from;
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
  ];
}

// prettier-ignore
/** Coverage and CFE of hours (METHOD 5). */
export function coverageFigures(
  hours: readonly StatementHour[],
  coverage: Coverage,
  matched: readonly SourceRef[],
): Figure[] {
  const loaded = hours.filter(({ loadWh }) => loadWh > 0).length;
  const load = new Decimal(coverage.loadWh);
  const unknownGrid = hours
    .filter(({ gridCfePpm }) => gridCfePpm === null)
    .map(({ loadWh, matchedWh }) => loadWh - matchedWh);
  const measuredPct = measuredCfePct(hours);
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
    figure('contractedCfeWithoutEstimatesPct', 'Contracted CFE with estimated load left out', [measuredPct, '%'], 'Σ min(measured load, generation) / Σ measured load', 'matched', matched),
  ];
}

/** Contracted CFE of measured load alone: a result is computed again without estimates (METHOD 2.5). */
function measuredCfePct(hours: readonly StatementHour[]): string | null {
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
  { hours, plants, areInstrumentsApplied, sources }: CarbonInputs,
  coverage: Coverage,
  matched: readonly SourceRef[],
): Figure[] {
  const scope2 = rounded(scope2Of(hours, plants, areInstrumentsApplied));
  const grid = [...sources.gridFactors];
  const { mixName, isStandIn } = mixOf(hours);
  const mix = [...sources.residualMix, ...(isStandIn ? grid : []), ...sources.contracts];
  const without = rounded(scope2WithoutEstimates(hours, plants, areInstrumentsApplied));
  const figure = figureOf;
  const leftOut = 'the same with estimated consumption left out';
  return [
    figure('locationBasedT', 'Scope 2, location-based', [coverage.locationBasedT, 't CO2e'], 'Σ load × grid average', 'load', [...grid, ...sources.blocks]),
    figure('marketBased2015T', 'Scope 2, market-based (Guidance 2015, volumes of the month)', [scope2.market2015, 't CO2e'], `Σ matched × instrument factor + (load − matched) × ${mixName}, mean of the hours`, 'residual', [...mix, ...sources.plants, ...matched]),
    figure('marketHourlyT', 'Scope 2, hourly market-based, residual (additional, proposed method)', [scope2.hourly, 't CO2e'], `Σ matched × instrument factor + Σ residual × ${mixName}`, 'residual', [...mix, ...sources.plants, ...matched]),
    figure('marketHourlyFossilT', 'Scope 2, hourly market-based, fossil (additional, proposed method)', [scope2.fossil, 't CO2e'], 'Σ matched × instrument factor + Σ residual × fossil factor', 'residual', [...sources.fossilFactors, ...sources.contracts, ...sources.plants, ...matched]),
    figure('locationBasedWithoutEstimatesT', 'Scope 2, location-based, with estimated load left out', [without.location, 't CO2e'], leftOut, 'load', [...grid, ...sources.blocks]),
    figure('marketBased2015WithoutEstimatesT', 'Scope 2, market-based (Guidance 2015), with estimated load left out', [without.market2015, 't CO2e'], leftOut, 'residual', [...mix, ...sources.plants, ...matched]),
    figure('marketHourlyWithoutEstimatesT', 'Scope 2, hourly market-based, residual, with estimated load left out', [without.hourly, 't CO2e'], leftOut, 'residual', [...mix, ...sources.plants, ...matched]),
    figure('marketHourlyFossilWithoutEstimatesT', 'Scope 2, hourly market-based, fossil, with estimated load left out', [without.fossil, 't CO2e'], leftOut, 'residual', [...sources.fossilFactors, ...sources.contracts, ...sources.plants, ...matched]),
  ];
}

const rounded = ({ location, market2015, hourly, fossil }: Scope2) => ({
  location: tonnes(location),
  market2015: tonnes(market2015),
  hourly: tonnes(hourly),
  fossil: tonnes(fossil),
});

/** What the residual takes, in words, and whether the grid average stands in for any hour of it. */
export function mixOf(hours: readonly StatementHour[]): {
  readonly mixName: string;
  readonly isStandIn: boolean;
} {
  const without = hours.filter(({ residualMixMgPerKwh }) => residualMixMgPerKwh === null).length;
  if (without === 0) return { mixName: 'residual mix', isStandIn: false };
  const standIn = 'grid average, standing in for a residual mix';
  if (without === hours.length) return { mixName: standIn, isStandIn: true };
  return { mixName: `residual mix, in ${without} hours ${standIn}`, isStandIn: true };
}

/** A figure of the whole site. */
export function figureOf(
  id: string,
  label: string,
  [value, unit]: readonly [value: number | string | null, unit: string],
  formula: string,
  measure: Measure,
  sources: readonly SourceRef[],
): Figure {
  return { id, label, value, unit, formula, measure, plantCode: null, sources };
}
