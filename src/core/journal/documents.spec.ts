import { bookedAs, type ChargedDocument } from './documents.js';
import { documentKey } from './entries.js';

const document = (number: string, mad: string, of: Partial<ChargedDocument> = {}) => ({
  contractCode: 'PPA',
  sellerCode: 'TAQA',
  number,
  reuse: 0,
  issueDate: '2026-11-10',
  period: '2026-10',
  fallen: null,
  replaces: null,
  vatMad: '0.00',
  grossMad: mad,
  lines: [
    {
      kind: 'ENERGY' as const,
      label: 'x',
      quantity: '1',
      unit: 'MWh',
      priceMad: null,
      amountMad: mad,
      vatRatePct: null,
    },
  ],
  ...of,
});
const WRONG = document('FAC-1', '100.00');
const key = documentKey(WRONG);
const RIGHT = document('FAC-2', '90.00', { replaces: key });
const grossOf = (
  documents: readonly ChargedDocument[],
  booked: readonly string[] = [],
): [taken: string[], left: string[]] => {
  const { taken, left } = bookedAs(documents, (one) => booked.includes(one));
  return [
    taken.map(({ number, grossMad }) => `${number} ${grossMad}`),
    left.map(({ number, fallen }) => `${number} ${fallen}`),
  ];
};

describe('documents that the books hold', () => {
  it.each([
    [
      'a corrected invoice as what it changes',
      [WRONG, RIGHT],
      [],
      ['FAC-1 100.00', 'FAC-2 -10.00'],
      [],
    ],
    ['nothing of a voided one', [{ ...WRONG, fallen: 'VOIDED' }], [key], [], ['FAC-1 VOIDED']],
    [
      'nothing of one upheld in full',
      [{ ...WRONG, fallen: 'UPHELD' }],
      [key],
      [],
      ['FAC-1 UPHELD'],
    ],
    [
      'the whole of a correction where what it corrects fell before',
      [{ ...WRONG, fallen: 'UPHELD' }, RIGHT],
      [],
      ['FAC-2 90.00'],
      ['FAC-1 UPHELD'],
    ],
    [
      'both where the difference was booked',
      [{ ...WRONG, fallen: 'UPHELD' }, RIGHT],
      [key],
      ['FAC-1 100.00', 'FAC-2 -10.00'],
      [],
    ],
    [
      'what was corrected, once its correction is voided',
      [WRONG, { ...RIGHT, fallen: 'VOIDED' }],
      [key],
      ['FAC-1 100.00'],
      ['FAC-2 VOIDED'],
    ],
  ] as const)('are %s', (_, documents, booked, taken, left) => {
    expect(grossOf(documents, booked)).toEqual([taken, left]);
  });

  it('are told apart where a number was voided and used again', () => {
    const again = { ...WRONG, reuse: 1, grossMad: '7.00' };
    expect(grossOf([{ ...WRONG, fallen: 'VOIDED' }, again], [key])).toEqual([
      ['FAC-1 7.00'],
      ['FAC-1 VOIDED'],
    ]);
    expect(documentKey(again)).not.toBe(key);
  });
});
