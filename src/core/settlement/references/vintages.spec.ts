import { fxRows, indexRows, tariffRows, vintageFaults } from './vintages.js';

const JUNE = { month: '2026-06', value: '121.4', publishedOn: '2026-07-22' };
const REVISED = { month: '2026-06', value: '121.6', publishedOn: '2026-10-22' };

describe('vintages of an index', () => {
  it('let a revision stand beside what was published first', () => {
    expect(vintageFaults([JUNE], [JUNE, REVISED])).toEqual([]);
  });

  it('are not replaced, not dropped and not written twice', () => {
    const rules = (before: (typeof JUNE)[], values: (typeof JUNE)[]): string[] =>
      vintageFaults(before, values).map(({ rule }) => rule);
    expect(rules([JUNE], [REVISED])).toEqual(['vintage.kept']);
    expect(rules([JUNE], [{ ...JUNE, value: '121.5' }])).toEqual(['vintage.kept']);
    expect(rules([], [JUNE, JUNE])).toEqual(['vintage.written_once']);
  });
});

describe('rows of dated figures', () => {
  const of = (code: string, version: number) => ({ code, version, confidence: 'P' });

  it('are named so that they can be found again', () => {
    expect(indexRows([{ ...of('CPI', 4), values: [JUNE] }])[0]).toMatchObject({
      id: 'CPI:2026-06:2026-07-22',
      series: 'CPI',
      value: '121.4',
    });
    const rates = [{ day: '2026-09-30', madPerUnit: '10.61' }];
    expect(fxRows([{ ...of('EUR', 2), rates }])[0]).toMatchObject({
      id: 'EUR@2:2026-09-30',
      currency: 'EUR',
      madPerUnit: '10.61',
    });
    const rate = { madPerKwh: '0.0685', validFrom: '2026-03-01', validTo: '2027-03-01' };
    expect(tariffRows([{ ...of('TURT', 1), ...rate }])[0]).toEqual({
      id: 'TURT@1',
      confidence: 'P',
      kind: 'TURT',
      madPerKwh: '0.0685',
      from: '2026-03-01',
      to: '2027-03-01',
    });
  });
});
