import fc from 'fast-check';
import type { BilledLine } from '../invoicing/billed.js';
import {
  accrualEntry,
  type AccruedPeriod,
  bookedOf,
  contraEntry,
  documentEntry,
  type JournalEntry,
  totalsOf,
} from './entries.js';
import { writeBatch } from './formats.js';

const MAP = {
  ...{ journal: 'ACH', supplierAccount: '4411', accrualAccount: '4417', vatAccount: '34552' },
  creditAccount: '3417',
  ...{ chargeAccount: '6125', kinds: [{ kind: 'COVERAGE_DAMAGES', account: '6583' }] as const },
};
const line = (amountMad: string, kind: BilledLine['kind'] = 'ENERGY'): BilledLine => ({
  ...{ kind, label: 'x', quantity: '1', unit: 'MWh', priceMad: null, amountMad, vatRatePct: '10' },
});
const DOCUMENT = {
  ...{ contractCode: 'PPA', sellerCode: 'TAQA', number: 'AV-1', issueDate: '2026-11-10' },
  ...{ lines: [line('-198000.00')], vatMad: '-19800.00', grossMad: '-217800.00' },
};
const PERIOD: AccruedPeriod = {
  ...{ contractCode: 'PPA', sellerCode: 'TAQA', period: '2026-10' },
  settled: [line('1000.00'), line('-100.00', 'COVERAGE_DAMAGES')],
  billed: [],
};
const none = { booked: new Map(), date: '2026-10-31' };
const short = (entry: JournalEntry | null) =>
  entry?.lines.map(({ account, debitMad, creditMad }) => [account, debitMad, creditMad]);

describe('the books of a month', () => {
  it('hold E19 as INVOICING 9 says', () => {
    expect(short(documentEntry(DOCUMENT, MAP, '2026-11-10'))).toEqual([
      ['4411', '217800.00', '0.00'],
      ['34552', '0.00', '19800.00'],
      ['6125', '0.00', '198000.00'],
    ]);
  });

  it('accrue what is not billed, and take it back when the invoice arrives', () => {
    const first = accrualEntry(PERIOD, MAP, none)!;
    expect(short(first)).toEqual([
      ['6125', '1000.00', '0.00'],
      ['4417', '0.00', '900.00'],
      ['6583', '0.00', '100.00'],
    ]);
    const booked = bookedOf([first]).get(first.key)!.amounts;
    expect(accrualEntry(PERIOD, MAP, { ...none, booked })).toBeNull();
    const billed = { ...PERIOD, billed: PERIOD.settled };
    const back = accrualEntry(billed, MAP, { booked, date: '2026-11-30' })!;
    expect(short(back)).toEqual([
      ...[
        ['4417', '900.00', '0.00'],
        ['6583', '100.00', '0.00'],
        ['6125', '0.00', '1000.00'],
      ],
    ]);
    expect(accrualEntry(billed, MAP, none)).toBeNull();
    const tooMuch = { ...billed, billed: [line('1500.00')] };
    expect(short(accrualEntry(tooMuch, MAP, none))).toEqual([
      ['3417', '600.00', '0.00'],
      ['6125', '0.00', '500.00'],
      ['6583', '0.00', '100.00'],
    ]);
  });

  it('balance in every entry, also where a document does not add up', () => {
    const cents = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => (n / 100).toFixed(2));
    fc.assert(
      fc.property(fc.array(cents, { maxLength: 5 }), cents, cents, (amounts, vatMad, grossMad) => {
        const lines = amounts.map((mad) => line(mad));
        const entry = documentEntry({ ...DOCUMENT, lines, vatMad, grossMad }, MAP, '2026-11-10');
        const { debitMad, creditMad } = totalsOf([entry]);
        expect(debitMad).toBe(creditMad);
        const accrual = accrualEntry({ ...PERIOD, settled: lines }, MAP, none);
        const accrued = totalsOf(accrual === null ? [] : [accrual]);
        expect(accrued.debitMad).toBe(accrued.creditMad);
      }),
    );
  });

  it('take an entry back by its contra, after which it can be booked again', () => {
    const entry = documentEntry(DOCUMENT, MAP, '2026-11-10');
    const contra = contraEntry(entry, '2026-11-30');
    const { times, amounts } = bookedOf([entry, contra]).get(entry.key)!;
    expect([times, [...amounts.values()].every((mad) => mad.isZero())]).toEqual([0, true]);
  });
});

describe('a batch in the forms of accounting systems', () => {
  const entry = { ...documentEntry(DOCUMENT, MAP, '2026-11-10'), label: '=HYPERLINK("x")' };
  const batch = {
    ...{ batchId: 'B', journal: 'ACH', createdOn: '2026-12-01', oracle: null, entries: [entry] },
  };

  it('neutralises text that a spreadsheet would compute, and leaves numbers alone', () => {
    const [header, first] = writeBatch(batch, 'csv').split('\n');
    expect(header).toMatch(/^batch,entry,date/);
    expect(first).toBe(
      `B,1,2026-11-10,ACH,4411,"'=HYPERLINK(""x"")",AV-1,TAQA,PPA,INVOICE,217800.00,0.00`,
    );
    expect(writeBatch(batch, 'odoo').split('\n')[0]).toBe(
      'DATE,JAL,COMPTE,PCE,LIBELLE,DEBIT,CREDIT',
    );
  });

  it('needs Oracle’s ids for Oracle', () => {
    expect(() => writeBatch(batch, 'oracle')).toThrow('journal.no_oracle_ledger');
    const oracle = { ledgerId: '300000', source: 'Mizan', category: 'Energy' };
    const [, first] = writeBatch({ ...batch, oracle }, 'oracle').split('\n');
    expect(first).toMatch(
      /^NEW,300000,2026\/11\/10,Mizan,Energy,MAD,2026\/12\/01,A,4411,217800.00,,217800.00,,B,AV-1,/,
    );
  });
});
