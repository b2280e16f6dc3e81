import { reportingPeriod } from './reporting-period.js';

describe('the months of a reporting period', () => {
  it.each<[string, number | null, string, string, string, number]>([
    ['2026-10', null, 'month', '2026-10', '2026-10', 1],
    ['2026-Q1', null, 'quarter', '2026-01', '2026-03', 3],
    ['2026-Q4', 4, 'quarter', '2026-10', '2026-12', 3],
    ['2026', 7, 'calendar_year', '2026-01', '2026-12', 12],
    ['FY2026', 1, 'reporting_year', '2026-01', '2026-12', 12],
    ['FY2026', 4, 'reporting_year', '2025-04', '2026-03', 12],
    ['FY2026', 12, 'reporting_year', '2025-12', '2026-11', 12],
  ])('%s of a year that begins in month %s', (name, first, kind, from, to, count) => {
    const period = reportingPeriod(name, first);
    expect([period.kind, period.months[0], period.months.at(-1), period.months.length]).toEqual([
      kind,
      from,
      to,
      count,
    ]);
    expect(new Set(period.months).size).toBe(count);
  });

  it.each(['2026-13', '2026-Q5', '26', 'FY26', '1899', 'FY2200', '2026-Q4 ', ''])(
    'refuses %j',
    (name) => {
      expect(() => reportingPeriod(name, 1)).toThrow('period.invalid');
    },
  );

  it('refuses a reporting year that nobody stated', () => {
    expect(() => reportingPeriod('FY2026', null)).toThrow('period.no_reporting_year');
  });
});
