import { QUALITY } from '../blocks/quality.js';
import { sameTimeBefore, usualWh } from './expectation.js';
import { finding, type VeeFinding } from './finding.js';
import type { VeeThresholds } from './rules.js';
import { type Calendar, hoursText, instantOf, isMeasured, rangeOf, type Series } from './series.js';
import type { ValueContext } from './value-rules.js';

/** A stretch whose energy one of its intervals holds for all of them. */
export interface CatchUp {
  /** First interval, and one past the last; the holder is the first or the last of them. */
  readonly from: number;
  readonly to: number;
  readonly holder: number;
  /** What each interval usually holds, Wh: the shape of the stretch. */
  readonly usualWh: readonly number[];
}

/** What catch-ups are looked for with. */
export interface CatchUpBasis {
  readonly calendar: Calendar;
  readonly thresholds: VeeThresholds;
  /** Whether somebody decided about an interval: then it holds what it holds. */
  readonly isDecided: (position: number) => boolean;
}

/** Days at the same time without which nothing is known of an interval. */
const DAYS_LEAST = 3;
/** Zeros on a load are believed unless there never were any. */
const ZERO_DAYS_LEAST = 5;
/** Without history: how far above both neighbours an interval has to stand. */
const ABOVE_NEIGHBOURS = 1.5;

/**
 * Finds energy that seems missing and stands in a neighbour (METHOD 2.5): intervals are absent, and
 * the next one, or the one before, holds theirs too; or they are zero as they never are, and the next
 * catches up. A value is a catch-up if it is higher than any of 35 days at its time, and its excess is
 * about what the others usually hold. A peak that is only high is none.
 *
 * @param range  Where the empty intervals or the holder lie.
 */
export function catchUps(
  series: Series,
  [from, to]: readonly [number, number],
  basis: CatchUpBasis,
): CatchUp[] {
  const found: CatchUp[] = [];
  let at = from;
  while (at > 0 && isEmpty(series, at - 1)) at -= 1;
  const last = Math.min(to + 1, series.wh.length);
  while (at < last) {
    if (!isEmpty(series, at)) {
      at += 1;
      continue;
    }
    const start = at;
    while (at < series.wh.length && isEmpty(series, at)) at += 1;
    const one = catchUpOf(series, [start, at], basis);
    if (one !== null && one.from < to && one.to > from) found.push(one);
  }
  return found;
}

/** V21: catch-ups, each with what it held and what is usual. */
export function catchUpFindings(
  { series, fromMs, toMs, direction }: ValueContext,
  thresholds: VeeThresholds,
  calendar: Calendar,
): VeeFinding[] {
  if (direction === 'generation') return [];
  const basis = { calendar, thresholds, isDecided: () => false };
  return catchUps(series, rangeOf(series, fromMs, toMs), basis).map(
    ({ from, to, holder, usualWh: usual }) => {
      const emptyText = hoursText((to - from - 1) * series.stepMs);
      const total = usual.reduce((sum, wh) => sum + wh, 0);
      const measured = `${series.wh[holder]} Wh in one interval beside ${emptyText} without energy`;
      const limit = `${usual[holder - from]} Wh; ${total} Wh for all of them together`;
      return finding('V21', [instantOf(series, from), instantOf(series, to)], [measured, limit]);
    },
  );
}

const isEmpty = ({ wh }: Series, at: number): boolean => Number.isNaN(wh[at]!) || wh[at] === 0;

function catchUpOf(
  series: Series,
  [from, to]: readonly [number, number],
  basis: CatchUpBasis,
): CatchUp | null {
  const { thresholds, isDecided } = basis;
  const gap = Array.from({ length: to - from }, (_, at) => from + at);
  if (gap.some((at) => isDecided(at))) return null;
  const isAbsent = gap.every((at) => Number.isNaN(series.wh[at]!));
  const bounds = isAbsent
    ? ([thresholds['least']!, thresholds['most']!] as const)
    : ([thresholds['zerosLeast']!, thresholds['zerosMost']!] as const);
  for (const holder of isAbsent ? [to, from - 1] : [to]) {
    if (!canHold(series, holder) || isDecided(holder)) continue;
    const stretch = [Math.min(from, holder), Math.max(to, holder + 1)] as const;
    const usual = usualOf(series, stretch, { holder, gap, isAbsent, calendar: basis.calendar });
    if (usual === null) continue;
    const total = usual.reduce((sum, wh) => sum + wh, 0);
    const own = usual[holder - stretch[0]]!;
    const [excess, missing] = [series.wh[holder]! - own, total - own];
    if (missing === 0 || excess < bounds[0] * missing || excess > bounds[1] * missing) continue;
    return { from: stretch[0], to: stretch[1], holder, usualWh: usual };
  }
  return null;
}

/** Whether an interval was measured, if only as suspect, and nobody estimated or wrote it. */
function canHold({ wh, quality }: Series, at: number): boolean {
  const code = quality[at];
  return (
    wh[at]! > 0 && (code === QUALITY.SUSPECT || code === QUALITY.RAW || code === QUALITY.ACTUAL)
  );
}

/** What a stretch usually holds, where its holder is higher than it ever was; null otherwise. */
function usualOf(
  series: Series,
  [from, to]: readonly [number, number],
  {
    holder,
    gap,
    isAbsent,
    calendar,
  }: {
    readonly holder: number;
    readonly gap: readonly number[];
    readonly isAbsent: boolean;
    readonly calendar: Calendar;
  },
): number[] | null {
  const before = sameTimeBefore(series, holder, calendar);
  if (before.length >= DAYS_LEAST) {
    if (series.wh[holder]! <= Math.max(...before)) return null;
  } else if (!isAbsent) return null;
  if (!isAbsent && !gap.every((at) => isNeverZero(series, at, calendar))) return null;
  const usual = Array.from({ length: to - from }, (_, at) => usualWh(series, from + at, calendar));
  if (usual.every((wh) => wh !== null)) return usual;
  return isAbsent && before.length < DAYS_LEAST
    ? betweenNeighbours(series, [from, to], holder)
    : null;
}

/** Whether an absent interval is no question, and a zero one was never zero at this time. */
function isNeverZero(series: Series, at: number, calendar: Calendar): boolean {
  if (Number.isNaN(series.wh[at]!)) return true;
  const before = sameTimeBefore(series, at, calendar);
  return before.length >= ZERO_DAYS_LEAST && before.every((wh) => wh > 0);
}

/** Without history, what a line between the measured neighbours of a stretch gives. */
function betweenNeighbours(
  series: Series,
  [from, to]: readonly [number, number],
  holder: number,
): number[] | null {
  if (from === 0 || to >= series.wh.length) return null;
  if (!isMeasured(series, from - 1) || !isMeasured(series, to)) return null;
  const [before, after] = [series.wh[from - 1]!, series.wh[to]!];
  if (series.wh[holder]! < ABOVE_NEIGHBOURS * Math.max(before, after)) return null;
  const steps = to - from + 1;
  return Array.from({ length: to - from }, (_, at) =>
    Math.floor((before * (steps - at - 1) + after * (at + 1)) / steps),
  );
}
