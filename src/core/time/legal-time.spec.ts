import { readFileSync } from 'node:fs';
import { DomainError } from '../errors.js';
import { formatInstant, parseInstant } from './interval.js';
import {
  civilMonth,
  failedLegalTimeProbes,
  LEGAL_TIME_PROBES,
  legalOffsetMinutes,
  MOROCCO_LEGAL_TIME as MOROCCO,
} from './legal-time.js';

const { months } = JSON.parse(readFileSync('fixtures/vectors/morocco_months_2026.json', 'utf8'));

describe('legal time of Morocco', () => {
  it.each(LEGAL_TIME_PROBES)('is %s: %d minutes ahead of UTC', (instant, minutes) => {
    expect(legalOffsetMinutes(MOROCCO, Date.parse(instant))).toBe(minutes);
  });

  it('names the probes that stale zone data gets wrong', () => {
    const stale = failedLegalTimeProbes((ms) => (ms >= Date.parse('2026-09-20T01:00Z') ? 60 : 60));
    expect(stale).toHaveLength(6);
    expect(stale[0]).toBe('2026-02-15T02:00:00Z: expected 0 min, found 60 min');
    expect(failedLegalTimeProbes((ms) => legalOffsetMinutes(MOROCCO, ms))).toEqual([]);
  });

  it('is ordered, and extrapolates nothing backwards', () => {
    const starts = MOROCCO.map(({ validFromUtc }) => validFromUtc);
    expect(starts).toEqual(starts.toSorted());
    expect(() => legalOffsetMinutes(MOROCCO, Date.parse('2021-01-01T00:00Z'))).toThrow(DomainError);
  });
});

describe('civil months', () => {
  // Bounds from the IANA time zone database 2026d, Africa/Casablanca.
  it.each<{ month: string; start: string; end: string; hours: number }>(months)(
    '$month has $hours hours',
    ({ month, start, end, hours }) => {
      expect(civilMonth(MOROCCO, month)).toEqual({
        month,
        startMs: Date.parse(start),
        endMs: Date.parse(end),
        hourCount: hours,
      });
    },
  );

  it('tile the years without a gap', () => {
    const names = [2022, 2023, 2024, 2025, 2026, 2027].flatMap((year) =>
      Array.from({ length: 12 }, (_, at) => `${year}-${String(at + 1).padStart(2, '0')}`),
    );
    names.slice(1).forEach((name, at) => {
      expect(civilMonth(MOROCCO, name).startMs).toBe(civilMonth(MOROCCO, names[at]!).endMs);
    });
  });

  it.each(['2026-13', '2026-1', '26-01', 'October', ''])('refuses %j as a month', (month) => {
    expect(() => civilMonth(MOROCCO, month)).toThrow('month.invalid');
  });
});

describe('instants', () => {
  // prettier-ignore
  it.each([
    ['2026-10-01T00:00:00Z',      '2026-10-01T00:00:00Z'],
    ['2026-10-01 00:00Z',         '2026-10-01T00:00:00Z'],
    ['2026-10-01T01:00:00+01:00', '2026-10-01T00:00:00Z'],
    ['2026-09-30T19:30-04:30',    '2026-10-01T00:00:00Z'],
    ['2026-10-01T00:00:00.25Z',   '2026-10-01T00:00:00.250Z'],
  ])('reads %s', (text, utc) => expect(formatInstant(parseInstant(text)!)).toBe(utc));

  it.each([
    '2026-10-01T00:00:00',
    '2026-02-29T00:00:00Z',
    '2026-10-01T24:00:00Z',
    '2026-10-01T00:60:00Z',
    '01/10/2026 00:00Z',
    '2026-10-01',
    '2026-10-01T00:00:00+19:00',
    '',
  ])('refuses %j', (text) => expect(parseInstant(text)).toBeNull());
});
