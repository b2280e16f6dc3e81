import { contractInForce, rateInForce } from './in-force.js';

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

  // prettier-ignore
  it.each([
    ['2025-12', null,    null],
    ['2026-01', first,   null],
    ['2026-05', first,   null],
    ['2026-06', amended, null],
    ['2027-01', amended, null],
  ])('of %s', (month, contract, straddling) => {
    expect(contractInForce(all, 'SITE', month)).toEqual({ contract, straddling });
  });

  it('is cut by a version that takes effect inside the month', () => {
    const inside = version('PPA', 4, '2026-07-15');
    expect(contractInForce([first, inside], 'SITE', '2026-07')).toEqual({
      contract: first,
      straddling: inside,
    });
    expect(contractInForce([first, inside], 'SITE', '2026-08').contract).toBe(inside);
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
