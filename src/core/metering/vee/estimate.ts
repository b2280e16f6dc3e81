import { apportion } from '../../math/apportion.js';
import { DAY_MS, HOUR_MS } from '../../time/interval.js';
import { QUALITY } from '../quality.js';
import {
  type Calendar,
  instantOf,
  isMeasured,
  isSound,
  likeInstants,
  positionOf,
  rangeOf,
  type Series,
} from './series.js';

/** How a value was estimated, surest first (METHOD 2.5). */
export const ESTIMATE_METHODS = ['check-meter', 'register-shape', 'linear', 'like-days'] as const;
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
}

/** Longest gap that a straight line may cross. */
export const LINEAR_LIMIT_MS = 2 * HOUR_MS;

const LIKE_DAYS = 3;

/**
 * Estimates what is missing or suspect in a meter's consumption (METHOD 2.5), the surest way first:
 * the check meter; what the counter grew by, spread over the shape of like days; a straight line
 * over at most two hours; the mean of three like days. What none of them reaches stays as it is.
 *
 * @param series  With the weeks before, which like days are taken from.
 */
export function estimateGaps(
  series: Series,
  [fromMs, toMs]: readonly [number, number],
  basis: EstimateBasis,
): Estimate[] {
  const range = rangeOf(series, fromMs, toMs);
  return gapsOf(series, range).flatMap((gap) => estimateGap(series, gap, basis));
}

/** Stretches without a sound value. */
export function gapsOf(
  series: Series,
  [from, to]: readonly [number, number],
): (readonly [number, number])[] {
  const gaps: (readonly [number, number])[] = [];
  for (let at = from; at < to; at += 1) {
    if (isSound(series, at)) continue;
    const start = at;
    while (at < to && !isSound(series, at)) at += 1;
    gaps.push([start, at]);
  }
  return gaps;
}

function estimateGap(
  series: Series,
  gap: readonly [number, number],
  basis: EstimateBasis,
): Estimate[] {
  const byCheck = fromCheckMeter(series, gap, basis.check);
  if (byCheck !== null) return [byCheck];
  const byRegister = fromRegister(series, gap, basis);
  if (byRegister !== null) return [byRegister];
  const byLine = straightLine(series, gap);
  if (byLine !== null) return [byLine];
  return likeDayRuns(series, gap, basis.calendar);
}

function estimate(
  series: Series,
  [from, to]: readonly [number, number],
  how: Pick<Estimate, 'method' | 'confidence' | 'wh' | 'quality'>,
): Estimate {
  return { startMs: instantOf(series, from), endMs: instantOf(series, to), ...how };
}

function fromCheckMeter(
  series: Series,
  gap: readonly [number, number],
  check: Series | null,
): Estimate | null {
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

/** The part of a counter's growth that no interval holds, spread over the shape of like days. */
function fromRegister(
  series: Series,
  gap: readonly [number, number],
  { registers, calendar }: EstimateBasis,
): Estimate | null {
  const [startMs, endMs] = [instantOf(series, gap[0]), instantOf(series, gap[1])];
  const delta = registers.find((one) => one.startMs <= startMs && one.endMs >= endMs);
  if (delta === undefined) return null;
  const [from, to] = rangeOf(series, delta.startMs, delta.endMs);
  let restWh = delta.wh;
  for (let at = from; at < to; at += 1) {
    if (at >= gap[0] && at < gap[1]) continue;
    // Another gap in the same span: what belongs to which is not known.
    if (!isSound(series, at)) return null;
    restWh -= series.wh[at]!;
  }
  if (restWh < 0) return null;
  const shape = Array.from(
    { length: gap[1] - gap[0] },
    (_, at) => likeMean(series, gap[0] + at, calendar) ?? 0,
  );
  const weights = shape.some((wh) => wh > 0) ? shape : shape.map(() => 1);
  const wh = apportion(restWh, Float64Array.from(weights));
  return estimate(series, gap, {
    method: 'register-shape',
    confidence: 'high',
    wh: [...wh],
    quality: QUALITY.EST_HIST,
  });
}

function straightLine(series: Series, gap: readonly [number, number]): Estimate | null {
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
function likeDayRuns(
  series: Series,
  [from, to]: readonly [number, number],
  calendar: Calendar,
): Estimate[] {
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

/** Mean of the three most recent like days at the same civil time, rounded down; null without three. */
function likeMean(series: Series, at: number, calendar: Calendar): number | null {
  const isUsable = (ms: number): boolean => {
    const place = positionOf(series, ms);
    return place >= 0 && place < series.wh.length && isMeasured(series, place);
  };
  const like = likeInstants(calendar, instantOf(series, at), { count: LIKE_DAYS, isUsable });
  if (like.length < LIKE_DAYS) return null;
  const sum = like.reduce((total, ms) => total + series.wh[positionOf(series, ms)]!, 0);
  return Math.floor(sum / LIKE_DAYS);
}

/** How far back like days are looked for. */
export const HISTORY_MS = 36 * DAY_MS;
