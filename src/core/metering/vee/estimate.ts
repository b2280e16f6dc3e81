import { apportion } from '../../math/apportion.js';
import { DAY_MS, HOUR_MS } from '../../time/interval.js';
import { QUALITY } from '../blocks/quality.js';
import { type CatchUp, catchUps } from './catch-up.js';
import { likeMean } from './expectation.js';
import type { VeeThresholds } from './rules.js';
import {
  type Calendar,
  instantOf,
  isMeasured,
  positionOf,
  rangeOf,
  type Series,
} from './series.js';

/** How a value was estimated, surest first (METHOD 2.5). */
export const ESTIMATE_METHODS = [
  ...(['check-meter', 'register-shape', 'catch-up', 'linear', 'like-days'] as const),
] as const;
/** One of `ESTIMATE_METHODS`. */
export type EstimateMethod = (typeof ESTIMATE_METHODS)[number];

/** A stretch that was estimated in one way. */
export interface Estimate {
  readonly startMs: number;
  readonly endMs: number;
  readonly method: EstimateMethod;
  readonly confidence: 'high' | 'medium' | 'low';
  /** Wh per interval. */
  readonly wh: readonly number[];
  /** The `QUALITY` that the values have from now on. */
  readonly quality: number;
}

/** What a counter grew by over a time. */
export interface RegisterDelta {
  readonly startMs: number;
  readonly endMs: number;
  readonly wh: number;
}

/** What estimation may rest on. */
export interface EstimateBasis {
  readonly calendar: Calendar;
  /** The same energy, measured by another meter. */
  readonly check: Series | null;
  readonly registers: readonly RegisterDelta[];
  /** Thresholds of V21; null while it is off: then no neighbour is looked at. */
  readonly catchUp: VeeThresholds | null;
  /** Whether somebody decided about an interval. */
  readonly isDecided?: (position: number) => boolean;
}

/** Why a stretch was left as it is. */
export const LEFT_REASONS = {
  generation: 'generation is never estimated: an estimate could not be certified',
  suspect: 'measured, and suspect: accept it or override it (decide)',
  counter: 'the counter grew by less than the intervals that are there',
  'no-basis':
    'no check meter, no counter over it, more than two hours or no measured neighbours, and fewer than three like days',
} as const;
/** One of `LEFT_REASONS`. */
export type LeftReason = keyof typeof LEFT_REASONS;

/** A stretch that was not estimated. */
export interface LeftStretch {
  readonly startMs: number;
  readonly endMs: number;
  readonly intervalCount: number;
  readonly reason: LeftReason;
}

/** What was estimated, and what was not. */
export interface Estimation {
  readonly estimates: readonly Estimate[];
  readonly left: readonly LeftStretch[];
}

/** Longest gap that a straight line may cross. */
export const LINEAR_LIMIT_MS = 2 * HOUR_MS;

type Range = readonly [number, number];

/**
 * Estimates what is missing in a meter's consumption (METHOD 2.5), the surest way first: the check
 * meter; what the counter grew by, spread over the shape of like days; the energy that a neighbour
 * holds for the gap, spread over both; a straight line over at most two hours; the mean of three like
 * days. What was measured stays, suspect or not, but for a neighbour that holds a gap's energy: the
 * sum over both is then what was measured.
 *
 * @param series  With the weeks before, which like days are taken from, and what follows the stretch.
 */
export function estimateGaps(
  series: Series,
  [fromMs, toMs]: readonly [number, number],
  basis: EstimateBasis,
): Estimation {
  const range = rangeOf(series, fromMs, toMs);
  const estimates: Estimate[] = [];
  const left: LeftStretch[] = [];
  const held = basis.catchUp === null ? [] : catchUpsIn(series, range, basis, basis.catchUp);
  const gaps = gapsOf(series, range).filter(
    ([at]) => !held.some(({ from, to }) => at >= from && at < to),
  );
  const stretches = [
    ...held.map((one): [Range, CatchUp | null] => [[one.from, one.to], one]),
    ...gaps.map((gap): [Range, CatchUp | null] => [gap, null]),
  ].toSorted(([a], [b]) => a[0] - b[0]);
  for (const [stretch, catchUp] of stretches) {
    const made = estimateStretch(series, stretch, { ...basis, held, catchUpHere: catchUp });
    if (made === 'counter') left.push(leftOf(series, stretch, 'counter'));
    else {
      estimates.push(...made);
      left.push(...restOf(series, stretch, made));
    }
  }
  left.push(...suspects(series, range, estimates));
  return { estimates, left: left.toSorted((a, b) => a.startMs - b.startMs) };
}

