import { HOUR_MS } from '../time/interval.js';
import { type Factor, factorHours, factorPlace, isWhole } from './factor.js';

const DAY = { startMs: Date.parse('2026-10-01T00:00Z'), endMs: Date.parse('2026-10-02T00:00Z') };
const factor = (code: string, change: Partial<Factor> = {}): Factor => ({
  code,
  version: 1,
  kind: 'grid_average',
  zone: 'MA',
  basis: 'direct',
  resolution: 'annual',
  validFromMs: Date.parse('2026-01-01T00:00Z'),
  validToMs: Date.parse('2027-01-01T00:00Z'),
  mgPerKwh: [548_200],
  cfePpm: [null],
  ...change,
});
const wanted = { kind: 'grid_average', zone: 'MA', ...DAY } as const;

describe('the factors of a period', () => {
  const annual = factor('A');
  const hourly = factor('H', {
    resolution: 'hourly',
    validFromMs: DAY.startMs - 2 * HOUR_MS,
    validToMs: DAY.endMs - 4 * HOUR_MS,
    mgPerKwh: Array.from({ length: 22 }, (_, at) => (at === 5 ? null : at)),
    cfePpm: Array.from({ length: 22 }, (_, at) => (at === 3 ? null : at)),
  });
  const monthly = factor('M', {
    resolution: 'monthly',
    validFromMs: Date.parse('2026-08-31T23:00Z'),
    validToMs: DAY.endMs - 2 * HOUR_MS,
    stepStarts: ['2026-08-31T23:00:00Z', '2026-10-01T00:00:00Z'],
    mgPerKwh: [1_000, 2_000],
    cfePpm: [1, 2],
  });

  it('take each hour from the finest that has a value, in whichever order they come', () => {
    for (const factors of [
      [annual, hourly, monthly],
      [monthly, annual, hourly],
    ]) {
      const { mgPerKwh, cfePpm, used, missingMs } = factorHours(factors, wanted);
      expect(mgPerKwh.slice(0, 5)).toEqual([2, 3, 4, 2_000, 6]);
      expect(mgPerKwh.slice(19)).toEqual([21, 2_000, 2_000, 548_200, 548_200]);
      expect(cfePpm.slice(0, 4)).toEqual([2, null, 4, 2]);
      expect(used.map(({ factor: { code }, hours }) => [code, hours])).toEqual([
        ['H', 19],
        ['M', 3],
        ['A', 2],
      ]);
      expect(missingMs).toBeNull();
    }
  });

  it('take the first by code of one rung', () => {
    const { used } = factorHours([factor('B', { mgPerKwh: [1] }), annual], wanted);
    expect(used.map((one) => one.factor.code)).toEqual(['A']);
  });

  it.each([
    ['another zone', { zone: 'ES' }],
    ['another kind', { kind: 'fossil' }],
  ])('are none for %s', (_, change) => {
    const found = factorHours([factor('A', change)], wanted);
    expect([isWhole(found), found.missingMs, found.used]).toEqual([false, DAY.startMs, []]);
  });

  it('say from which hour on there is none', () => {
    const found = factorHours([factor('A', { validToMs: DAY.endMs - HOUR_MS })], wanted);
    expect([isWhole(found), found.missingMs]).toEqual([false, DAY.endMs - HOUR_MS]);
  });

  it('are never life-cycle ones, and name the one that would have had a value', () => {
    const lifecycle = { ...hourly, code: 'L', basis: 'lifecycle' };
    expect(factorHours([annual, lifecycle], wanted)).toMatchObject({
      mgPerKwh: Array(24).fill(548_200),
      lifecycleCode: null,
    });
    expect(factorHours([lifecycle], wanted).lifecycleCode).toBe('L');
  });

  it('have no value before a factor holds, nor after', () => {
    expect(factorPlace(annual, annual.validFromMs - 1)).toBeNull();
    expect(factorPlace(annual, annual.validFromMs)).toBe(0);
    expect(factorPlace(annual, annual.validToMs)).toBeNull();
  });
});
