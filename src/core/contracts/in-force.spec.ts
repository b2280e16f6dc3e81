import { contractOn, contractsIn, rateInForce } from './in-force.js';

const version = (code: string, number: number, effectiveFrom: string, siteCode = 'SITE') => ({
  code,
  version: number,
  siteCode,
  effectiveFrom,
});

describe('the contract in force', () => {
  const first = version('PPA', 1, '2026-01-01');
  const second = version('PPA', 2, '2026-06-01');
  const amended = version('PPA', 3, '2026-06-01');
  const other = version('OTHER', 1, '2026-01-01', 'ELSEWHERE');
  const all = [first, second, amended, other];

  it.each([
    ['2025-12', []],
    ['2026-01', [{ contract: first, from: '2026-01-01' }]],
    ['2026-05', [{ contract: first, from: '2026-05-01' }]],
    ['2026-06', [{ contract: amended, from: '2026-06-01' }]],
    ['2027-01', [{ contract: amended, from: '2027-01-01' }]],
  ])('of %s', (month, parts) => {
    expect(contractsIn(all, 'SITE', month)).toEqual(parts);
  });

  it('cuts a month where a version takes effect inside it', () => {
    const inside = version('PPA', 4, '2026-07-15');
    const corrected = version('PPA', 6, '2026-07-15');
    const last = version('PPA', 5, '2026-07-31');
    expect(contractsIn([first, inside, last, corrected], 'SITE', '2026-07')).toEqual([
      { contract: first, from: '2026-07-01' },
      { contract: corrected, from: '2026-07-15' },
      { contract: last, from: '2026-07-31' },
    ]);
    expect(contractsIn([first, inside], 'SITE', '2026-08')).toEqual([
      { contract: inside, from: '2026-08-01' },
    ]);
  });

  it('may begin inside a month', () => {
    const begun = version('PPA', 1, '2026-07-15');
    expect(contractsIn([begun], 'SITE', '2026-07')).toEqual([
      { contract: begun, from: '2026-07-15' },
    ]);
    expect(contractOn([begun], 'SITE', '2026-07-14')).toBeNull();
  });
});

describe('the rate in force', () => {
  // Renewable electricity: 12 % in 2024, 10 % from 2025 (finance act 2024 schedule).
  const rates = [
    { ratePct: '12', validFrom: '2024-01-01', validTo: '2025-01-01' },
    { ratePct: '10', validFrom: '2025-01-01', validTo: '2027-01-01' },
  ];

  it.each([
    ['2023-12-31', undefined],
    ['2024-12-31', '12'],
    ['2025-01-01', '10'],
    ['2026-12-31', '10'],
    ['2027-01-01', undefined],
  ])('on %s is %s: nothing is carried forward', (day, ratePct) => {
    expect(rateInForce(rates, day)?.ratePct).toBe(ratePct);
  });

  it('is the later version where two cover a day', () => {
    const corrected = { ratePct: '11', validFrom: '2025-01-01', validTo: null };
    expect(rateInForce([...rates, corrected], '2026-01-01')).toBe(corrected);
  });
});
