import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { BilledLine } from '../invoicing/checks/billed.js';
import {
  accrualEntry,
  type AccruedPeriod,
  bookedOf,
  contraEntry,
  documentEntry,
  fallenEntry,
  type JournalEntry,
  totalsOf,
} from './entries.js';
import { writeBatch } from './formats.js';

const MAP = {
  journal: 'ACH',
  supplierAccount: '4411',
  accrualAccount: '4417',
  vatAccount: '34552',
  creditAccount: '3417',
  chargeAccount: '6125',
  kinds: [{ kind: 'COVERAGE_DAMAGES', account: '6583' }] as const,
};
const line = (amountMad: string, kind: BilledLine['kind'] = 'ENERGY'): BilledLine => ({
  kind,
  label: 'x',
  quantity: '1',
  unit: 'MWh',
  priceMad: null,
  amountMad,
  vatRatePct: '10',
});
const DOCUMENT = {
  contractCode: 'PPA',
  sellerCode: 'TAQA',
  number: 'AV-1',
  reuse: 0,
  issueDate: '2026-11-10',
  lines: [line('-198000.00')],
  vatMad: '-19800.00',
  grossMad: '-217800.00',
};
const PERIOD: AccruedPeriod = {
  contractCode: 'PPA',
  sellerCode: 'TAQA',
  period: '2026-10',
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
      ['4417', '900.00', '0.00'],
      ['6583', '100.00', '0.00'],
      ['6125', '0.00', '1000.00'],
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

  it('take a voided document out to what they hold of it, and book it again when that is reversed', () => {
    const entry = documentEntry(DOCUMENT, MAP, '2026-11-10');
    const { amounts } = bookedOf([entry]).get(entry.key)!;
    const fallen = fallenEntry(DOCUMENT, { why: 'Voided', booked: amounts, date: '2026-12-31' });
    expect(fallen).toMatchObject({ kind: 'CONTRA', label: 'Voided: Credit note AV-1' });
    expect(short(fallen)).toEqual([
      ['34552', '19800.00', '0.00'],
      ['6125', '198000.00', '0.00'],
      ['4411', '0.00', '217800.00'],
    ]);
    const timesOf = (...entries: JournalEntry[]) => bookedOf(entries).get(entry.key)!.times;
    expect(timesOf(entry, fallen)).toBe(0);
    expect(timesOf(entry, fallen, contraEntry(fallen, '2026-12-31'))).toBe(1);
  });
});

describe('a batch in the forms of accounting systems', () => {
  const plain = documentEntry(DOCUMENT, MAP, '2026-11-10');
  const entry = { ...plain, label: '=HYPERLINK("x")' };
  const batch = {
    batchId: 'B',
    sequence: 7,
    journal: 'ACH',
    createdOn: '2026-12-01',
    oracle: null,
    entries: [entry],
  };

  it('neutralises text that a spreadsheet would compute, and leaves numbers alone', () => {
    const [header, first] = writeBatch(batch, 'csv').split('\n');
    expect(header).toMatch(/^batch,entry,date/);
    expect(first).toBe(
      `B,1,2026-11-10,ACH,4411,"'=HYPERLINK(""x"")",AV-1,TAQA,PPA,INVOICE,217800.00,0.00`,
    );
  });

  it('needs Oracle’s ids for Oracle', () => {
    expect(() => writeBatch(batch, 'oracle')).toThrow('journal.no_oracle_ledger');
  });

  const columnsOf = (template: string): string[] =>
    readFileSync(`fixtures/journal/${template}.template.csv`, 'utf8').trimEnd().split(',');
  /** Cells of a line without quotes. */
  const cellsOf = (text: string): string[][] =>
    text
      .trimEnd()
      .split('\n')
      .map((row) => row.split(','));
  const two = { ...batch, entries: [plain, { ...plain, reference: 'AV-2' }] };

  it('fills Oracle’s template: each column in its place, no header, a numeric group, END at the end', () => {
    const oracle = { ledgerId: '300000046975971', source: 'Mizan', category: 'Energy' };
    const rows = cellsOf(writeBatch({ ...two, oracle }, 'oracle'));
    const columns = columnsOf('oracle-gl-interface');
    expect(rows).toHaveLength(two.entries.flatMap(({ lines }) => lines).length);
    for (const row of rows) expect([row.length, row.at(-1)]).toEqual([columns.length, 'END']);
    const filled = (row: string[]) =>
      Object.fromEntries(row.flatMap((cell, at) => (cell === '' ? [] : [[columns[at], cell]])));
    expect(filled(rows[0]!)).toEqual({
      '*Status Code': 'NEW',
      '*Ledger ID': '300000046975971',
      END: 'END',
      '*Effective Date of Transaction': '2026/11/10',
      '*Currency Code': 'MAD',
      '*Journal Source': 'Mizan',
      '*Journal Category': 'Energy',
      '*Actual Flag': 'A',
      '*Journal Entry Creation Date': '2026/12/01',
      Segment1: '4411',
      'Entered Debit Amount': '217800.00',
      'Converted Debit Amount': '217800.00',
      'REFERENCE1 (Batch Name)': 'Mizan 7',
      'REFERENCE2 (Batch Description)': 'B',
      'REFERENCE4 (Journal Entry Name)': 'Mizan 7-1',
      'REFERENCE5 (Journal Entry Description)': 'Credit note AV-1',
      'REFERENCE6 (Journal Entry Reference)': 'AV-1',
      'REFERENCE10 (Journal Entry Line Description)': 'Credit note AV-1',
      'Reference column 1': 'TAQA',
      'Reference column 2': 'PPA',
      'Interface Group Identifier': '7',
    });
    expect(
      rows.every((row) => columns.every((name, at) => !name.startsWith('*') || row[at] !== '')),
    ).toBe(true);
    const segments = ['01', '{account}', '000'];
    const [first] = cellsOf(writeBatch({ ...two, oracle: { ...oracle, segments } }, 'oracle'));
    expect(filled(first!)).toMatchObject({ Segment1: '01', Segment2: '4411', Segment3: '000' });
  });

  it('fills Odoo’s import of account.move: ids, ISO days, the entry’s own fields on its first line', () => {
    const [header, ...rows] = cellsOf(writeBatch(two, 'odoo'));
    expect(header).toEqual(columnsOf('odoo-account-move'));
    expect(rows[0]).toEqual([
      'mizan_B_1',
      'entry',
      'ACH',
      '2026-11-10',
      'AV-1',
      '4411',
      'TAQA',
      'Credit note AV-1',
      '217800.00',
      '0.00',
    ]);
    expect(rows[1]!.slice(0, 7)).toEqual(['', '', '', '', '', '34552', 'TAQA']);
    expect(rows.filter(([id]) => id !== '').map(([id]) => id)).toEqual(['mizan_B_1', 'mizan_B_2']);
  });
});
