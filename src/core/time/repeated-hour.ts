import { DAY_MS, MINUTE_MS } from './interval.js';
import type { LegalTimeRule } from './legal-time.js';

/** A stretch of local time that clocks showed twice, because they were put back. */
export interface RepeatedHour {
  /** First local time that came twice, as if it were UTC, ms. */
  readonly startWallMs: number;
  /** The first after it that came once: what clocks would have shown when they were put back. */
  readonly endWallMs: number;
  /** When clocks were put back: the end of the first pass and the start of the second. */
  readonly changeMs: number;
}

/** Every repeated hour of a legal time, ascending. */
export function repeatedHours(rules: readonly LegalTimeRule[]): RepeatedHour[] {
  return rules.flatMap(({ validFromUtc, offsetMinutes }, at) => {
    const before = rules[at - 1]?.offsetMinutes ?? offsetMinutes;
    if (before <= offsetMinutes) return [];
    const changeMs = Date.parse(validFromUtc);
    return [
      {
        changeMs,
        startWallMs: changeMs + offsetMinutes * MINUTE_MS,
        endWallMs: changeMs + before * MINUTE_MS,
      },
    ];
  });
}

/** Labels of one meter within a repeated hour, in the order of the file. */
export interface LabelRun {
  /** Local times as if they were UTC, ms. */
  readonly wallMs: readonly number[];
  /** Label before the run and after it; null at the ends of the file. */
  readonly before: number | null;
  readonly after: number | null;
  /** Whether labels say ends: the end of the first pass is then written in either of two ways. */
  readonly isEnd: boolean;
}

/**
 * Tells the two passes of a repeated hour apart by the order of its rows (METHOD 2.2): a step back in
 * a rising file begins the second pass, and rows side by side are first and second. What one pass
 * alone could be either of is left open. Files may rise or fall.
 *
 * @returns The instant of each label, ms; null where order does not tell.
 */
export function passesByOrder(hour: RepeatedHour, run: LabelRun): (number | null)[] {
  const isRising = rises(hour, run);
  if (isRising === null) return run.wallMs.map(() => null);
  if (isRising) return ofRising(hour, run.wallMs, run.isEnd);
  return ofRising(hour, run.wallMs.toReversed(), run.isEnd).toReversed();
}

/** Whether the file goes up or down around the hour; null when nothing tells. */
function rises(hour: RepeatedHour, { wallMs, before, after }: LabelRun): boolean | null {
  const isNear = (label: number | null): label is number =>
    label !== null && Math.abs(label - hour.startWallMs) < 2 * DAY_MS;
  if (isNear(before)) return before < hour.startWallMs;
  if (isNear(after)) return after > hour.startWallMs;
  const steps = wallMs.slice(1).map((label, at) => Math.sign(label - wallMs[at]!));
  const sum = steps.reduce((total, step) => total + step, 0);
  return sum === 0 ? null : sum > 0;
}

function ofRising(
  hour: RepeatedHour,
  labels: readonly number[],
  isEnd: boolean,
): (number | null)[] {
  const first = (label: number): number => hour.changeMs - (hour.endWallMs - label);
  const second = (label: number): number => hour.changeMs + (label - hour.startWallMs);
  const stepsBack = labels.flatMap((label, at) => (at > 0 && label < labels[at - 1]! ? [at] : []));
  if (stepsBack.length > 1) return labels.map(() => null);
  if (stepsBack.length === 1) {
    return labels.map((label, at) => (at < stepsBack[0]! ? first(label) : second(label)));
  }
  const countOf = (label: number): number => labels.filter((one) => one === label).length;
  const isDouble = (label: number): boolean => countOf(label) === 2;
  // The end of the first pass is written as the hour's start or as its end, and once only.
  const isStartTaken = isDouble(hour.endWallMs);
  const isEndTaken = isDouble(hour.startWallMs);
  return labels.map((label, at) => {
    if (countOf(label) > 2) return null;
    if (isDouble(label)) return label === labels[at - 1] ? second(label) : first(label);
    if (!isEnd) return null;
    if (label === hour.endWallMs && (isEndTaken || labels.length === 1)) return second(label);
    return label === hour.startWallMs && isStartTaken ? first(label) : null;
  });
}
