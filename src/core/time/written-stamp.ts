import { MINUTE_MS } from './interval.js';
import { dateMs, type DateOrder } from './local-stamp.js';

/** What a stamp says as it is written. */
export type WrittenStamp =
  /** An instant: the stamp has an offset, or counts seconds since 1970. */
  | { readonly kind: 'instant'; readonly instantMs: number }
  /** A local time, as if it were UTC. */
  | { readonly kind: 'wall'; readonly wallMs: number }
  /** A day without a time: it names no interval. */
  | { readonly kind: 'day'; readonly wallMs: number };

const MONTHS: Readonly<Record<string, number>> = {
  jan: 1,
  feb: 2,
  mar: 3,
  apr: 4,
  may: 5,
  jun: 6,
  jul: 7,
  aug: 8,
  sep: 9,
  oct: 10,
  nov: 11,
  dec: 12,
  january: 1,
  february: 2,
  march: 3,
  april: 4,
  june: 6,
  july: 7,
  august: 8,
  sept: 9,
  september: 9,
  october: 10,
  november: 11,
  december: 12,
  janv: 1,
  janvier: 1,
  févr: 2,
  fév: 2,
  fevr: 2,
  février: 2,
  fevrier: 2,
  mars: 3,
  avr: 4,
  avril: 4,
  mai: 5,
  juin: 6,
  juil: 7,
  juillet: 7,
  août: 8,
  aout: 8,
  septembre: 9,
  octobre: 10,
  novembre: 11,
  déc: 12,
  décembre: 12,
  decembre: 12,
};

const WEEKDAY = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+/i;
const NUMERIC = /^(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const DAY_FIRST = /^(\d{1,2})[-/. ]+(\p{L}+)\.?[-/, ]+(\d{4}|\d{2})$/u;
const MONTH_FIRST = /^(\p{L}+)\.?[-/ ]+(\d{1,2}),?[-/ ]+(\d{4})$/u;
const YEAR_FIRST = /^(\d{4})[-/ ]+(\p{L}+)\.?[-/ ]+(\d{1,2})$/u;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([ap])\.?\s?m\.?)?$/i;
const FULL_HOUR = /^(\d{1,2})\s*([ap])\.?\s?m\.?$/i;
const COMPACT_CLOCK = /^(\d{2})(\d{2})(\d{2})?$/;
const OFFSET = /^(.*\d.*?)\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$/i;

/**
 * Reads a stamp as sources write it: numbers or names of months, 12 or 24 hours, an offset, seconds
 * or milliseconds since 1970. A part of a second is passed over. A year of two digits is of this
 * century, where day and month come before it.
 *
 * @param text   Without white space around it.
 * @param order  Order of the parts of a date in numbers; one that begins with four digits is YMD.
 * @returns      Null when it is no stamp.
 */
export function writtenStamp(text: string, order: DateOrder): WrittenStamp | null {
  const instantMs = sinceEpoch(text);
  if (instantMs !== null) return { kind: 'instant', instantMs };
  const [date, time] = parts(text.replace(WEEKDAY, ''));
  const dayMs = writtenDate(date, order);
  if (dayMs === null) return null;
  if (time === '') return { kind: 'day', wallMs: dayMs };
  const plain = writtenTime(time);
  if (plain !== null) return { kind: 'wall', wallMs: dayMs + plain };
  const [, clock, zone] = OFFSET.exec(time) ?? [];
  const timeMs = clock === undefined ? null : writtenTime(clock);
  const offsetMs = zone === undefined ? null : offsetOf(zone);
  if (timeMs === null || offsetMs === null) return null;
  return { kind: 'instant', instantMs: dayMs + timeMs - offsetMs };
}

/** Seconds since 1970 in ten digits, milliseconds in thirteen; later than May 2033 it is none. */
function sinceEpoch(text: string): number | null {
  if (/^1\d{9}(\.\d+)?$/.test(text)) return Math.trunc(Number(text)) * 1000;
  return /^1\d{12}$/.test(text) ? Number(text) : null;
}

/** Date and time of a stamp; the time is empty where there is none. */
function parts(text: string): [date: string, time: string] {
  const [, day, clock] = /^(\d{8})[T ]?(\d{4}(?:\d{2})?)?$/.exec(text) ?? [];
  if (day !== undefined) return [day, clock ?? ''];
  const hour = /^(\d{4}-\d{2}-\d{2})T(\d{2})(Z|[+-]\d{2}:?\d{2})?$/.exec(text);
  if (hour !== null) return [hour[1]!, `${hour[2]!}:00${hour[3] ?? ''}`];
  const found =
    /^(.*?\d)(?:[T ]|,\s*|\s+at\s+)\s*(\d{1,2}:\d{2}.*|\d{1,2}\s*[ap]\.?\s?m\.?.*)$/i.exec(text);
  return found === null ? [text, ''] : [found[1]!.trim(), found[2]!.trim()];
}

