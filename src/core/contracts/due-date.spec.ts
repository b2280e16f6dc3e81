import { dueOn } from './due-date.js';

const MA = {
  code: 'MA',
  validFrom: '2026-01-01',
  validTo: '2027-01-01',
  days: [
    { day: '2026-11-06', name: 'Green March' },
    { day: '2026-11-18', name: 'Independence' },
  ],
};

describe('the day on which an invoice falls due', () => {
  it('is the next working day after a holiday or a weekend', () => {
    expect(dueOn('2026-09-10', 60, MA)).toBe('2026-11-09');
    // 6 November is a holiday and a Friday: the weekend follows.
    expect(dueOn('2026-09-07', 60, MA)).toBe('2026-11-09');
    expect(dueOn('2026-09-07', 60, null)).toBe('2026-11-06');
    expect(dueOn('2026-11-18', 0, MA)).toBe('2026-11-19');
  });

  it('is refused beyond what the calendar knows', () => {
    expect(() => dueOn('2026-12-01', 60, MA)).toThrow('settlement.reference_missing');
  });
});
