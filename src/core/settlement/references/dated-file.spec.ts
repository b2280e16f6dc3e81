import { mergedFigures, readDatedRow } from './dated-file.js';

const read = (kind: Parameters<typeof readDatedRow>[0], fields: Record<string, string>) => {
  const result = readDatedRow(kind, fields);
  return 'row' in result ? result.row : `${result.fault.column} ${result.fault.rule}`;
};

describe('dated figures as tables', () => {
  it('are read by the columns of their kind', () => {
    const tariff = { valid_from: '2026-03-01', valid_to: '', mad_per_kwh: '0.0681' };
    expect(read('tariff', tariff)).toEqual({
      validFrom: '2026-03-01',
      validTo: null,
      madPerKwh: '0.0681',
    });
    expect(read('tariff', { ...tariff, mad_per_kwh: '6,81' })).toBe('mad_per_kwh decimal.plain');
    expect(read('tariff', { ...tariff, mad_per_kwh: '-1' })).toBe(
      'mad_per_kwh decimal.not_negative',
    );
    expect(read('tariff', { ...tariff, valid_to: '2026-03-01' })).toBe(
      'valid_to valid_to.after_valid_from',
    );
    const index = { month: '2026-08', value: '121.50', published_on: '2026-09-22' };
    expect(read('price-index', index)).toEqual({
      month: '2026-08',
      value: '121.5',
      publishedOn: '2026-09-22',
    });
    expect(read('price-index', { ...index, month: '2026-8' })).toBe('month month.iso');
    expect(read('fx-series', { day: '2026-02-30', mad_per_unit: '10' })).toBe('day day.iso');
    expect(read('holiday-calendar', { day: '2026-11-18', name: '' })).toBe('name text.given');
  });

  it('give a tariff a version for each row that is new', () => {
    const row = { validFrom: '2026-03-01', validTo: '2027-03-01', madPerKwh: '0.0681' };
    const next = { validFrom: '2027-03-01', validTo: null, madPerKwh: '0.07' };
    expect(mergedFigures('tariff', [{ ...row, version: 1 }], [row, next, next])).toEqual({
      documents: [next],
      newCount: 1,
    });
  });

  it('keep every vintage of an index, and let a rate or a lunar day be announced anew', () => {
    const june = { month: '2026-06', value: '120', publishedOn: '2026-07-20' };
    const revised = { ...june, value: '121', publishedOn: '2026-10-20' };
    const index = mergedFigures('price-index', [{ name: 'CPI', values: [june] }], [revised, june]);
    expect(index).toEqual({ documents: [{ name: 'CPI', values: [june, revised] }], newCount: 1 });
    expect(mergedFigures('price-index', [{ values: [june] }], [june]).documents).toEqual([]);
    const old = { day: '2026-05-27', name: 'Aïd al-Adha' };
    const days = mergedFigures('holiday-calendar', [{ days: [old] }], [{ ...old, name: 'Aïd' }]);
    expect(days.documents).toEqual([
      {
        days: [{ day: '2026-05-27', name: 'Aïd' }],
        validFrom: '2026-01-01',
        validTo: '2027-01-01',
      },
    ]);
  });
});
