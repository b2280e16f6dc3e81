import { civilDayOf, civilDayStartMs, MOROCCO_LEGAL_TIME } from '../time/legal-time.js';
import { DAY_MS, HOUR_MS } from '../time/interval.js';
import type { SuspectHour } from './suspect.js';

/** Civil days before the day of an hour that are looked through for the highest hour. */
export const LOOK_BACK_DAYS = 35;

/** A complete meter-hour that can be relied on: measured, or accepted. */
export interface ReliedHour {
  readonly meterCode: string;
  readonly hourMs: number;
  readonly wh: number;
}

/** A meter-hour of load that nobody decided about, at the value that it counts at. */
export interface UndecidedLoad {
  readonly meterCode: string;
  readonly hourMs: number;
  /** The conservative value: high, so that nothing looks better for being undecided. */
  readonly wh: number;
}

/**
 * What undecided hours of load count at (METHOD 2.5): the meter's highest relied hour in the 35 civil days before
 * the day of the hour; where it has none, an hour of its rated power. None of it is matched.
 *
 * @param relied       Of the meters of the hours, in any order.
 * @param ratedPowerW  By meter code.
 */
export function undecidedLoad(
  hours: readonly Omit<SuspectHour, 'wh' | 'acceptedBecause'>[],
  relied: readonly ReliedHour[],
  ratedPowerW: (meterCode: string) => number,
): readonly UndecidedLoad[] {
  const byMeter = Map.groupBy(relied, ({ meterCode }) => meterCode);
  const known = new Map<string, number>();
  return hours.map(({ meterCode, hourMs }) => {
    const day = civilDayOf(MOROCCO_LEGAL_TIME, hourMs);
    const key = `${meterCode} ${day}`;
    const wh =
      known.get(key) ?? highest(byMeter.get(meterCode) ?? [], day) ?? ratedPowerW(meterCode);
    known.set(key, wh);
    return { meterCode, hourMs, wh };
  });
}

/** The highest of the hours in the days before a civil day, Wh; null where there is none. */
function highest(hours: readonly ReliedHour[], day: string): number | null {
  const first = new Date(Date.parse(`${day}T00:00:00Z`) - LOOK_BACK_DAYS * DAY_MS);
  const fromMs = civilDayStartMs(MOROCCO_LEGAL_TIME, first.toISOString().slice(0, 10));
  const untilMs = civilDayStartMs(MOROCCO_LEGAL_TIME, day);
  return hours.reduce<number | null>(
    (most, { hourMs, wh }) =>
      fromMs <= hourMs && hourMs + HOUR_MS <= untilMs && wh > (most ?? -1) ? wh : most,
    null,
  );
}
