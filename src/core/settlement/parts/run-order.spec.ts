import { addMonths, runOrderFault, waitsUntil } from './run-order.js';

const OCTOBER = { lastDay: '2026-10-31', asOf: '2026-11-10', windowMonths: 12, isInDispute: false };
const after = (run: 'PROVISIONAL' | 'FINAL' | 'TRUE_UP') => ({ run });

describe('the order of settlement runs', () => {
  it('is provisional, final, true-up', () => {
    expect(runOrderFault('PROVISIONAL', null, OCTOBER)).toBeNull();
    expect(runOrderFault('PROVISIONAL', after('PROVISIONAL'), OCTOBER)).toBeNull();
    expect(runOrderFault('FINAL', after('PROVISIONAL'), OCTOBER)).toBeNull();
    // A provisional run is no condition of a final one: it bills early, no more (SETTLEMENT 9).
    expect(runOrderFault('FINAL', null, OCTOBER)).toBeNull();
    expect(runOrderFault('TRUE_UP', after('FINAL'), OCTOBER)).toBeNull();
    expect(runOrderFault('TRUE_UP', after('TRUE_UP'), OCTOBER)).toBeNull();
    expect(runOrderFault('PROVISIONAL', after('FINAL'), OCTOBER)).toMatch(/TRUE_UP/);
    expect(runOrderFault('FINAL', after('TRUE_UP'), OCTOBER)).toMatch(/TRUE_UP/);
    expect(runOrderFault('TRUE_UP', after('PROVISIONAL'), OCTOBER)).toMatch(/FINAL first/);
    expect(runOrderFault('TRUE_UP', null, OCTOBER)).toMatch(/FINAL first/);
  });

  it('waits for the end of the period, and ends with the correction window', () => {
    const on = (asOf: string, windowMonths = 12) => ({ ...OCTOBER, asOf, windowMonths });
    expect(runOrderFault('FINAL', null, on('2026-10-31'))).toMatch(/ends on 2026-10-31/);
    expect(runOrderFault('TRUE_UP', after('FINAL'), on('2027-10-31'))).toBeNull();
    expect(runOrderFault('TRUE_UP', after('FINAL'), on('2027-11-01'))).toMatch(/needs a dispute/);
    const disputed = { ...on('2027-11-01'), isInDispute: true };
    expect(runOrderFault('TRUE_UP', after('FINAL'), disputed)).toBeNull();
    // Four months on there is no 31st.
    expect(runOrderFault('TRUE_UP', after('FINAL'), on('2027-02-28', 4))).toBeNull();
    expect(runOrderFault('TRUE_UP', after('FINAL'), on('2027-03-01', 4))).toMatch(/2027-02-28/);
  });
});

describe('a correction below materiality', () => {
  const small = {
    deltaMad: '-99.99',
    deltaKwh: '10',
    materialityMad: '100',
    materialityKwh: '500',
    trueUpMonths: [3, 6, 12],
    lastDay: '2026-10-31',
    settledOn: '2026-11-10',
    asOf: '2026-12-01',
  };
  it('waits for the next true-up, once that has not been run', () => {
    expect(waitsUntil(small)).toBe('2027-01-31');
    expect(waitsUntil({ ...small, asOf: '2027-01-31' })).toBeNull();
    expect(waitsUntil({ ...small, settledOn: '2027-02-01', asOf: '2027-02-05' })).toBe(
      '2027-04-30',
    );
    // After the last of them there is nothing to wait for.
    expect(waitsUntil({ ...small, settledOn: '2027-11-01', asOf: '2027-11-02' })).toBeNull();
  });

  it('does not wait when it is material in money or in energy', () => {
    expect(waitsUntil({ ...small, deltaMad: '-100' })).toBeNull();
    expect(waitsUntil({ ...small, deltaKwh: '500' })).toBeNull();
    expect(waitsUntil({ ...small, materialityMad: '0', deltaMad: '0' })).toBeNull();
  });
});

it('counts months over the ends of years', () => {
  expect([addMonths('2026-12', 1), addMonths('2026-01', -1)]).toEqual(['2027-01', '2025-12']);
});