/** What is missing of generation: it stays missing. */
export function generationLeft(series: Series, range: Range): LeftStretch[] {
  return gapsOf(series, range).map((gap) => leftOf(series, gap, 'generation'));
}

/** Stretches without a value. */
export function gapsOf({ wh }: Series, [from, to]: Range): Range[] {
  return runsOf([from, to], (at) => Number.isNaN(wh[at]!));
}

function runsOf([from, to]: Range, test: (at: number) => boolean): Range[] {
  const runs: Range[] = [];
  for (let at = from; at < to; at += 1) {
    if (!test(at)) continue;
    const start = at;
    while (at < to && test(at)) at += 1;
    runs.push([start, at]);
  }
  return runs;
}

function catchUpsIn(
  series: Series,
  range: Range,
  { calendar, isDecided = () => false }: EstimateBasis,
  thresholds: VeeThresholds,
): CatchUp[] {
  const all = catchUps(series, range, { calendar, thresholds, isDecided });
  // An interval holds for one side only.
  return all.filter(({ from }, at) => at === 0 || all[at - 1]!.to <= from);
}

const leftOf = (series: Series, [from, to]: Range, reason: LeftReason): LeftStretch => ({
  startMs: instantOf(series, from),
  endMs: instantOf(series, to),
  intervalCount: to - from,
  reason,
});

/** Suspect values that stay as they are. */
function suspects(series: Series, range: Range, made: readonly Estimate[]): LeftStretch[] {
  const { wh, quality } = series;
  const isSuspect = (at: number): boolean =>
    quality[at] === QUALITY.SUSPECT && !Number.isNaN(wh[at]!) && !isIn(made, instantOf(series, at));
  return runsOf(range, isSuspect).map((run) => leftOf(series, run, 'suspect'));
}

const isIn = (made: readonly Estimate[], ms: number): boolean =>
  made.some(({ startMs, endMs }) => startMs <= ms && ms < endMs);

/** Missing parts of a stretch that no estimate reaches. */
function restOf(series: Series, stretch: Range, made: readonly Estimate[]): LeftStretch[] {
  const isLeft = (at: number): boolean =>
    Number.isNaN(series.wh[at]!) && !isIn(made, instantOf(series, at));
  return runsOf(stretch, isLeft).map((run) => leftOf(series, run, 'no-basis'));
}

interface StretchBasis extends EstimateBasis {
  readonly held: readonly CatchUp[];
  readonly catchUpHere: CatchUp | null;
}

function estimateStretch(
  series: Series,
  stretch: Range,
  basis: StretchBasis,
): readonly Estimate[] | 'counter' {
  const byCheck = fromCheckMeter(series, stretch, basis.check);
  if (byCheck !== null) return [byCheck];
  const byRegister = fromRegister(series, stretch, basis);
  if (byRegister !== null) return byRegister === 'counter' ? 'counter' : [byRegister];
  const { catchUpHere } = basis;
  if (catchUpHere !== null) return [spread(series, catchUpHere)];
  const byLine = straightLine(series, stretch);
  if (byLine !== null) return [byLine];
  return likeDayRuns(series, stretch, basis.calendar);
}

function estimate(
  series: Series,
  [from, to]: Range,
  how: Pick<Estimate, 'method' | 'confidence' | 'wh' | 'quality'>,
): Estimate {
  return { startMs: instantOf(series, from), endMs: instantOf(series, to), ...how };
}