/**
 * Reads a date.
 *
 * @returns Its midnight as if it were UTC, ms; null when it is none.
 */
export function writtenDate(text: string, order: DateOrder): number | null {
  const compact = COMPACT.exec(text);
  if (compact !== null) {
    return dateMs(Number(compact[1]), Number(compact[2]), Number(compact[3]));
  }
  const numeric = NUMERIC.exec(text);
  if (numeric !== null) {
    const [one, two, three] = [numeric[1]!, numeric[2]!, numeric[3]!];
    if (one.length > 2) {
      return one.length === 4 && three.length <= 2 ? ymd(one, Number(two), three) : null;
    }
    if (order === 'YMD') return null;
    const [day, month] = order === 'DMY' ? [one, two] : [two, one];
    return ymd(three, Number(month), day);
  }
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst !== null) return ymd(dayFirst[3]!, monthOf(dayFirst[2]!), dayFirst[1]!);
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst !== null) return ymd(monthFirst[3]!, monthOf(monthFirst[1]!), monthFirst[2]!);
  const yearFirst = YEAR_FIRST.exec(text);
  return yearFirst === null ? null : ymd(yearFirst[1]!, monthOf(yearFirst[2]!), yearFirst[3]!);
}

const monthOf = (name: string): number => MONTHS[name.toLowerCase()] ?? 0;

function ymd(year: string, month: number, day: string): number | null {
  if (year.length !== 4 && year.length !== 2) return null;
  return dateMs(Number(year.length === 2 ? `20${year}` : year), month, Number(day));
}

/**
 * Reads a time of day: `00:15`, `24:00`, `12:15 AM`, `0015`.
 *
 * @returns Milliseconds after midnight; null when it is none.
 */
export function writtenTime(text: string): number | null {
  const full = FULL_HOUR.exec(text);
  if (full !== null) return timeMs(halfDay(full[1]!, full[2]), '0', '0');
  const parts = CLOCK.exec(text) ?? COMPACT_CLOCK.exec(text);
  if (parts === null) return null;
  return timeMs(halfDay(parts[1]!, parts[5]), parts[2]!, parts[3] ?? '0');
}

/** The hour of 24; −1 for an hour that a half day does not have. */
function halfDay(hour: string, half: string | undefined): number {
  if (half === undefined) return Number(hour);
  if (Number(hour) < 1 || Number(hour) > 12) return -1;
  return (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}

function timeMs(hour: number, minute: string, second: string): number | null {
  const [minutes, seconds] = [Number(minute), Number(second)];
  const isInDay = (hour >= 0 && hour < 24) || (hour === 24 && minutes === 0 && seconds === 0);
  if (!isInDay || minutes > 59 || seconds > 59) return null;
  return (hour * 60 + minutes) * MINUTE_MS + seconds * 1000;
}

function offsetOf(zone: string): number | null {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  if (Number(hours) > 18 || Number(minutes) > 59) return null;
  const ms = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  return sign === '-' ? -ms : ms;
}

const BETWEEN = /\s+(?:to|until|till|bis|-|–|—)\s+|\s*[–—]\s*/i;
const TIME_RANGE = /^(.*\d)\s*-\s*(\d{1,2}[:.]?\d{2}.*)$/;

/** A stamp of an interval's both ends, `A to B`; null for a stamp of one. */
export function stampRange(text: string): readonly [from: string, to: string] | null {
  const [from, to, more] = text.split(BETWEEN);
  if (from !== undefined && to !== undefined && more === undefined && from !== '' && to !== '') {
    return [from, to];
  }
  const iso = text.split('/');
  return iso.length === 2 && iso.every((one) => one.includes('T')) ? [iso[0]!, iso[1]!] : null;
}

/** A range of times of day, `00:00-00:15`; null for a time alone. */
export function timeRange(text: string): readonly [from: string, to: string] | null {
  const range = stampRange(text);
  if (range !== null) return range;
  const [, from, to] = TIME_RANGE.exec(text) ?? [];
  return from === undefined || writtenTime(from) === null ? null : [from, to!];
}
