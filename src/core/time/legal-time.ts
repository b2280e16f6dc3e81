import { DomainError } from '../errors.js';
import { formatInstant, HOUR_MS, MINUTE_MS } from './interval.js';

/** One row of the dated table that says what the clocks of a country show. */
export interface LegalTimeRule {
  /** Instant from which the row holds, UTC. */
  readonly validFromUtc: string;
  /** Minutes that legal time is ahead of UTC. */
  readonly offsetMinutes: number;
  /** Legal act behind the change. */
  readonly instrument: string;
}

const ROYAL_GMT1 = 'Decree 2.18.855 (2018): UTC+1, suspended each Ramadan by order';
const RAMADAN = 'Order under Decree 2.18.855: UTC+0 during Ramadan';

/**
 * Legal time of Morocco (`legal_time_rule`, MOROCCO section 1; IANA 2026c and later agree).
 * Decree 2.26.530 (Official Bulletin 7521, 29 Jun 2026) puts the country at UTC+0 for good from
 * 2026-09-20T01:00Z. A new decree is a new row at the end.
 */
export const MOROCCO_LEGAL_TIME: readonly LegalTimeRule[] = [
  { validFromUtc: '2021-05-16T02:00:00Z', offsetMinutes: 60, instrument: ROYAL_GMT1 },
  { validFromUtc: '2022-03-27T02:00:00Z', offsetMinutes: 0, instrument: RAMADAN },
  { validFromUtc: '2022-05-08T02:00:00Z', offsetMinutes: 60, instrument: ROYAL_GMT1 },
  { validFromUtc: '2023-03-19T02:00:00Z', offsetMinutes: 0, instrument: RAMADAN },
  { validFromUtc: '2023-04-23T02:00:00Z', offsetMinutes: 60, instrument: ROYAL_GMT1 },
  { validFromUtc: '2024-03-10T02:00:00Z', offsetMinutes: 0, instrument: RAMADAN },
  { validFromUtc: '2024-04-14T02:00:00Z', offsetMinutes: 60, instrument: ROYAL_GMT1 },
  { validFromUtc: '2025-02-23T02:00:00Z', offsetMinutes: 0, instrument: RAMADAN },
  { validFromUtc: '2025-04-06T02:00:00Z', offsetMinutes: 60, instrument: ROYAL_GMT1 },
  {
    validFromUtc: '2026-02-15T02:00:00Z',
    offsetMinutes: 0,
    instrument: 'Order 3.06.26 of 29 Jan 2026',
  },
  { validFromUtc: '2026-03-22T02:00:00Z', offsetMinutes: 60, instrument: ROYAL_GMT1 },
  {
    validFromUtc: '2026-09-20T01:00:00Z',
    offsetMinutes: 0,
    instrument: 'Decree 2.26.530 of 25 Jun 2026',
  },
];

/** Version of the table, kept with every figure that a civil boundary decides. */
export const LEGAL_TIME_VERSION = 'morocco/2026-06-29 (Decree 2.26.530; IANA 2026c)';

/** Instants and the minutes that Moroccan legal time is ahead of UTC there (MOROCCO section 1). */
export const LEGAL_TIME_PROBES: readonly (readonly [instantUtc: string, offsetMinutes: number])[] =
  [
    ['2026-02-15T01:59:59Z', 60],
    ['2026-02-15T02:00:00Z', 0],
    ['2026-03-22T02:00:00Z', 60],
    ['2026-09-20T00:59:59Z', 60],
    ['2026-09-20T01:00:00Z', 0],
    ['2026-10-01T12:00:00Z', 0],
    ['2026-11-22T12:00:00Z', 0],
    ['2027-02-10T12:00:00Z', 0],
    ['2027-07-01T12:00:00Z', 0],
  ];

/**
 * How far legal time is ahead of UTC.
 *
 * @param rules      Rows ascending by `validFromUtc`.
 * @param instantMs  Milliseconds since 1970-01-01T00:00Z.
 * @returns          Minutes.
 * @throws DomainError `legal_time.not_covered` before the first row: nothing is extrapolated back.
 */
