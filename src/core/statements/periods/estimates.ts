import { QUALITY, type QualityName } from '../../metering/blocks/quality.js';
import { MINUTE_MS, utcDayStartMs } from '../../time/interval.js';

/** Estimated intervals of consumption by how they were estimated. */
export interface EstimatedBy {
  readonly method: Extract<QualityName, 'EST_LINEAR' | 'EST_HIST'>;
  readonly intervals: number;
  readonly wh: number;
}

/**
 * How many intervals of blocks are estimated, by quality, and their Wh (METHOD 7.1, line 18).
 *
 * @param blocks  Latest revisions of the booked meters; what lies outside of the period is passed over.
 */
export function estimatedBy(
  blocks: readonly {
    readonly utcDay: string;
    readonly intervalMinutes: number;
    readonly wh: readonly (number | null)[];
    readonly quality: readonly number[];
  }[],
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): readonly EstimatedBy[] {
  return (['EST_HIST', 'EST_LINEAR'] as const).map((method) => {
    let [intervals, totalWh] = [0, 0];
    for (const { utcDay, intervalMinutes, wh, quality } of blocks) {
      const dayMs = utcDayStartMs(utcDay);
      for (const [at, code] of quality.entries()) {
        const atMs = dayMs + at * intervalMinutes * MINUTE_MS;
        if (code !== QUALITY[method] || atMs < startMs || atMs >= endMs) continue;
        intervals += 1;
        totalWh += wh[at] ?? 0;
      }
    }
    return { method, intervals, wh: totalWh };
  });
}

/** The same of several months together. */
export function addEstimated(all: readonly (readonly EstimatedBy[])[]): readonly EstimatedBy[] {
  return (['EST_HIST', 'EST_LINEAR'] as const).map((method) => {
    const own = all.flat().filter((one) => one.method === method);
    return {
      method,
      intervals: own.reduce((sum, one) => sum + one.intervals, 0),
      wh: own.reduce((sum, one) => sum + one.wh, 0),
    };
  });
}
