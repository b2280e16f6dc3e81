import { MOROCCO_LEGAL_TIME } from '../time/legal-time.js';
import { lateDataState } from './late-data.js';

const TERMS = { lockDays: 10, correctionRunMonths: [3, 6, 12], reachMonths: 12 };
const at = (now: string, month = '2025-08') =>
  lateDataState(TERMS, MOROCCO_LEGAL_TIME, month, Date.parse(now));

describe('late data', () => {
  it('is open until the month locks, ten days after its civil end', () => {
    // August 2025 ends at 23:00Z: legal time was UTC+1.
    expect(at('2025-09-10T22:59:59Z')).toEqual({ state: 'open', locksAt: '2025-09-10T23:00:00Z' });
    expect(at('2025-09-10T23:00:00Z')).toMatchObject({
      state: 'locked',
      nextCorrectionRun: '2025-11-30T23:00:00Z',
    });
  });

  it('waits for the next correction run, up to the reach', () => {
    expect(at('2025-12-15T00:00:00Z')).toMatchObject({ nextCorrectionRun: '2026-03-01T00:00:00Z' });
    expect(at('2026-08-31T23:00:00Z')).toEqual({
      state: 'beyond-reach',
      reachedUntil: '2026-08-31T23:00:00Z',
    });
  });

  it('never locks without terms', () => {
    expect(lateDataState(null, MOROCCO_LEGAL_TIME, '2025-08', Infinity)).toEqual({
      state: 'open',
      locksAt: null,
    });
  });
});