function fromCheckMeter(series: Series, gap: Range, check: Series | null): Estimate | null {
  if (check === null) return null;
  const wh: number[] = [];
  for (let at = gap[0]; at < gap[1]; at += 1) {
    const place = positionOf(check, instantOf(series, at));
    if (place < 0 || place >= check.wh.length || !isMeasured(check, place)) return null;
    wh.push(check.wh[place]!);
  }
  return estimate(series, gap, {
    method: 'check-meter',
    confidence: 'high',
    wh,
    quality: QUALITY.DERIVED,
  });
}

/**
 * The part of a counter's growth that no interval holds, spread over the shape of like days. All gaps
 * of the counter's span share it; what is measured counts as it is, suspect or not.
 *
 * @returns Null without a counter; `counter` where it holds less than the intervals that are there.
 */
function fromRegister(
  series: Series,
  stretch: Range,
  { registers, calendar, held }: StretchBasis,
): Estimate | 'counter' | null {
  const [startMs, endMs] = [instantOf(series, stretch[0]), instantOf(series, stretch[1])];
  const [delta] = registers
    .filter((one) => one.startMs <= startMs && one.endMs >= endMs)
    .toSorted((a, b) => a.endMs - a.startMs - (b.endMs - b.startMs));
  if (delta === undefined) return null;
  const [from, to] = rangeOf(series, delta.startMs, delta.endMs);
  if ((to - from) * series.stepMs !== delta.endMs - delta.startMs) return null;
  const open: number[] = [];
  let restWh = delta.wh;
  for (let at = from; at < to; at += 1) {
    const isOpen =
      Number.isNaN(series.wh[at]!) || held.some((one) => at >= one.from && at < one.to);
    if (isOpen) open.push(at);
    else restWh -= series.wh[at]!;
  }
  if (restWh < 0) return 'counter';
  const shape = open.map((at) => likeMean(series, at, calendar) ?? 0);
  const weights = shape.some((wh) => wh > 0) ? shape : shape.map(() => 1);
  const shares = apportion(restWh, Float64Array.from(weights));
  const wh = open.flatMap((at, place) =>
    at >= stretch[0] && at < stretch[1] ? [shares[place]!] : [],
  );
  return estimate(series, stretch, {
    method: 'register-shape',
    confidence: 'high',
    wh,
    quality: QUALITY.EST_HIST,
  });
}

/** What one interval holds for its neighbours, spread over all of them: the sum stays. */
function spread(series: Series, { from, to, holder, usualWh }: CatchUp): Estimate {
  const wh = apportion(series.wh[holder]!, Float64Array.from(usualWh));
  return estimate(series, [from, to], {
    method: 'catch-up',
    confidence: 'medium',
    wh: [...wh],
    quality: QUALITY.EST_HIST,
  });
}

function straightLine(series: Series, gap: Range): Estimate | null {
  const [from, to] = gap;
  if ((to - from) * series.stepMs > LINEAR_LIMIT_MS) return null;
  if (from === 0 || to >= series.wh.length) return null;
  if (!isMeasured(series, from - 1) || !isMeasured(series, to)) return null;
  const [before, after] = [series.wh[from - 1]!, series.wh[to]!];
  const steps = to - from + 1;
  const wh = Array.from({ length: to - from }, (_, at) =>
    Math.floor((before * (steps - at - 1) + after * (at + 1)) / steps),
  );
  return estimate(series, gap, {
    method: 'linear',
    confidence: 'medium',
    wh,
    quality: QUALITY.EST_LINEAR,
  });
}

/** Runs of a gap that like days reach; the rest of it stays missing. */
function likeDayRuns(series: Series, [from, to]: Range, calendar: Calendar): Estimate[] {
  const found: Estimate[] = [];
  let wh: number[] = [];
  const end = (at: number): void => {
    if (wh.length === 0) return;
    const how = { method: 'like-days', confidence: 'low', wh, quality: QUALITY.EST_HIST } as const;
    found.push(estimate(series, [at - wh.length, at], how));
    wh = [];
  };
  for (let at = from; at < to; at += 1) {
    const value = likeMean(series, at, calendar);
    if (value === null) end(at);
    else wh.push(value);
  }
  end(to);
  return found;
}

/** How far back like days are looked for. */
export const HISTORY_MS = 36 * DAY_MS;
