import { Decimal } from '../units/money.js';
import { enginePct } from '../units/ratio.js';

/** Averaging rules that a contract can name (SETTLEMENT 1.4); there is no default. */
export const COVERAGE_METRICS = ['ENERGY_WEIGHTED', 'TIME_AVERAGED', 'VOLUMETRIC'] as const;
/** One rule. */
export type CoverageMetric = (typeof COVERAGE_METRICS)[number];

/** What a contract guarantees, and what a shortfall costs. */
export interface CoverageGuarantee {
  readonly metric: CoverageMetric;
  /** Per cent of consumption, decimal text. */
  readonly levelPct: string;
  /** MAD per MWh short, decimal text. */
  readonly rateMadPerMwh: string;
  readonly period: 'month' | 'year';
  /** Whether an hour without load counts as covered; for `TIME_AVERAGED` only. */
  readonly zeroLoadHour: 'COVERED' | 'EXCLUDED';
}

/** One hour of the period: measured, or forecast. */
export interface GuaranteeHour {
  readonly hourMs: number;
  readonly loadWh: number;
  readonly generationWh: number;
  readonly matchedWh: number;
  readonly isForecast: boolean;
}

/** Where a guarantee stands. Percentages are null where nothing was used. */
export interface GuaranteePosition {
  readonly hours: number;
  readonly loadWh: number;
  /** The contract's own metric. */
  readonly coveragePct: string | null;
  readonly shortfallMwh: string;
  /** (G − C)⁺ × Σ load × rate, to the centime, half up. */
  readonly damagesMad: string;
}

/** What has run, what is to come, and the hours that will fall short. */
export interface GuaranteeOutlook {
  readonly accrued: GuaranteePosition;
  /** With the forecast hours; null where none are given. */
  readonly projected: GuaranteePosition | null;
  /** Forecast hours that lower the metric below the level, in order. */
  readonly warnings: readonly {
    readonly hourMs: number;
    readonly shortWh: number;
    /** The metric at the end of that hour. */
    readonly coveragePct: string | null;
  }[];
}

/**
 * Position of a coverage guarantee under the contract's own averaging rule (SETTLEMENT 4,
 * coverage damages), and a warning for each forecast hour that is short while the period then stands below
 * the level.
 *
 * @param hours  Of the period, in order: measured first, then forecast.
 */
export function guaranteeOutlook(
  guarantee: CoverageGuarantee,
  hours: readonly GuaranteeHour[],
): GuaranteeOutlook {
  const running = startRunning(guarantee);
  const warnings: GuaranteeOutlook['warnings'][number][] = [];
  let accrued: GuaranteePosition | null = null;
  for (const hour of hours) {
    if (hour.isForecast && accrued === null) accrued = positionOf(running);
    addHour(running, hour);
    if (!hour.isForecast) continue;
    const shortWh = hour.loadWh - hour.matchedWh;
    const coverage = coverageOf(running);
    if (shortWh > 0 && coverage?.lessThan(running.level) === true) {
      const coveragePct = enginePct(coverage, new Decimal(1));
      warnings.push({ hourMs: hour.hourMs, shortWh, coveragePct });
    }
  }
  const whole = positionOf(running);
  return { accrued: accrued ?? whole, projected: accrued === null ? null : whole, warnings };
}

interface Running {
  readonly guarantee: CoverageGuarantee;
  readonly level: Decimal;
  hours: number;
  load: Decimal;
  matched: Decimal;
  generation: Decimal;
  shares: Decimal;
  countedHours: number;
}

function startRunning(guarantee: CoverageGuarantee): Running {
  const zero = new Decimal(0);
  return {
    guarantee,
    level: new Decimal(guarantee.levelPct).dividedBy(100),
    hours: 0,
    load: zero,
    matched: zero,
    generation: zero,
    shares: zero,
    countedHours: 0,
  };
}

function addHour(running: Running, { loadWh, generationWh, matchedWh }: GuaranteeHour): void {
  running.hours += 1;
  running.load = running.load.plus(loadWh);
  running.matched = running.matched.plus(matchedWh);
  running.generation = running.generation.plus(generationWh);
  if (loadWh === 0) {
    if (running.guarantee.zeroLoadHour === 'EXCLUDED') return;
    running.shares = running.shares.plus(1);
  } else {
    running.shares = running.shares.plus(new Decimal(matchedWh).dividedBy(loadWh));
  }
  running.countedHours += 1;
}

/** The contract's metric so far, 0 … 1; null where nothing was used. */
function coverageOf({ guarantee, load, matched, generation, ...running }: Running): Decimal | null {
  if (load.isZero()) return null;
  switch (guarantee.metric) {
    case 'ENERGY_WEIGHTED':
      return matched.dividedBy(load);
    case 'TIME_AVERAGED':
      return running.shares.dividedBy(running.countedHours);
    case 'VOLUMETRIC':
      return Decimal.min(generation.dividedBy(load), 1);
  }
}

function positionOf(running: Running): GuaranteePosition {
  const coverage = coverageOf(running);
  const short = coverage === null ? new Decimal(0) : shortOf(running, coverage);
  const mwh = short.dividedBy(1_000_000);
  return {
    hours: running.hours,
    loadWh: running.load.toNumber(),
    coveragePct: coverage === null ? null : enginePct(coverage, new Decimal(1)),
    shortfallMwh: mwh.toFixed(6, Decimal.ROUND_HALF_UP),
    damagesMad: mwh.times(running.guarantee.rateMadPerMwh).toFixed(2, Decimal.ROUND_HALF_UP),
  };
}

/** (G − C)⁺ × Σ load in Wh, from exact sums where the metric is a ratio of sums. */
function shortOf(
  { guarantee, level, load, matched, generation }: Running,
  coverage: Decimal,
): Decimal {
  const due = level.times(load);
  const got =
    guarantee.metric === 'ENERGY_WEIGHTED'
      ? matched
      : guarantee.metric === 'VOLUMETRIC'
        ? Decimal.min(generation, load)
        : coverage.times(load);
  return Decimal.max(due.minus(got), 0);
}
