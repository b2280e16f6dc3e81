import { arithmeticFaults } from '../checks/arithmetic.js';
import { inDirhams, isForeign, rateFor } from './in-dirhams.js';
import type { SupplierInvoice } from './supplier-invoice.js';

const row = (day: string, madPerUnit: string, currency = 'EUR') => ({
  id: `${currency}@2`,
  confidence: 'P',
  currency,
  day,
  madPerUnit,
});
const INVOICE: SupplierInvoice = {
  number: 'E-1',
  kind: 'INVOICE',
  issueDate: '2026-11-29',
  dueDate: null,
  currency: 'EUR',
  seller: { name: 'S', ids: [] },
  contractReference: 'PPA',
  corrects: null,
  periodStart: null,
  periodEnd: null,
  charges: [],
  lines: [
    {
      id: '1',
      itemCode: 'EN',
      name: 'Energy',
      quantity: '3',
      unit: 'MWH',
      priceBase: '1',
      priceMad: '33.333',
      amountMad: '100.00',
      vatCategory: 'S',
      vatRatePct: '20',
    },
  ],
  vat: [{ vatCategory: 'S', vatRatePct: '20', baseMad: '100.00', vatMad: '20.00' }],
  totals: {
    linesMad: '100.00',
    allowancesMad: '0.00',
    chargesMad: '0.00',
    netMad: '100.00',
    vatMad: '20.00',
    grossMad: '120.00',
    prepaidMad: '0.00',
    roundingMad: '0.00',
    payableMad: '120.00',
  },
};

describe('a document of another currency', () => {
  it.each([
    ['its own day', ['2026-11-29', '2026-11-27'], '2026-11-29'],
    ['the last day before, over a weekend', ['2026-11-20', '2026-11-27'], '2026-11-27'],
    ['seven days before at most', ['2026-11-22'], '2026-11-22'],
    ['no day eight days before', ['2026-11-21'], null],
    ['no day after it', ['2026-11-30'], null],
  ])('takes the rate of %s', (_, days, expected) => {
    const rows = [...days.map((day) => row(day, '10.8')), row('2026-11-29', '9.9', 'USD')];
    expect(rateFor(rows, INVOICE)?.day ?? null).toBe(expected);
  });

  it('is in dirhams to the centime, half up, its prices exact', () => {
    const dirhams = inDirhams(INVOICE, row('2026-11-27', '10.8735'));
    expect([isForeign(INVOICE), isForeign(dirhams)]).toEqual([true, false]);
    expect(dirhams.lines[0]).toMatchObject({ priceMad: '362.4463755', amountMad: '1087.35' });
    expect(dirhams.totals).toMatchObject({
      netMad: '1087.35',
      vatMad: '217.47',
      grossMad: '1304.82',
    });
    expect(arithmeticFaults(INVOICE, 0.02)).toEqual([]);
  });
});
