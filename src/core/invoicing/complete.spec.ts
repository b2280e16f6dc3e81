import { invoiceOf } from '../../../test/support/invoices.js';
import { overlapsOf, periodBillings } from './complete.js';

const bill = (number: string, days: readonly [string, string], more: object = {}) =>
  invoiceOf([{ quantity: '1000' }], {
    number,
    periodStart: days[0],
    periodEnd: days[1],
    ...more,
  });
const OCTOBER = ['2026-10-01', '2026-10-31'] as const;

describe('what is billed of what is settled', () => {
  it('shows what to accrue, what is not settled, and the month that nobody knows of', () => {
    const credit = bill('C', OCTOBER, { kind: 'CREDIT_NOTE', corrects: 'A' });
    const items = periodBillings(
      [
        { period: '2026-10', netMad: '600.00' },
        { period: '2026-11', netMad: '700.00' },
        { period: 'Y1', netMad: '50.00' },
      ],
      [
        { period: '2026-10', invoice: bill('A', OCTOBER) },
        { period: '2026-10', invoice: credit },
        { period: '2027-01', invoice: bill('B', ['2027-01-01', '2027-01-31']) },
      ],
    );
    expect(
      items.map(({ period, state, differenceNetMad }) => [period, state, differenceNetMad]),
    ).toEqual([
      ['2026-10', 'BILLED', '600.00'],
      ['2026-11', 'NOT_BILLED', '700.00'],
      ['2026-12', 'MISSING', null],
      ['2027-01', 'NOT_SETTLED', null],
      ['Y1', 'NOT_BILLED', '50.00'],
    ]);
    expect(items[0]!.documents).toEqual(['A', 'C']);
  });

  it('finds days that two invoices bill, unless one is corrected', () => {
    const late = bill('B', ['2026-10-31', '2026-11-29']);
    expect(overlapsOf([bill('A', OCTOBER), late])).toEqual([
      { documents: ['A', 'B'], from: '2026-10-31', to: '2026-10-31' },
    ]);
    const credit = bill('C', OCTOBER, { kind: 'CREDIT_NOTE', corrects: 'A' });
    expect(overlapsOf([bill('A', OCTOBER), late, credit])).toEqual([]);
    expect(overlapsOf([bill('A', OCTOBER), bill('B', ['2026-11-01', '2026-11-30'])])).toEqual([]);
  });

  it('counts neither a prepayment nor what a corrected invoice replaces', () => {
    const wrong = bill('A', OCTOBER, { totals: { ...bill('A', OCTOBER).totals, netMad: '9.00' } });
    const right = bill('B', OCTOBER, { kind: 'CORRECTED_INVOICE', corrects: 'A' });
    const ahead = bill('P', OCTOBER, { kind: 'PREPAYMENT_INVOICE' });
    const settled = [{ period: '2026-10', netMad: '550.00' }];
    const of = (...invoices: readonly ReturnType<typeof bill>[]) =>
      periodBillings(
        settled,
        invoices.map((invoice) => ({ period: '2026-10', invoice })),
      )[0]!;
    expect(of(ahead, wrong, right)).toMatchObject({
      billedNetMad: '550.00',
      differenceNetMad: '0.00',
      state: 'BILLED',
      documents: ['P', 'A', 'B'],
    });
    expect(of(ahead)).toMatchObject({ billedNetMad: '0.00', state: 'NOT_BILLED' });
    expect(overlapsOf([wrong, right, ahead])).toEqual([]);
  });
});
