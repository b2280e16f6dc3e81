import { HOUR_MS } from '../time/interval.js';
import { acceptance, acceptedOf, type SuspectHour, suspectSummary, undecided } from './suspect.js';

const START = Date.parse('2026-10-01T00:00:00Z');

const hour = (
  meterCode: string,
  at: number,
  wh: number,
  acceptedBecause: string | null = null,
): SuspectHour => ({ meterCode, hourMs: START + at * HOUR_MS, wh, acceptedBecause });

describe('SUSPECT hours', () => {
  it('are sealed as stretches of one meter and one reason, and accepted by them again', () => {
    const hours = [
      hour('B', 0, 7, 'meter test'),
      hour('A', 3, 30, 'meter test'),
      hour('A', 1, 10, 'meter test'),
      hour('A', 2, 20, 'meter test'),
      hour('A', 4, 40, 'heat wave'),
      hour('A', 6, 60, 'heat wave'),
      hour('A', 7, 70),
    ];
    const sealed = acceptedOf(hours)!;
    expect(sealed).toEqual([
      { meterCode: 'A', start: '2026-10-01T01:00:00Z', wh: [10, 20, 30], reason: 'meter test' },
      { meterCode: 'A', start: '2026-10-01T04:00:00Z', wh: [40], reason: 'heat wave' },
      { meterCode: 'A', start: '2026-10-01T06:00:00Z', wh: [60], reason: 'heat wave' },
      { meterCode: 'B', start: '2026-10-01T00:00:00Z', wh: [7], reason: 'meter test' },
    ]);
    const accepts = acceptance(sealed, null);
    expect(hours.map((one) => accepts(one))).toEqual(
      hours.map(({ acceptedBecause }) => acceptedBecause),
    );
    expect(undecided(hours)).toEqual([hour('A', 7, 70)]);
  });

  it('are not accepted at another value than the one that was, unless all are', () => {
    const listed = acceptedOf([hour('A', 1, 10, 'meter test')])!;
    expect(acceptedOf([hour('A', 1, 10)])).toBeNull();
    expect(acceptance(listed, null)(hour('A', 1, 11))).toBeNull();
    expect(acceptance(listed, 'all')(hour('A', 1, 11))).toBe('all');
    expect(acceptance(listed, 'all')(hour('A', 1, 10))).toBe('meter test');
    expect(acceptance([], null)(hour('A', 1, 10))).toBeNull();
  });

  it('are told by meter and stretch', () => {
    const told = suspectSummary([hour('B', 0, 7), hour('A', 2, 20), hour('A', 1, 10)]);
    expect(told).toEqual({
      meterHours: 3,
      wh: 37,
      meterCodes: ['A', 'B'],
      stretches: [
        {
          meterCode: 'A',
          from: '2026-10-01T01:00:00Z',
          to: '2026-10-01T03:00:00Z',
          hours: 2,
          wh: 30,
        },
        {
          meterCode: 'B',
          from: '2026-10-01T00:00:00Z',
          to: '2026-10-01T01:00:00Z',
          hours: 1,
          wh: 7,
        },
      ],
    });
    expect(suspectSummary([])).toEqual({ meterHours: 0, wh: 0, meterCodes: [], stretches: [] });
  });
});
