import { formatInstant, HOUR_MS } from '../../time/interval.js';

/** Hours, one after the other, that rest on estimates. */
export interface EstimatedStretch {
  readonly from: string;
  readonly to: string;
  readonly hours: number;
}

/**
 * Where the estimated hours of a period are.
 *
 * @param flags    One for each hour from `startMs` on; null where none is estimated.
 * @param startMs  Start of the first hour.
 */
export function estimatedStretches(
  flags: readonly boolean[] | null,
  startMs: number,
): readonly EstimatedStretch[] {
  const found: { from: string; to: string; hours: number }[] = [];
  for (const [at, isEstimated] of (flags ?? []).entries()) {
    if (!isEstimated) continue;
    const from = formatInstant(startMs + at * HOUR_MS);
    const to = formatInstant(startMs + (at + 1) * HOUR_MS);
    const last = found.at(-1);
    if (last?.to === from) {
      last.to = to;
      last.hours += 1;
    } else {
      found.push({ from, to, hours: 1 });
    }
  }
  return found;
}
