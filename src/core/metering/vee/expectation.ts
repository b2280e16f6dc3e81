import { DAY_MS } from '../../time/interval.js';
import {
  type Calendar,
  instantOf,
  isMeasured,
  likeInstants,
  positionOf,
  type Series,
  wallOf,
} from './series.js';

const LIKE_DAYS = 3;
const DAYS_BACK = 35;

/** Mean of the three most recent like days at the same civil time, rounded down; null without three. */
export function likeMean(series: Series, at: number, calendar: Calendar): number | null {
  const like = likeInstants(calendar, instantOf(series, at), {
    count: LIKE_DAYS,
    isUsable: isMeasuredAt(series),
  });
  if (like.length < LIKE_DAYS) return null;
  return meanOf(like.map((ms) => series.wh[positionOf(series, ms)]!));
}

/**
 * Measured values at the same civil time on each of the 35 days before, the most recent first. One that
 * follows a missing interval may hold that one's energy too, and says nothing of what is usual.
 */
export function sameTimeBefore(series: Series, at: number, { rules }: Calendar): number[] {
  const instantMs = instantOf(series, at);
  const wallMs = wallOf(rules, instantMs);
  const isUsable = isMeasuredAt(series);
  const found: number[] = [];
  for (let back = 1; back <= DAYS_BACK; back += 1) {
    const guessMs = instantMs - back * DAY_MS;
    const ms = wallMs - back * DAY_MS - (wallOf(rules, guessMs) - guessMs);
    const place = positionOf(series, ms);
    if (isUsable(ms) && !Number.isNaN(series.wh[place - 1] ?? 0)) found.push(series.wh[place]!);
  }
  return found;
}

/**
 * What an interval usually holds, Wh rounded down: the mean of its like days; with fewer than three,
 * that of all days at the same time. Null without three of either.
 */
export function usualWh(series: Series, at: number, calendar: Calendar): number | null {
  const like = likeMean(series, at, calendar);
  if (like !== null) return like;
  const before = sameTimeBefore(series, at, calendar);
  return before.length < LIKE_DAYS ? null : meanOf(before);
}

const meanOf = (values: readonly number[]): number =>
  Math.floor(values.reduce((total, wh) => total + wh, 0) / values.length);

const isMeasuredAt =
  (series: Series) =>
  (ms: number): boolean => {
    const place = positionOf(series, ms);
    return place >= 0 && place < series.wh.length && isMeasured(series, place);
  };
