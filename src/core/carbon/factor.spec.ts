import { HOUR_MS } from '../time/interval.js';
import { factorFor, factorHours, type Factor } from './factor.js';

const DAY = { startMs: Date.parse('2026-10-01T00:00Z'), endMs: Date.parse('2026-10-02T00:00Z') };
const factor = (code: string, change: Partial<Factor> = {}): Factor => ({
  code,
  kind: 'grid_average',
  zone: 'MA',
  resolution: 'annual',
  validFromMs: Date.parse('2026-01-01T00:00Z'),
  validToMs: Date.parse('2027-01-01T00:00Z'),
  mgPerKwh: [548_200],
  cfePpm: [null],
  ...change,
});
const wanted = { kind: 'grid_average', zone: 'MA', ...DAY } as const;

describe('the factor of a period', () => {
  const annual = factor('A');
  const hourly = factor('H', {
    resolution: 'hourly',
    validFromMs: DAY.startMs - 2 * HOUR_MS,
    validToMs: DAY.endMs,
    mgPerKwh: Array.from({ length: 26 }, (_, at) => at),
    cfePpm: Array.from({ length: 26 }, (_, at) => (at === 3 ? null : at)),
  });

  it('is an hourly one before an annual one, and covers the whole period', () => {
    expect(factorFor([annual, hourly], wanted)).toBe(hourly);
    expect(factorFor([annual, { ...hourly, validToMs: DAY.endMs - 1 }], wanted)).toBe(annual);
  });

  it.each([
    ['another zone', { zone: 'ES' }],
    ['another kind', { kind: 'fossil' }],
    ['a later start', { validFromMs: DAY.startMs + 1 }],
  ])('is none for %s', (_, change) => {
    expect(factorFor([factor('A', change)], wanted)).toBeNull();
  });

  it('gives a value for every hour, from where the period starts', () => {
    expect(factorHours(annual, DAY).mgPerKwh).toEqual(Array(24).fill(548_200));
    const hours = factorHours(hourly, DAY);
    expect([hours.mgPerKwh[0], hours.mgPerKwh.at(-1), hours.mgPerKwh.length]).toEqual([2, 25, 24]);
    expect(hours.cfePpm.slice(0, 3)).toEqual([2, null, 4]);
  });
});
