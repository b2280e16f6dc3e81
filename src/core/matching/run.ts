import { pairsToKeep } from './match-hour.js';
import type { MatchedMonth } from './month.js';
import type { HourPairs } from './pairs.js';

/** Totals of a matched month, Wh. */
export interface RunTotals {
  readonly demandWh: number;
  readonly supplyWh: number;
  readonly matchedWh: number;
  /** The most that any policy could match of what was eligible. */
  readonly maximumWh: number;
}

/** Sums a matched month. */
export function totalsOf({ hours }: MatchedMonth): RunTotals {
  const totals = { demandWh: 0, supplyWh: 0, matchedWh: 0, maximumWh: 0 };
  for (const { loadWh, generationWh, matchedWh, maximumWh } of hours) {
    totals.demandWh += loadWh;
    totals.supplyWh += generationWh;
    totals.matchedWh += matchedWh;
    totals.maximumWh += maximumWh;
  }
  return totals;
}

/** An hour that is known otherwise than before. */
export interface ChangedHour {
  readonly hourMs: number;
  readonly loadChangeWh: number;
  readonly generationChangeWh: number;
}

/** The hours of a month whose load or eligible generation changed between two matchings of it. */
export function changedHours(then: MatchedMonth, now: MatchedMonth): readonly ChangedHour[] {
  const before = new Map(then.hours.map((hour) => [hour.hourMs, hour]));
  return now.hours
    .map(({ hourMs, loadWh, generationWh }) => ({
      hourMs,
      loadChangeWh: loadWh - (before.get(hourMs)?.loadWh ?? 0),
      generationChangeWh: generationWh - (before.get(hourMs)?.generationWh ?? 0),
    }))
    .filter((hour) => hour.loadChangeWh !== 0 || hour.generationChangeWh !== 0);
}

/**
 * The pairs that a run keeps: of the hours whose postings changed.
 *
 * @param touched      Starts of those hours, ms.
 * @param isNewPolicy  Whether the run before paired otherwise: then every hour that has pairs.
 */
export function pairsToWrite(
  { hours }: MatchedMonth,
  touched: readonly number[],
  isNewPolicy: boolean,
): HourPairs[] {
  const changed = new Set(touched);
  return hours
    .filter(
      ({ hourMs, pairs }) =>
        changed.has(hourMs) || (isNewPolicy && pairs !== null && pairs.wh.length > 0),
    )
    .flatMap((hour) => pairsToKeep(hour) ?? []);
}
