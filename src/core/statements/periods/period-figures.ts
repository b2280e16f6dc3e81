import { coverageOf } from '../../carbon/coverage.js';
import { assert } from '../../errors.js';
import { compareIds } from '../../text.js';
import { sumWattHours } from '../../units/energy.js';
import { tonnes } from '../../units/emissions.js';
import { type CarbonSources, coverageFigures, energyFigures, figureOf, mixOf } from '../carbon.js';
import type { Figure, SourceRef } from '../figure.js';
import type { Scope2 } from '../scope2.js';
import type { StatementPlant } from '../statement-hour.js';
import type { TierLine } from '../tiers.js';
import {
  addSums,
  type ExactSums,
  monthWithoutEstimates,
  type PeriodMonth,
  sumsOfMonth,
  sumsOfPeriod,
} from './period-month.js';
import { type SumOfMonths, sumOfMonths } from './sum-of-months.js';

/** Sources of a period: as a month's, of every run. */
export interface PeriodSources extends Omit<CarbonSources, 'run'> {
  readonly runs: readonly SourceRef[];
}

/** One site's part of a period. Parts sum to the whole, before rounding. */
export interface SitePart {
  readonly siteCode: string;
  readonly sums: ExactSums;
}

/** What a period comes to. */
export interface PeriodFigures {
  readonly figures: readonly Figure[];
  /** By site, its certificates by plant, then the fallback. */
  readonly tiers: readonly (TierLine & { readonly siteCode: string })[];
  readonly sites: readonly SitePart[];
  readonly sumOfMonths: readonly SumOfMonths[];
  /** Surplus cancelled for the reporter, Wh: all, counted in the 2015 figure, beyond need. */
  readonly surplus: {
    readonly cancelledWh: number;
    readonly countedWh: number;
    readonly beyondNeedWh: number;
    readonly notCancelledWh: number;
  };
}

/**
 * Computes the figures of a period of one site, or of several (METHOD 6.1 and 7.2): sums of its hours,
 * ratios of sums, and the 2015 figure by the volumes and the mean factor of the period, each site by
 * itself: no certificate of one site counts at another.
 *
 * @param months  By site and month, each once; at least one.
 */
export function periodFigures(
  months: readonly PeriodMonth[],
  sources: PeriodSources,
): PeriodFigures {
  const ordered = months.toSorted(
    (a, b) => compareIds(a.siteCode, b.siteCode) || compareIds(a.month, b.month),
  );
  const bySite = [...Map.groupBy(ordered, ({ siteCode }) => siteCode)];
  const sites = bySite.map(([siteCode, own]) => ({ siteCode, sums: sumsOfPeriod(own) }));
  const whole = addSums(sites.map(({ sums }) => sums));
  const without = addSums(bySite.map(([, own]) => sumsOfPeriod(own.map(monthWithoutEstimates))));
  const cancelledWh = sumWattHours(sites.map(({ sums }) => sums.volumes.surplusCancelledWh));
  const surplus = {
    cancelledWh,
    countedWh: sumWattHours(sites.map(({ sums }) => sums.volumes.countedWh)),
    beyondNeedWh: sumWattHours(sites.map(({ sums }) => sums.volumes.beyondNeedWh)),
    notCancelledWh: whole.generationWh - whole.matchedWh - cancelledWh,
  };
  return {
    figures: figuresOf(ordered, sources, { whole, without, surplus }),
    tiers: sites.flatMap(({ siteCode, sums }) => sums.tiers.map((line) => ({ siteCode, ...line }))),
    sites: sites.map(({ siteCode, sums }) => ({ siteCode, sums })),
    sumOfMonths: sumOfMonths(addSums(ordered.map(sumsOfMonth)), whole),
    surplus,
  };
}

function figuresOf(
  months: readonly PeriodMonth[],
  sources: PeriodSources,
  of: Pick<PeriodFigures, 'surplus'> & Readonly<Record<'whole' | 'without', ExactSums>>,
): readonly Figure[] {
  const hours = months.flatMap((month) => month.hours);
  const plants = plantsOf(months);
  const coverage = coverageOf(
    hours.map((hour) => ({ ...hour, gridCfePpm: hour.gridCfePpm ?? 0 })),
    0,
  );
  const { whole } = of;
  assert(coverage.matchedWh === whole.matchedWh, 'period: sites add up to the hours');
  assert(coverage.locationBasedT === tonnes(whole.location), 'period: hours add up to the sites');
  const matched = [...sources.runs, ...sources.certificates, ...sources.blocks];
  const energy = energyFigures(plants, coverage, {
    measured: sources.blocks,
    generated: [...sources.certificates, ...sources.plants],
    matched,
  });
  const shares = coverageFigures(hours, coverage, matched).map((figure) =>
    figure.id === 'volumetricPct'
      ? { ...figure, label: 'Coverage, volumetric: volume of the period, not hourly' }
      : figure,
  );
  return [...energy, ...shares, ...surplusFigures(of, matched), ...scope2(months, sources, of)];
}

