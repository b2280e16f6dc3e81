import { MOROCCO_LEGAL_TIME, legalOffsetMinutes } from './legal-time.js';
import { ianaLegalTime, ianaNames } from './tz-zones.js';

const at = (zone: string, instant: string): number =>
  legalOffsetMinutes(ianaLegalTime(zone)!, Date.parse(instant));

describe('zones by their IANA name', () => {
  // prettier-ignore
  it.each([
    // zone, last second before a change, minutes then, minutes after: each side of each rule
    ['Europe/Paris', '2026-03-29T00:59:59Z', 60, 120],
    ['Europe/Paris', '2026-10-25T00:59:59Z', 120, 60],
    ['Europe/Paris', '2099-03-29T00:59:59Z', 60, 120],
    ['Europe/Paris', '1995-09-24T00:59:59Z', 120, 60], // until 1995 in September
    ['Europe/Lisbon', '2023-10-29T00:59:59Z', 60, 0],
    ['Europe/Dublin', '2026-10-25T00:59:59Z', 60, 0], // winter is the exception by its law
    ['America/New_York', '2007-03-11T06:59:59Z', -300, -240], // Energy Policy Act of 2005
    ['America/New_York', '2006-04-02T06:59:59Z', -300, -240],
    ['Australia/Sydney', '2026-04-04T15:59:59Z', 660, 600],
    ['Australia/Lord_Howe', '2026-10-03T15:29:59Z', 630, 660], // half an hour
    ['America/Sao_Paulo', '2019-02-17T01:59:59Z', -120, -180], // the last summer
    ['Asia/Kathmandu', '2026-01-01T00:00:00Z', 345, 345],
    ['Europe/Kyiv', '2026-03-29T00:59:59Z', 120, 180],
    ['Europe/Kiev', '2026-03-29T00:59:59Z', 120, 180], // an earlier name of the same
    ['America/Godthab', '2026-03-29T00:59:59Z', -120, -60],
  ])('%s around %s', (zone, before, minutesBefore, minutesAfter) => {
    const after = new Date(Date.parse(before) + 1000).toISOString();
    expect([at(zone, before), at(zone, after)]).toEqual([minutesBefore, minutesAfter]);
  });

  it('have ascending rows that change something', () => {
    expect(ianaNames()).toHaveLength(598);
    for (const name of ianaNames()) {
      const rules = ianaLegalTime(name)!;
      for (const [place, rule] of rules.entries()) {
        const last = rules[place - 1];
        if (last === undefined) continue;
        expect(Date.parse(rule.validFromUtc)).toBeGreaterThan(Date.parse(last.validFromUtc));
      }
    }
  });

  it('take Morocco from our own table, and know no other names', () => {
    expect(ianaLegalTime('Africa/Casablanca')).toBe(MOROCCO_LEGAL_TIME);
    expect(ianaLegalTime('Europe/Atlantis')).toBeNull();
    expect(() => at('Europe/Paris', '1989-12-31T23:59:59Z')).toThrow('legal_time.not_covered');
  });
});
