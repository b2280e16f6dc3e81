import { QUALITY } from './blocks/quality.js';

/** A half-open stretch of time. */
export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

/** What is known to be missing of one meter, and up to where everything else is there. */
export interface GapWindow {
  /** Synchronisation point: what starts at or after it has not been asked for yet. */
  readonly syncMs: number;
  /** Sorted, disjoint, not touching. */
  readonly missing: readonly Stretch[];
}

/** One reading of a batch. */
export interface WindowReading extends Stretch {
  /** Wh; ignored for readings flagged missing. */
  readonly wh: number;
  /** A `QUALITY` code. */
  readonly quality: number;
}

/** What a batch does. */
export interface WindowStep {
  readonly window: GapWindow;
  /** Readings that certification may use: candidates of certifiable quality, above zero. */
  readonly accepted: readonly WindowReading[];
  /** Readings that are no candidates: duplicates or corrections, never dropped. */
  readonly late: readonly WindowReading[];
}

/** How generation is certified (METHOD 2.3): measured, or computed by an agreed formula. */
const CERTIFIABLE: ReadonlySet<number> = new Set([QUALITY.ACTUAL, QUALITY.DERIVED]);
const ESTIMATED: ReadonlySet<number> = new Set([QUALITY.EST_LINEAR, QUALITY.EST_HIST]);

/**
 * Moves a meter's gap window on by a batch (METHOD 2.6; behaviour of Energinet's measurement
 * synchroniser). The order of batches does not matter for the final list once all are in.
 *
 * @param window    State before.
 * @param readings  The batch.
 * @param targetMs  New synchronisation point; it never moves back.
 */
export function stepGapWindow(
  window: GapWindow,
  readings: readonly WindowReading[],
  targetMs: number,
): WindowStep {
  const isCandidate = (one: Stretch): boolean =>
    one.startMs >= window.syncMs ||
    window.missing.some((gap) => one.startMs >= gap.startMs && one.endMs <= gap.endMs);
  const candidates = readings.filter(isCandidate);
  // An estimate stands in for nothing: the interval stays in the list until it is measured.
  const present = candidates.filter(
    ({ quality }) => quality !== QUALITY.MISSING && !ESTIMATED.has(quality),
  );
  const syncMs = Math.max(window.syncMs, targetMs);
  const expected = [...window.missing, { startMs: window.syncMs, endMs: syncMs }];
  return {
    window: { syncMs, missing: without(merged(expected), merged(present)) },
    accepted: candidates.filter(({ quality, wh }) => CERTIFIABLE.has(quality) && wh > 0),
    late: readings.filter((one) => !isCandidate(one) && one.quality !== QUALITY.MISSING),
  };
}

/** Sorted, with overlapping and touching stretches as one, and empty ones left away. */
export function merged(stretches: readonly Stretch[]): Stretch[] {
  const result: { startMs: number; endMs: number }[] = [];
  const sorted = stretches
    .filter(({ startMs, endMs }) => endMs > startMs)
    .toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  for (const { startMs, endMs } of sorted) {
    const last = result.at(-1);
    if (last !== undefined && startMs <= last.endMs) last.endMs = Math.max(last.endMs, endMs);
    else result.push({ startMs, endMs });
  }
  return result;
}

/** What is in the first list and not in the second; both merged. */
function without(stretches: readonly Stretch[], taken: readonly Stretch[]): Stretch[] {
  return stretches.flatMap((one) => {
    const parts: Stretch[] = [];
    let from = one.startMs;
    for (const { startMs, endMs } of taken) {
      if (endMs <= from || startMs >= one.endMs) continue;
      if (startMs > from) parts.push({ startMs: from, endMs: startMs });
      from = Math.max(from, endMs);
    }
    if (from < one.endMs) parts.push({ startMs: from, endMs: one.endMs });
    return parts;
  });
}