export function legalOffsetMinutes(rules: readonly LegalTimeRule[], instantMs: number): number {
  const rule = rules.findLast(({ validFromUtc }) => Date.parse(validFromUtc) <= instantMs);
  if (rule === undefined) {
    throw new DomainError('legal_time.not_covered', {
      instant: formatInstant(instantMs),
      firstCovered: rules[0]?.validFromUtc ?? 'none',
    });
  }
  return rule.offsetMinutes;
}

/** A civil month as UTC instants, half-open. */
export interface CivilMonth {
  /** `YYYY-MM`, of the site's legal time. */
  readonly month: string;
  /** Milliseconds since 1970-01-01T00:00Z, inclusive. */
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  /** Whole hours between: 721 in September 2026, 673 in February, 743 in March. */
  readonly hourCount: number;
}

/**
 * The UTC bounds of a civil month.
 *
 * @param rules  Rows ascending by `validFromUtc`.
 * @param month  `YYYY-MM`.
 * @throws DomainError `month.invalid`; `legal_time.not_covered` before the first row.
 */
export function civilMonth(rules: readonly LegalTimeRule[], month: string): CivilMonth {
  const [, yearText, monthText] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month) ?? [];
  if (yearText === undefined || monthText === undefined) {
    throw new DomainError('month.invalid', { value: month });
  }
  const year = Number(yearText);
  const index = Number(monthText) - 1;
  const startMs = civilMidnightMs(rules, Date.UTC(year, index, 1));
  const endMs = civilMidnightMs(rules, Date.UTC(year, index + 1, 1));
  return { month, startMs, endMs, hourCount: (endMs - startMs) / HOUR_MS };
}

/**
 * When a civil day starts, given its midnight as if it were UTC. No Moroccan change has fallen on a
 * midnight, so exactly one offset fits; where two would, the earlier instant starts the day.
 */
function civilMidnightMs(rules: readonly LegalTimeRule[], wallMs: number): number {
  const offsets = new Set(rules.map((rule) => rule.offsetMinutes));
  const candidates = [...offsets]
    .map((offsetMinutes) => ({ offsetMinutes, instantMs: wallMs - offsetMinutes * MINUTE_MS }))
    .filter(
      ({ offsetMinutes, instantMs }) => legalOffsetMinutes(rules, instantMs) === offsetMinutes,
    )
    .map(({ instantMs }) => instantMs);
  return Math.min(...candidates);
}

/** The instant at which a civil day starts, ms. @param civilDay  `YYYY-MM-DD`. */
export function civilDayStartMs(rules: readonly LegalTimeRule[], civilDay: string): number {
  return civilMidnightMs(rules, Date.parse(`${civilDay}T00:00:00Z`));
}

/**
 * Which probes a source of zone data gets wrong. Run at start: a failure of our own table stops
 * the process, a failure of the runtime's is a health warning.
 *
 * @param offsetAt  Minutes ahead of UTC at an instant (ms), as the source under test has it.
 * @returns         One line per wrong probe; empty when all are right.
 */
export function failedLegalTimeProbes(offsetAt: (instantMs: number) => number): readonly string[] {
  return LEGAL_TIME_PROBES.flatMap(([instantUtc, expected]) => {
    const found = offsetAt(Date.parse(instantUtc));
    return found === expected
      ? []
      : [`${instantUtc}: expected ${expected} min, found ${found} min`];
  });
}

/**
 * The civil month that an instant falls in.
 *
 * @param rules  Rows ascending by `validFromUtc`.
 * @returns      `YYYY-MM`; null before the first row.
 */
export function civilMonthOf(rules: readonly LegalTimeRule[], instantMs: number): string | null {
  const rule = rules.findLast(({ validFromUtc }) => Date.parse(validFromUtc) <= instantMs);
  if (rule === undefined) return null;
  return new Date(instantMs + rule.offsetMinutes * MINUTE_MS).toISOString().slice(0, 7);
}

/**
 * The civil day that an instant falls in.
 *
 * @param rules  Rows ascending by `validFromUtc`.
 * @returns      `YYYY-MM-DD`.
 * @throws DomainError `legal_time.not_covered` before the first row.
 */
export function civilDayOf(rules: readonly LegalTimeRule[], instantMs: number): string {
  const offsetMs = legalOffsetMinutes(rules, instantMs) * MINUTE_MS;
  return new Date(instantMs + offsetMs).toISOString().slice(0, 10);
}
