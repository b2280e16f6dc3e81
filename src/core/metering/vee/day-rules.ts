import { DAY_MS, HOUR_MS } from '../../time/interval.js';
import { finding, type VeeFinding } from './finding.js';
import type { VeeThresholds } from './rules.js';
import {
  type Calendar,
  instantOf,
  isMeasured,
  isSound,
  likeInstants,
  positionOf,
  rangeOf,
  type Series,
  soundSum,
} from './series.js';
import { days, type ValueContext } from './value-rules.js';

const LIKE_DAYS = 3;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** V13: a day far from the mean of its like days. */
export function ownHistory(
  context: ValueContext,
  { share }: VeeThresholds,
  calendar: Calendar,
): VeeFinding[] {
  const { series } = context;
  return days(context).flatMap(([from, to]) => {
    const now = soundSum(series, [from, to]);
    if (now.count < to - from) return [];
    const like = likeDays(series, from, to - from, calendar);
    if (like.length < LIKE_DAYS) return [];
    const mean =
      like.reduce((sum, at) => sum + soundSum(series, [at, at + to - from]).wh, 0) / like.length;
    const change = mean === 0 ? 0 : now.wh / mean - 1;
    if (Math.abs(change) <= share!) return [];
    const measured = `${now.wh} Wh, ${percent(change)} from the mean of its like days`;
    return [
      finding(
        'V13',
        [instantOf(series, from), instantOf(series, to)],
        [measured, `± ${percent(share!)}`],
      ),
    ];
  });
}

/** Starts of the like days before a day that are whole and measured. */
function likeDays(series: Series, from: number, count: number, calendar: Calendar): number[] {
  const isUsable = (ms: number): boolean => {
    const at = positionOf(series, ms);
    if (at < 0 || at + count > series.wh.length) return false;
    for (let place = at; place < at + count; place += 1)
      if (!isMeasured(series, place)) return false;
    return true;
  };
  return likeInstants(calendar, instantOf(series, from), { count: LIKE_DAYS, isUsable }).map((ms) =>
    positionOf(series, ms),
  );
}

/** V18: a day that is another day again, interval by interval. */
export function duplicatedDay(context: ValueContext, thresholds: VeeThresholds): VeeFinding[] {
  const { series } = context;
  const perDay = DAY_MS / series.stepMs;
  return days(context).flatMap(([from, to]) => {
    if (to - from < perDay || !isVaried(series, [from, to], thresholds['distinctValues']!))
      return [];
    for (let back = 1; back <= thresholds['daysBack']!; back += 1) {
      const at = from - back * perDay;
      if (at < 0) return [];
      if (!isSame(series, from, at, perDay)) continue;
      const day = new Date(instantOf(series, at)).toISOString().slice(0, 10);
      const span = [instantOf(series, from), instantOf(series, to)] as const;
      return [finding('V18', span, [`the same ${perDay} values as ${day}`, 'no day twice'])];
    }
    return [];
  });
}

function isVaried(series: Series, [from, to]: readonly [number, number], least: number): boolean {
  const seen = new Set<number>();
  for (let at = from; at < to; at += 1) {
    if (!isMeasured(series, at)) return false;
    seen.add(series.wh[at]!);
  }
  return seen.size >= least;
}

function isSame(series: Series, a: number, b: number, count: number): boolean {
  for (let at = 0; at < count; at += 1) {
    if (!isMeasured(series, b + at) || series.wh[a + at] !== series.wh[b + at]) return false;
  }
  return true;
}

/**
 * V19: days that fit their like days much better when they are moved by an hour, as after a change of
 * the clocks that the meter made and the file did not. Several in a row, the same way: on one day alone
 * people rise late.
 */
export function clockShift(
  context: ValueContext,
  thresholds: VeeThresholds,
  calendar: Calendar,
): VeeFinding[] {
  const { series } = context;
  const perDay = DAY_MS / series.stepMs;
  const known = new Map<number, Shift | null>();
  const shiftOf = (from: number): Shift | null => {
    let shift = known.get(from);
    if (shift === undefined) {
      const isInside = from >= 0 && from + perDay <= series.wh.length;
      shift = isInside ? shiftOfDay(series, [from, from + perDay], thresholds, calendar) : null;
      known.set(from, shift);
    }
    return shift;
  };
  return days(context).flatMap(([from, to]) => {
    const shift = to - from === perDay ? shiftOf(from) : null;
    if (shift === null) return [];
    const goesOn = (day: number): boolean => shiftOf(day)?.isLater === shift.isLater;
    let count = 1;
    for (let day = from - perDay; goesOn(day); day -= perDay) count += 1;
    for (let day = from + perDay; goesOn(day); day += perDay) count += 1;
    if (count < thresholds['days']!) return [];
    const measured = `fits its like days ${percent(shift.improvement)} better ${shift.isLater ? '+' : '−'}${thresholds['hours']} h away, as ${count} days in a row`;
    const limit = `${percent(1 - thresholds['improvement']!)}, ${thresholds['days']} days`;
    return [finding('V19', [instantOf(series, from), instantOf(series, to)], [measured, limit])];
  });
}

