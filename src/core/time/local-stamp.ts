import { MINUTE_MS } from './interval.js';
import type { LegalTimeRule } from './legal-time.js';

/** What to do with a stamp that the clocks showed twice; a choice of the file's sender, never ours. */
export const REPEATED_HOURS = ['refuse', 'in-order', 'earlier', 'later'] as const;
/** One of `REPEATED_HOURS`: `in-order` takes the first of a meter's two rows as the earlier. */
export type RepeatedHour = (typeof REPEATED_HOURS)[number];

/** What to do with a stamp that the clocks never showed. */
export const MISSING_HOURS = ['refuse', 'offset-before'] as const;
/** One of `MISSING_HOURS`: `offset-before` reads it as if the clocks had not been changed yet. */
export type MissingHour = (typeof MISSING_HOURS)[number];

/** The instants at which clocks showed a local time. */
export type LocalStamp =
  | { readonly kind: 'once'; readonly instantMs: number }
  | { readonly kind: 'twice'; readonly earlierMs: number; readonly laterMs: number }
  /** `changeMs` is when clocks were put forward. */
  | { readonly kind: 'never'; readonly offsetBeforeMs: number; readonly changeMs: number }
  | { readonly kind: 'uncovered'; readonly firstCovered: string };

/**
 * When clocks showed a local time (METHOD 2.2, MOROCCO section 1): once as a rule, twice in the hour
 * after the clocks went back, never in the hour they skipped.
 *
 * @param rules   Rows of `legal_time_rule` of one zone, ascending.
 * @param wallMs  The local time as if it were UTC, ms.
 */
export function localStamp(rules: readonly LegalTimeRule[], wallMs: number): LocalStamp {
  const found: number[] = [];
  const first = rules[0];
  for (const [at, rule] of rules.entries()) {
    const instantMs = wallMs - rule.offsetMinutes * MINUTE_MS;
    const fromMs = Date.parse(rule.validFromUtc);
    const toMs = at + 1 < rules.length ? Date.parse(rules[at + 1]!.validFromUtc) : Infinity;
    if (instantMs >= fromMs && instantMs < toMs) found.push(instantMs);
  }
  if (found.length > 1) return { kind: 'twice', earlierMs: found[0]!, laterMs: found.at(-1)! };
  if (found.length === 1) return { kind: 'once', instantMs: found[0]! };
  const before = rules.findLast(
    (rule) => wallMs - rule.offsetMinutes * MINUTE_MS >= Date.parse(rule.validFromUtc),
  );
  if (before === undefined) {
    return { kind: 'uncovered', firstCovered: first?.validFromUtc ?? 'none' };
  }
  const next = rules[rules.indexOf(before) + 1];
  return {
    kind: 'never',
    offsetBeforeMs: wallMs - before.offsetMinutes * MINUTE_MS,
    changeMs: Date.parse(next?.validFromUtc ?? before.validFromUtc),
  };
}

/** A zone of files: stamps that carry their offset, an offset that never changes, or a legal time. */
export type FileZone =
  | { readonly kind: 'stated' }
  | { readonly kind: 'fixed'; readonly offsetMinutes: number }
  | { readonly kind: 'legal'; readonly rules: readonly LegalTimeRule[]; readonly code: string };

/** Text of a fixed offset, `UTC` or `+10:00`, in minutes; null when it is none. */
export function parseOffset(text: string): number | null {
  if (text === 'UTC' || text === 'Z') return 0;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(text) ?? [];
  if (sign === undefined || Number(hours) > 18 || Number(minutes) > 59) return null;
  const total = Number(hours) * 60 + Number(minutes);
  return sign === '-' ? -total : total;
}

/** Order of day, month and year in written dates. */
export type DateOrder = 'YMD' | 'DMY' | 'MDY';

const WALL =
  /^(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,6})?)?)?$/;

/**
 * Reads a local date and time without an offset.
 *
 * @param text   For example `2026-02-15 02:00`, `15/02/2026 02:00:00` or a date alone (midnight).
 *               24:00 is the end of the day.
 * @param order  Order of the parts of the date.
 * @returns      The local time as if it were UTC, ms; null when the text is none.
 */
export function parseWallTime(text: string, order: DateOrder = 'YMD'): number | null {
  const parts = WALL.exec(text);
  if (parts === null) return null;
  const [one, two, three] = [parts[1]!, parts[2]!, parts[3]!];
  const year = order === 'YMD' ? one : three;
  const month = order === 'MDY' ? one : two;
  const day = order === 'YMD' ? three : order === 'DMY' ? one : two;
  if (year.length !== 4 || month.length > 2 || day.length > 2) return null;
  const dayMs = dateMs(Number(year), Number(month), Number(day));
  const [hour, minute, second] = [
    Number(parts[4] ?? 0),
    Number(parts[5] ?? 0),
    Number(parts[6] ?? 0),
  ];
  const isInDay = hour < 24 || (hour === 24 && minute === 0 && second === 0);
  if (dayMs === null || !isInDay || minute > 59 || second > 59) return null;
  return dayMs + (hour * 60 + minute) * MINUTE_MS + second * 1000;
}

/** Midnight of a date as if it were UTC, ms; null for a date that is not in the calendar. */
export function dateMs(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  return date.getUTCDate() === day && date.getUTCFullYear() === year ? ms : null;
}
