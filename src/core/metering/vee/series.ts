import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../time/interval.js';
import { type LegalTimeRule, legalOffsetMinutes } from '../../time/legal-time.js';
import { QUALITY } from '../blocks/quality.js';

/** A meter's intervals without a break, gaps marked. */
export interface Series {
  readonly startMs: number;
  readonly stepMs: number;
  /** Wh; NaN = missing. */
  readonly wh: Float64Array;
  readonly quality: Uint8Array;
}

/** A series of gaps. */
export function emptySeries(startMs: number, endMs: number, stepMs: number): Series {
  const count = Math.round((endMs - startMs) / stepMs);
  return {
    startMs,
    stepMs,
    wh: new Float64Array(count).fill(Number.NaN),
    quality: new Uint8Array(count),
  };
}

/** A series up to an instant, over the same values: what is written to the one is in the other. */
export function upTo(series: Series, endMs: number): Series {
  const [, count] = rangeOf(series, series.startMs, endMs);
  const { wh, quality } = series;
  return { ...series, wh: wh.subarray(0, count), quality: quality.subarray(0, count) };
}

/** Position of an instant; negative or beyond the end where the series does not reach. */
export function positionOf({ startMs, stepMs }: Series, instantMs: number): number {
  return Math.round((instantMs - startMs) / stepMs);
}

/** Start of an interval. */
export function instantOf({ startMs, stepMs }: Series, position: number): number {
  return startMs + position * stepMs;
}

/** Whether an interval can be relied on: there, and neither suspect nor a forecast. */
export function isSound({ wh, quality }: Series, position: number): boolean {
  const value = wh[position];
  if (value === undefined || Number.isNaN(value)) return false;
  return quality[position]! > QUALITY.FORECAST;
}

/** Whether an interval was measured or agreed, and not estimated. */
export function isMeasured(series: Series, position: number): boolean {
  const code = series.quality[position]!;
  const isEstimate = code === QUALITY.EST_LINEAR || code === QUALITY.EST_HIST;
  return isSound(series, position) && !isEstimate;
}

/** Position of the first interval at or after an instant, and one past the last before another. */
export function rangeOf(series: Series, fromMs: number, toMs: number): readonly [number, number] {
  const from = Math.ceil((fromMs - series.startMs) / series.stepMs);
  const to = Math.ceil((toMs - series.startMs) / series.stepMs);
  return [Math.max(0, from), Math.min(series.wh.length, to)];
}

/** What clocks show at an instant, as if it were UTC. */
export function wallOf(rules: readonly LegalTimeRule[], instantMs: number): number {
  return instantMs + legalOffsetMinutes(rules, instantMs) * MINUTE_MS;
}

/** Civil day of an instant, `YYYY-MM-DD`. */
export function civilDayOf(rules: readonly LegalTimeRule[], instantMs: number): string {
  return new Date(wallOf(rules, instantMs)).toISOString().slice(0, 10);
}

/** How days are told apart when one stands in for another. */
export interface Calendar {
  readonly rules: readonly LegalTimeRule[];
  /** Civil days that count as Sundays. */
  readonly holidays: ReadonlySet<string>;
}

const WEEKS_BACK = 5;
const SUNDAY = 0;

/**
 * The same civil time on like days before (METHOD 2.5): the same weekday within five weeks, the most
 * recent first; holidays count as Sundays, whichever day they fall on.
 *
 * @returns Instants, at most `count` of them for which `isUsable`.
 */
export function likeInstants(
  { rules, holidays }: Calendar,
  instantMs: number,
  { count, isUsable }: { readonly count: number; readonly isUsable: (ms: number) => boolean },
): number[] {
  const wallMs = wallOf(rules, instantMs);
  const kind = dayKind(wallMs, holidays);
  const found: number[] = [];
  for (let back = 1; back <= WEEKS_BACK * 7 && found.length < count; back += 1) {
    const wall = wallMs - back * DAY_MS;
    if (dayKind(wall, holidays) !== kind) continue;
    const guessMs = instantMs - back * DAY_MS;
    const ms = wall - (wallOf(rules, guessMs) - guessMs);
    if (isUsable(ms)) found.push(ms);
  }
  return found;
}

function dayKind(wallMs: number, holidays: ReadonlySet<string>): number {
  const day = new Date(wallMs);
  return holidays.has(day.toISOString().slice(0, 10)) ? SUNDAY : day.getUTCDay();
}

/** Σ Wh of the sound intervals of a range, and how many there are. */
export function soundSum(
  series: Series,
  [from, to]: readonly [number, number],
): { readonly wh: number; readonly count: number } {
  let [wh, count] = [0, 0];
  for (let at = from; at < to; at += 1) {
    if (!isSound(series, at)) continue;
    wh += series.wh[at]!;
    count += 1;
  }
  return { wh, count };
}

/** Hours as text, without needless decimals. */
export function hoursText(ms: number): string {
  return `${Math.round((ms / HOUR_MS) * 100) / 100} h`;
}