/** How much better a day fits its like days when it is moved. */
interface Shift {
  readonly isLater: boolean;
  readonly improvement: number;
}

function shiftOfDay(
  series: Series,
  [from, to]: readonly [number, number],
  thresholds: VeeThresholds,
  calendar: Calendar,
): Shift | null {
  const shift = Math.round((thresholds['hours']! * HOUR_MS) / series.stepMs);
  const count = to - from;
  // Suspect ones too: the first days of a run are, once it was found.
  if (series.wh.subarray(from, to).some((wh) => Number.isNaN(wh))) return null;
  const like = likeDays(series, from, count, calendar);
  if (like.length < LIKE_DAYS) return null;
  const mean = Float64Array.from(
    { length: count },
    (_, at) => like.reduce((sum, day) => sum + series.wh[day + at]!, 0) / like.length,
  );
  const level = mean.reduce((sum, wh) => sum + wh, 0) / count;
  if (Math.max(...mean) - Math.min(...mean) < thresholds['swing']! * level) return null;
  const distance = (by: number): number => {
    let sum = 0;
    for (let at = shift; at < count - shift; at += 1)
      sum += Math.abs(series.wh[from + at + by]! - mean[at]!);
    return sum;
  };
  const [inPlace, earlier, later] = [distance(0), distance(-shift), distance(shift)];
  const best = Math.min(earlier, later);
  if (!(best < inPlace * thresholds['improvement']!)) return null;
  return { isLater: best === later, improvement: 1 - best / inPlace };
}

/**
 * V20: a level that changes for good from one day to the next, as when a meter or its transformers
 * were changed and the multiplier was not.
 */
export function meterSwap(context: ValueContext, thresholds: VeeThresholds): VeeFinding[] {
  const { series } = context;
  const count = thresholds['days']!;
  const found: VeeFinding[] = [];
  for (const [from, to] of days(context)) {
    const startMs = instantOf(series, from);
    const before = levels(series, startMs - count * DAY_MS, count);
    const after = levels(series, startMs, count);
    if (before === null || after === null) continue;
    const [low, high] = [Math.min(...before), Math.max(...before)];
    const change = mean(after) / mean(before) - 1;
    const isApart = after.every((level) => level < low * 0.9 || level > high * 1.1);
    const isEven = Math.max(...after) - Math.min(...after) < 0.25 * mean(after);
    if (!isApart || !isEven || Math.abs(change) <= thresholds['share']!) continue;
    const measured = `${percent(change)} from one day to the next, for ${count} days`;
    found.push(
      finding(
        'V20',
        [startMs, instantOf(series, to)],
        [measured, `± ${percent(thresholds['share']!)}`],
      ),
    );
  }
  return found;
}

/** Σ Wh of days in a row; null unless every one is whole and above zero. */
function levels(series: Series, fromMs: number, count: number): number[] | null {
  const found: number[] = [];
  for (let day = 0; day < count; day += 1) {
    const range = rangeOf(series, fromMs + day * DAY_MS, fromMs + (day + 1) * DAY_MS);
    if ((range[1] - range[0]) * series.stepMs !== DAY_MS) return null;
    for (let at = range[0]; at < range[1]; at += 1) if (!isSound(series, at)) return null;
    const { wh } = soundSum(series, range);
    if (wh === 0) return null;
    found.push(wh);
  }
  return found;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Compares two series day by day: V15 with a check meter, V16 with the meters below. */
export function compareDays(
  rule: 'V15' | 'V16',
  context: ValueContext,
  other: Series,
  { share }: VeeThresholds,
): VeeFinding[] {
  const { series } = context;
  return days(context).flatMap(([from, to]) => {
    const span = [instantOf(series, from), instantOf(series, to)] as const;
    const [mine, theirs] = [soundSum(series, [from, to]), soundSum(other, rangeOf(other, ...span))];
    if (mine.count < to - from || theirs.count < to - from || mine.wh === 0) return [];
    const apart = Math.abs(mine.wh - theirs.wh) / mine.wh;
    if (apart <= share!) return [];
    const measured = `${mine.wh} Wh against ${theirs.wh} Wh, ${percent(apart)} apart`;
    return [finding(rule, span, [measured, percent(share!)])];
  });
}
