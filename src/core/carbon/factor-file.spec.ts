import {
  type FactorRow,
  factorSteps,
  type FactorStep,
  mergedFactor,
  monthStarts,
  readFactorRow,
} from './factor-file.js';

const T0 = Date.parse('2026-10-01T00:00:00Z');
const HOUR = 3_600_000;
const row = (
  minutes: number,
  mgPerKwh: number | null,
  cfePpm: number | null = null,
): FactorRow => ({
  startMs: T0 + minutes * 60_000,
  mgPerKwh,
  cfePpm,
  isRounded: false,
});

describe('a row of a file of factors', () => {
  it.each<[FactorStep, string, string, string, object]>([
    [
      '60',
      '2026-10-01T00:00:00Z',
      '548.2',
      '0.32',
      { startMs: T0, mgPerKwh: 548_200, cfePpm: 320_000 },
    ],
    ['60', '2026-10-01T01:00:00+01:00', '0', '', { startMs: T0, mgPerKwh: 0, cfePpm: null }],
    ['60', '2026-10-01T00:00:00Z', '', '', { mgPerKwh: null, isRounded: false }],
    ['60', '2026-10-01T00:00:00Z', '1.0005', '', { mgPerKwh: 1_001, isRounded: true }],
    ['5', '2026-10-01T00:05:00Z', '1.0004', '', { mgPerKwh: 1_000, isRounded: true }],
  ])('of %s minutes at %s says %s', (step, start, g_per_kwh, cfe_share, said) => {
    expect(readFactorRow(step, { start, g_per_kwh, cfe_share })).toMatchObject({ row: said });
  });

  it('names a month by its civil name', () => {
    const read = readFactorRow('month', { month: '2026-02', g_per_kwh: '1', cfe_share: '' });
    expect(read).toMatchObject({ row: { startMs: Date.parse('2026-01-31T23:00:00Z') } });
  });

  it.each<[FactorStep, Record<string, string>, string, string]>([
    ['60', { start: '2026-10-01T00:00:00', g_per_kwh: '1' }, 'start', 'start.instant_with_offset'],
    ['60', { start: '2026-10-01T00:30:00Z', g_per_kwh: '1' }, 'start', 'start.on_the_grid'],
    ['month', { month: '2026-13', g_per_kwh: '1' }, 'month', 'month.iso'],
    ['60', { start: '2026-10-01T00:00:00Z', g_per_kwh: '-1' }, 'g_per_kwh', 'decimal.plain'],
    ['60', { start: '2026-10-01T00:00:00Z', g_per_kwh: '1,5' }, 'g_per_kwh', 'decimal.plain'],
    [
      '60',
      { start: '2026-10-01T00:00:00Z', g_per_kwh: '1', cfe_share: '32' },
      'cfe_share',
      'decimal.too_large',
    ],
  ])('is refused: %s %j', (step, fields, column, rule) => {
    expect(readFactorRow(step, fields)).toMatchObject({ fault: { column, rule } });
  });
});

describe('the steps of a file', () => {
  it('are means of whole hours, half up; an hour that lacks a part has none', () => {
    const rows = [row(0, 1), row(30, 2), row(60, 5), row(120, 3), row(150, null)];
    const { values, incompleteHours } = factorSteps('30', rows);
    expect([...values.values()].map(({ mgPerKwh }) => mgPerKwh)).toEqual([2, null, null]);
    expect(incompleteHours).toBe(2);
  });

  it('say a start once: again the same is no news, otherwise it is contradicted', () => {
    const { values, contradicted } = factorSteps('60', [row(0, 1), row(0, 1), row(0, 2)]);
    expect([values.size, contradicted]).toEqual([1, [2]]);
  });
});

describe('a file and what was there', () => {
  const one = (mgPerKwh: number | null) => ({ mgPerKwh, cfePpm: null });

  it('are compared step by step; what the file does not mention stays, holes are kept', () => {
    const before = new Map([
      [T0, one(1)],
      [T0 + HOUR, one(2)],
    ]);
    const file = new Map([
      [T0 + HOUR, one(3)],
      [T0 + 3 * HOUR, one(4)],
    ]);
    const merged = mergedFactor('60', before, file);
    expect(merged.steps.map(({ mgPerKwh }) => mgPerKwh)).toEqual([1, 3, null, 4]);
    expect(merged).toMatchObject({
      validFrom: '2026-10-01T00:00:00Z',
      validTo: '2026-10-01T04:00:00Z',
      newCount: 1,
      changedCount: 1,
      identicalCount: 0,
      gapCount: 1,
    });
  });

  it('come to nothing new when sent again', () => {
    const file = new Map([[T0, one(1)]]);
    expect(mergedFactor('60', file, file)).toMatchObject({
      newCount: 0,
      changedCount: 0,
      identicalCount: 1,
    });
  });

  it('span civil months, of whatever length', () => {
    const [september] = monthStarts(['2026-09'])!;
    const merged = mergedFactor('month', new Map(), new Map([[september!, one(1)]]));
    expect([merged.validFrom, merged.validTo]).toEqual([
      '2026-08-31T23:00:00Z',
      '2026-10-01T00:00:00Z',
    ]);
    expect(monthStarts(['2026-09', '2026-11'])).toBeNull();
  });
});
