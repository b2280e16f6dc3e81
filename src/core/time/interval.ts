/** Milliseconds in an hour. */
export const HOUR_MS = 3_600_000;
/** Milliseconds in a minute. */
export const MINUTE_MS = 60_000;
/** Milliseconds in a UTC day, which always has 24 hours. */
export const DAY_MS = 86_400_000;

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads an RFC 3339 instant with an explicit offset. A time without offset is refused, because
 * guessing a zone moves energy between hours (METHOD 2.2).
 *
 * @param text  For example `2026-10-01T00:00:00Z` or `2026-10-01T01:00+01:00`.
 * @returns     Milliseconds since 1970-01-01T00:00Z; null when the text is no such instant.
 */
export function parseInstant(text: string): number | null {
  const parts = INSTANT.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second = '00', fraction = '0', zone] = parts;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0')}Z`;
  const wallMs = Date.parse(iso);
  if (Number.isNaN(wallMs) || new Date(wallMs).toISOString() !== iso) return null;
  if (zone === 'Z') return wallMs;
  const offsetHours = Number(zone!.slice(1, 3));
  const offsetMinutes = Number(zone!.slice(4, 6));
  if (offsetHours > 18 || offsetMinutes > 59) return null;
  const offsetMs = (offsetHours * 60 + offsetMinutes) * MINUTE_MS;
  return zone!.startsWith('-') ? wallMs + offsetMs : wallMs - offsetMs;
}

/**
 * Writes an instant as UTC text with seconds, and milliseconds only where there are any.
 *
 * @param instantMs  Milliseconds since 1970-01-01T00:00Z.
 * @returns          `YYYY-MM-DDTHH:MM:SSZ`.
 */
export function formatInstant(instantMs: number): string {
  return new Date(instantMs).toISOString().replace('.000Z', 'Z');
}

/**
 * The UTC day that an instant falls in.
 *
 * @returns `YYYY-MM-DD`.
 */
export function utcDayOf(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 10);
}

/**
 * When a UTC day starts.
 *
 * @param utcDay  `YYYY-MM-DD`.
 * @returns       Milliseconds since 1970-01-01T00:00Z.
 */
export function utcDayStartMs(utcDay: string): number {
  return Date.parse(`${utcDay}T00:00:00.000Z`);
}
