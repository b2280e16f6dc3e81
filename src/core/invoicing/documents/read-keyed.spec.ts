import { invoiceOf } from '../../../../test/support/invoices.js';
import type { RowProblem } from '../../errors.js';
import { type KeyedColumn, type KeyedRow, readKeyed } from './read-keyed.js';

const DOCUMENT = {
  number: 'FAC-1',
  kind: 'INVOICE',
  issue_date: '2026-11-10',
  seller: 'TAQA Morocco',
  currency: 'MAD',
  net_mad: '748100.00',
  vat_mad: '88430.00',
  gross_mad: '836530.00',
  due_date: '',
  contract: 'PPA-1',
  corrects: '',
  period_start: '',
  period_end: '',
  seller_id: '001234567000089',
};
const LINES = [
  {
    line: '1',
    item: 'EN',
    name: 'Energy',
    quantity: '1112000',
    unit: 'KWH',
    price_mad: '550',
    price_per: '1000',
    amount_mad: '611600.00',
    vat_category: 'S',
    vat_rate_pct: '10',
  },
  {
    line: '2',
    item: 'TSS',
    name: 'Services',
    quantity: '1000',
    unit: 'MWH',
    price_mad: '136.5',
    price_per: '',
    amount_mad: '136500.00',
    vat_category: 'S',
    vat_rate_pct: '20',
  },
];

function read(change: Partial<Record<KeyedColumn, string>> = {}, at = 0) {
  const problems: RowProblem[] = [];
  const rows = LINES.map((line, index): KeyedRow => ({
    line: index + 2,
    fields: { ...DOCUMENT, ...line, ...(index === at ? change : {}) },
  }));
  const invoice = readKeyed(rows, (problem) => problems.push(problem));
  return { invoice, problems: problems.map(({ row, column, rule }) => `${row} ${column} ${rule}`) };
}

describe('a keyed invoice', () => {
  it('says the same as its UBL, but for VAT by category', () => {
    const { invoice, problems } = read();
    const ubl = invoiceOf([
      { quantity: '1112000', priceMad: '550', priceBase: '1000' },
      {
        itemCode: 'TSS',
        name: 'Services',
        quantity: '1000',
        unit: 'MWH',
        priceMad: '136.5',
        vatRatePct: '20',
      },
    ]);
    expect(problems).toEqual([]);
    expect(invoice).toEqual({
      ...ubl,
      vat: [],
      totals: { ...ubl.totals, vatMad: '88430.00', grossMad: '836530.00', payableMad: '836530.00' },
    });
  });

  it('is refused by row, column and rule', () => {
    expect(read({ unit: 'kWh' }).problems).toEqual(['2 unit BR-CL-23']);
    expect(read({ amount_mad: '1.234' }, 1).problems).toEqual(['3 amount_mad decimal.places']);
    expect(read({ quantity: '1,5' }).problems).toEqual(['2 quantity decimal.plain']);
    expect(read({ vat_category: 'X' }).problems).toEqual(['2 vat_category BR-CL-17']);
    expect(read({ number: 'FAC-2' }, 1).problems).toEqual(['3 number document.same_on_every_row']);
    expect(read({ kind: 'PROFORMA' }).problems).toContain('2 kind kind.known');
    expect(read({ name: '' }).problems).toEqual(['2 name text.given']);
  });
});
