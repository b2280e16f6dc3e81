/** A settlement, the supplier's lines of it, and the check of a document beside it. */
import { contract, NO_REFERENCES, seriesOf, wh } from './contract.js';
import type { Elections } from '../../src/core/settlement/elections/elections.shape.js';
import { openingsOf } from '../../src/core/settlement/accounts/carry-over.js';
import { type RunInput, type RunResult, settleRun } from '../../src/core/settlement/document.js';
import type { References } from '../../src/core/settlement/references/references.shape.js';
import { MOROCCO_LEGAL_TIME } from '../../src/core/time/legal-time.js';
import { type CheckBasis, checkInvoice } from '../../src/core/invoicing/checks/check.js';
import type {
  InvoiceLine,
  SupplierInvoice,
} from '../../src/core/invoicing/documents/supplier-invoice.js';

export const START_MS = Date.parse('2026-10-01T00:00:00Z');
export const MWH = Array.from({ length: 48 }, (_, hour) => 20 + (hour % 7) * 1.5);
export const VAT = {
  id: 'VAT-EN@1',
  confidence: 'S',
  code: 'VAT-EN',
  from: '2026-01-01',
  to: null,
};
export const REFERENCES: References = {
  ...NO_REFERENCES,
  vat: [{ ...VAT, ratePct: '10' }],
  tariffs: [
    {
      id: 'TSS@1',
      confidence: 'P',
      kind: 'TSS',
      madPerKwh: '0.0681',
      from: '2026-03-01',
      to: '2027-03-01',
    },
    {
      id: 'TSS@0',
      confidence: 'P',
      kind: 'TSS',
      madPerKwh: '0.0650',
      from: '2025-03-01',
      to: '2026-03-01',
    },
  ],
  indices: [
    {
      id: 'CPI:2026-05',
      series: 'CPI',
      month: '2026-05',
      value: '115.2',
      publishedOn: '2026-06-20',
      confidence: 'S',
    },
    {
      id: 'CPI:2026-06',
      series: 'CPI',
      month: '2026-06',
      value: '117.0',
      publishedOn: '2026-07-20',
      confidence: 'S',
    },
    {
      id: 'CPI:2026-07',
      series: 'CPI',
      month: '2026-07',
      value: '118.9',
      publishedOn: '2026-08-20',
      confidence: 'S',
    },
    {
      id: 'CPI:2026-08',
      series: 'CPI',
      month: '2026-08',
      value: '119.5',
      publishedOn: '2026-09-20',
      confidence: 'S',
    },
  ],
};
export const ELECTIONS = contract({
  price: {
    base: '550',
    unit: 'MAD_PER_MWH',
    index: {
      series: 'CPI',
      fixedShare: '0.4',
      baseMonth: '2026-05',
      lagMonths: 3,
      adjusts: 'MONTHLY',
      factorFloor: null,
      factorCap: null,
      revisionPolicy: 'FREEZE_AS_PUBLISHED',
    },
  },
  deliveryPoint: 'SITE_METER',
  adders: {
    lossFactor: '0.035',
    regulatedCharges: [{ charge: 'TSS', basis: 'DELIVERED', payer: 'BUYER' }],
  },
  vat: { energy: 'VAT-EN', regulated: 'VAT-EN', fees: null, damages: null },
  rounding: { factorDp: 6, priceDp: 2, amount: 'PER_LINE' },
});

export function runOf(elections: Elections, change: Partial<RunInput> = {}): RunResult {
  const input: RunInput = {
    run: 'FINAL',
    startMs: START_MS,
    endMs: START_MS + MWH.length * 3_600_000,
    asOf: '2026-11-10',
    elections,
    series: seriesOf(wh(MWH)),
    references: REFERENCES,
    openings: openingsOf([], 1),
    margin: { before: [], after: [] },
    ...change,
  };
  return settleRun(input, null, MOROCCO_LEGAL_TIME);
}

export const OURS = runOf(ELECTIONS);

/** The supplier's lines as a settlement has them. */
export function billed({ settlement }: RunResult): Partial<InvoiceLine>[] {
  return settlement.lines.map((line) => ({
    itemCode: line.kind,
    name: line.label,
    quantity: line.quantity,
    unit: 'MWH',
    priceMad: String(Number(line.price) * (line.priceUnit === 'MAD/kWh' ? 1_000 : 1)),
    amountMad: line.amountMad,
  }));
}

export function check(invoice: SupplierInvoice, change: Partial<CheckBasis> = {}) {
  return checkInvoice({
    invoice,
    earlier: [],
    run: OURS,
    known: REFERENCES,
    legalTime: MOROCCO_LEGAL_TIME,
    items: [
      { item: 'ENERGY', kind: 'ENERGY' },
      { item: 'TSS', kind: 'TSS' },
    ],
    tolerances: { lineMad: '1', linePct: '0', documentMad: '2', documentPct: '0' },
    periodDays: ['2026-10-01', '2026-10-02'],
    edges: { firstMwh: '19.3', lastMwh: '27.9', beforeMwh: '18.5', afterMwh: '21.25' },
    ...change,
  });
}
