import { DAY_MS, MINUTE_MS } from '../../../time/interval.js';
import { type FileZone, localStamp } from '../../../time/local-stamp.js';
import { writtenDate } from '../../../time/written-stamp.js';
import type { ImportProfile } from '../../import-profile.js';
import type { RowFault } from '../../intake/intake.js';

/** A civil day as it passed: its first instant, and its length. */
export interface CivilDay {
  readonly startMs: number;
  readonly minutes: number;
}

/** A civil day of a file's zone; null where the zone has no such day, or is not stated. */
export function civilDayIn(zone: FileZone, wallMs: number): CivilDay | null {
  if (zone.kind === 'stated') return null;
  if (zone.kind === 'fixed') {
    return { startMs: wallMs - zone.offsetMinutes * MINUTE_MS, minutes: DAY_MS / MINUTE_MS };
  }
  const start = midnight(zone, wallMs);
  const end = midnight(zone, wallMs + DAY_MS);
  return start === null || end === null
    ? null
    : { startMs: start, minutes: (end - start) / MINUTE_MS };
}

/** When a day begins: the first of two midnights, or the change that skipped it. */
function midnight(zone: Extract<FileZone, { kind: 'legal' }>, wallMs: number): number | null {
  const stamp = localStamp(zone.rules, wallMs);
  if (stamp.kind === 'once') return stamp.instantMs;
  if (stamp.kind === 'twice') return stamp.earlierMs;
  return stamp.kind === 'never' ? stamp.changeMs : null;
}

const NUMBER = /^(?:he|h|hr|hour|sp|p|period|i|interval|v|value)?[ _.-]?(\d{1,3})$/i;

/** Number of an interval in its day, such as `7`, `07`, `H7`, `Hour 7`; null for anything else. */
export function periodNumber(text: string): number | null {
  const [, number] = NUMBER.exec(text) ?? [];
  return number === undefined ? null : Number(number);
}

/** Reads intervals by date and number. */
export interface PeriodReader {
  /**
   * @param date    As text.
   * @param number  From `periodNumber`.
   * @param of      Index of the meter, and the length of its intervals at an instant.
   * @returns       Start, ms; or what is wrong.
   */
  read(
    date: string,
    number: number,
    of: { readonly meter: number; readonly minutesAt: (atMs: number) => number },
  ): number | RowFault;
  /** When a day begins, ms; null for a date that is none. */
  startOf(date: string): number | null;
}

/**
 * Intervals counted through the civil day as they passed (METHOD 1.7): a day of 23 hours has 46 half
 * hours, a day of 25 has 50. Numbers begin at 1; at 0 where the file's first one is 0.
 */
export function periodReader(zone: FileZone, { dateOrder }: ImportProfile): PeriodReader {
  let first: 0 | 1 | null = null;
  const days = new Map<string, CivilDay | null>();
  const seen = new Set<string>();
  const dayOf = (date: string): CivilDay | null => {
    let day = days.get(date);
    if (day === undefined) {
      const wallMs = writtenDate(date, dateOrder);
      days.set(date, (day = wallMs === null ? null : civilDayIn(zone, wallMs)));
    }
    return day;
  };
  return {
    startOf: (date) => dayOf(date)?.startMs ?? null,
    read: (date, number, { meter, minutesAt }) => {
      const day = dayOf(date);
      if (day === null) return noDay(date, 'date', zone.kind);
      const minutes = minutesAt(day.startMs);
      if (minutesAt(day.startMs + day.minutes * MINUTE_MS - 1) !== minutes) {
        return twoLengths(date, 'period');
      }
      first ??= number === 0 ? 0 : 1;
      const place = number - first;
      if (place < 0 || place * minutes >= day.minutes) return beyond(number, day, minutes, first);
      // A number that comes twice on a day of another length is a clock's, not a count.
      if (day.minutes !== DAY_MS / MINUTE_MS) {
        const key = `${meter} ${day.startMs} ${number}`;
        if (seen.has(key)) return twice(number, day);
        seen.add(key);
      }
      return day.startMs + place * minutes * MINUTE_MS;
    },
  };
}

/** A day without a beginning. */
export const noDay = (value: string, column: string, zone: string): RowFault => ({
  column,
  value,
  rule: 'day.civil',
  detail:
    zone === 'stated'
      ? 'A day needs a zone: without one it has no start.'
      : 'Not a date of this zone’s calendar.',
  fix: 'Write it as 2026-10-01 or state dateOrder; and state the zone in the profile: Europe/Paris, MA, UTC or an offset.',
});

/** A day that is given as numbered intervals, whose length changes in it. */
export const twoLengths = (value: string, column: string): RowFault => ({
  column,
  value,
  rule: 'day.one_length',
  detail:
    'The meter’s intervals have another length at the end of this day than at its beginning: they cannot be counted.',
  fix: 'Send this day as one reading a row, with stamps; or correct intervalChanges of the meter.',
});

const beyond = (number: number, day: CivilDay, minutes: number, first: number): RowFault => ({
  column: 'period',
  value: String(number),
  rule: 'period.of_the_day',
  detail: `This day has ${day.minutes / 60} hours: its ${minutes}-minute intervals are ${first} to ${day.minutes / minutes - 1 + first}. The file counts otherwise than as the hours passed, so its other numbers are in doubt too.`,
  fix: 'Intervals are counted from 1 (or all from 0) through the day as it passed. If the numbers are hours of the clock, send times: 01:00.',
});

const twice = (number: number, day: CivilDay): RowFault => ({
  column: 'period',
  value: String(number),
  rule: 'period.once',
  detail: `This day has ${day.minutes / 60} hours, and the file has this number twice: it counts hours of the clock, not the day as it passed.`,
  fix: 'Number the intervals 1, 2, 3 … through the day, or send times and repeatedHour "in-order".',
});
