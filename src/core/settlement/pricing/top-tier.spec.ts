import { contract, NO_OPENINGS, seriesOf, settled } from '../../../../test/support/contract.js';
import { Decimal } from '../../units/money.js';

const mwh = (value: number, hours: number): number[] => Array(hours).fill(value * 1_000_000);

describe('a year of its top tier', () => {
  const elections = contract({
    settlementCalendar: 'UTC_MONTH',
    price: {
      base: null,
      tiers: {
        kind: 'TOP_TIER',
        per: 'YEAR',
        bands: [
          { upToMwh: '100', price: '560' },
          { upToMwh: '5000', price: '540.005' },
          { upToMwh: null, price: '500' },
        ],
      },
    },
  });
  const month = (start: string, hours: number, taken: string, value = 1) =>
    settled({
      elections,
      start,
      series: seriesOf(mwh(value, hours)),
      openings: { ...NO_OPENINGS, takenMwh: new Decimal(taken) },
    });

  it('is what its months and its reconciliation come to', () => {
    const months = [
      month('2026-01-01T00:00:00Z', 744, '0', 0.1),
      month('2026-02-01T00:00:00Z', 672, '74.4'),
      month('2026-03-01T00:00:00Z', 744, '746.4', 9),
    ];
    const generation = [...mwh(0.1, 744), ...mwh(1, 672), ...mwh(9, 744)];
    const year = settled({
      elections,
      start: '2026-01-01T00:00:00Z',
      run: 'RECONCILIATION',
      series: seriesOf(generation),
    });
    const billed = [...months, year].reduce(
      (sum, { settlement }) => sum.plus(settlement.totals.netMad),
      new Decimal(0),
    );
    // 7,442.4 MWh, all at 500.
    expect(billed.toFixed(2)).toBe('3721200.00');
    expect(year.settlement.lines[0]!.quantity).toBe('746.4');
  });
});
