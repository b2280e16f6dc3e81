import { contract } from '../../../../test/support/contract.js';
import { formatInstant } from '../../time/interval.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../time/legal-time.js';
import { contractYearOf } from '../hours/hours.js';
import { monthsFrom, settledBounds, yearBounds, yearDue, yearOn } from './term.js';

const JULY = civilMonth(MOROCCO_LEGAL_TIME, '2026-07');
const bounds = (elections: ReturnType<typeof contract>, year: number | null = null) => {
  const { startMs, endMs } = JULY;
  const found = settledBounds([{ elections, startMs, endMs }], year, MOROCCO_LEGAL_TIME);
  return [found.startMs, found.endMs].map(formatInstant);
};

describe('what of a month is settled', () => {
  it('is all of it inside the term', () => {
    expect(bounds(contract())).toEqual(['2026-06-30T23:00:00Z', '2026-07-31T23:00:00Z']);
  });

  it('begins with the signature and ends with the last day of the term, civil or of UTC', () => {
    const days = { signatureDate: '2026-07-03', codDate: '2026-07-03', termEnd: '2026-07-20' };
    expect(bounds(contract(days))).toEqual(['2026-07-02T23:00:00Z', '2026-07-20T23:00:00Z']);
    const utc = contract({ ...days, settlementCalendar: 'UTC_MONTH' });
    expect(bounds(utc)).toEqual(['2026-07-03T00:00:00Z', '2026-07-21T00:00:00Z']);
  });

  it('is of a contract year what lies in it', () => {
    const elections = contract({ codDate: '2026-07-10' });
    expect(bounds(elections, 0)).toEqual(['2026-06-30T23:00:00Z', '2026-07-09T23:00:00Z']);
    expect(bounds(elections, 1)).toEqual(['2026-07-09T23:00:00Z', '2026-07-31T23:00:00Z']);
  });
});

describe('a contract year', () => {
  const anniversary = contract({ codDate: '2024-02-29', termEnd: '2029-03-10' });

  it('has the bounds that days are counted by', () => {
    expect(yearBounds(anniversary, 1)).toEqual({ from: '2024-02-29', to: '2025-03-01' });
    expect(yearBounds(anniversary, 5)).toEqual({ from: '2028-02-29', to: '2029-03-01' });
    for (let year = -1; year < 7; year += 1) {
      const { from, to } = yearBounds(anniversary, year);
      expect(yearOn(anniversary, from)).toBe(year);
      expect(contractYearOf(anniversary, anniversary.codDate, to)).toBe(year + 1);
    }
  });

  it.each([
    ['2026-01', { first: '2026-01-01', last: '2026-01-31', nextMonth: '2026-02-01' }, null, null],
    ['2027-02', { first: '2027-02-01', last: '2027-02-28', nextMonth: '2027-03-01' }, null, 3],
    ['2028-02', { first: '2028-02-01', last: '2028-02-29', nextMonth: '2028-03-01' }, null, 4],
    ['of the end', { first: '2029-03-01', last: '2029-03-10', nextMonth: '2029-04-01' }, null, 6],
    ['of another', { first: '2027-02-01', last: '2027-02-28', nextMonth: '2027-03-01' }, 4, null],
  ])('is due in a month: %s', (_, days, wanted, year) => {
    expect(yearDue(anniversary, wanted, days)).toBe(year);
  });

  it('is due beside the one before, where the term ends soon after it', () => {
    const days = { first: '2027-03-01', last: '2027-03-20', nextMonth: '2027-04-01' };
    const short = contract({ codDate: '2025-03-16', termEnd: '2027-03-20' });
    expect([null, 2, 3].map((wanted) => yearDue(short, wanted, days))).toEqual([2, 2, 3]);
  });

  it('lies in its months', () => {
    expect(monthsFrom('2026-11', '2027-02')).toEqual(['2026-11', '2026-12', '2027-01', '2027-02']);
    expect(monthsFrom('2027-02', '2026-11')).toEqual([]);
  });
});