/** By code, over all months and sites. */
function plantsOf(months: readonly PeriodMonth[]): readonly StatementPlant[] {
  const byCode = Map.groupBy(
    months.flatMap(({ plants }) => plants),
    ({ plantCode }) => plantCode,
  );
  return [...byCode]
    .toSorted(([a], [b]) => compareIds(a, b))
    .map(([, all]) => ({
      ...all[0]!,
      generationWh: sumWattHours(all.map(({ generationWh }) => generationWh)),
      matchedWh: sumWattHours(all.map(({ matchedWh }) => matchedWh)),
    }));
}

// prettier-ignore
function surplusFigures({ surplus }: Pick<PeriodFigures, 'surplus'>, matched: readonly SourceRef[]): Figure[] {
  const figure = figureOf;
  return [
    figure('surplusCancelledWh', 'Surplus cancelled for the reporter', [surplus.cancelledWh, 'Wh'], 'Σ cancelled or claimed for the reporter, beyond what was matched', 'excess', matched),
    figure('surplusCountedWh', 'Of it, counted in the market-based figure of the 2015 Guidance', [surplus.countedWh, 'Wh'], 'at most the load of the period that no matched certificate covers', 'excess', matched),
    figure('cancelledBeyondNeedWh', 'Of it, cancelled beyond need: counted nowhere', [surplus.beyondNeedWh, 'Wh'], 'surplus cancelled − counted', 'excess', matched),
    figure('surplusNotCancelledWh', 'Surplus not cancelled: in no figure of emissions', [surplus.notCancelledWh, 'Wh'], 'excess − surplus cancelled', 'excess', matched),
  ];
}

// prettier-ignore
function scope2(
  months: readonly PeriodMonth[],
  sources: PeriodSources,
  { whole, without }: Readonly<Record<'whole' | 'without', Scope2>>,
): Figure[] {
  const grid = [...sources.gridFactors];
  const { mixName, isStandIn } = mixOf(months.flatMap(({ hours }) => hours));
  const matched = [...sources.runs, ...sources.certificates, ...sources.blocks];
  const mix = [...sources.residualMix, ...(isStandIn ? grid : []), ...sources.contracts, ...sources.plants, ...matched];
  const fossil = [...sources.fossilFactors, ...sources.contracts, ...sources.plants, ...matched];
  const located = [...grid, ...sources.blocks];
  const figure = figureOf;
  const leftOut = 'the same with estimated consumption left out';
  const t = (exact: Scope2[keyof Scope2]) => [tonnes(exact), 't CO2e'] as const;
  return [
    figure('locationBasedT', 'Scope 2, location-based', t(whole.location), 'Σ load × grid average', 'load', located),
    figure('marketBased2015T', 'Scope 2, market-based (Guidance 2015, volumes of the period)', t(whole.market2015), `Σ (matched + surplus counted) × instrument factor + the rest × ${mixName}, mean of the hours of the period`, 'residual', mix),
    figure('marketHourlyT', 'Scope 2, hourly market-based, residual (additional, proposed method)', t(whole.hourly), `Σ matched × instrument factor + Σ residual × ${mixName}`, 'residual', mix),
    figure('marketHourlyFossilT', 'Scope 2, hourly market-based, fossil (additional, proposed method)', t(whole.fossil), 'Σ matched × instrument factor + Σ residual × fossil factor', 'residual', fossil),
    figure('locationBasedWithoutEstimatesT', 'Scope 2, location-based, with estimated load left out', t(without.location), leftOut, 'load', located),
    figure('marketBased2015WithoutEstimatesT', 'Scope 2, market-based (Guidance 2015), with estimated load left out', t(without.market2015), leftOut, 'residual', mix),
    figure('marketHourlyWithoutEstimatesT', 'Scope 2, hourly market-based, residual, with estimated load left out', t(without.hourly), leftOut, 'residual', mix),
    figure('marketHourlyFossilWithoutEstimatesT', 'Scope 2, hourly market-based, fossil, with estimated load left out', t(without.fossil), leftOut, 'residual', fossil),
  ];
}
