import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import {
  csvNumber,
  csvTable,
  endsWithNotes,
  harmlessRow,
  NOTES,
  quotedText,
  rowBeforeHarmless,
} from './csv-text.js';
import { type FieldRow, fieldTexts, rowText, scanRows, withoutNotes } from './delimited.js';

describe('a table as CSV', () => {
  it.each(['=1+1', '+1', '-1', '@sum', '\tx', '\rx', '\0x', ' =1', "'=1"])(
    'lets no spreadsheet compute the text %j',
    (text) => {
      const [row] = parse(csvTable([[text, 'a']]), { trim: false });
      expect(row).toEqual([`'${text}`, 'a']);
      expect(quotedText(text)).toBe(`"'${text}"`);
    },
  );

  it('leaves numbers and ordinary texts as they are, and quotes what needs it', () => {
    expect(csvTable([['é a', '5 − 4', -4.2, true, csvNumber('-12.50'), csvNumber('')]])).toBe(
      'é a,5 − 4,-4.2,true,-12.50,\n',
    );
    expect(csvTable([['a,b', 'say "so"', 'two\nlines']])).toBe('"a,b","say ""so""","two\nlines"\n');
  });
});

describe('rejected rows', () => {
  it.each([
    ['=cmd|calc,2026-10-01,-4.2', "'=cmd|calc,2026-10-01,-4.2"],
    ['"=HYPERLINK(""x"",1)",1', `"'=HYPERLINK(""x"",1)",1`],
    ['@a,+b,-c,+5', "'@a,'+b,'-c,+5"],
    ['"a,=b",M-60,1e5', '"a,=b",M-60,1e5'],
    ['\ta,"\tb"', `'\ta,"'\tb"`],
  ])('are no formulas: %s', (row, expected) => {
    expect(harmlessRow(row, ',')).toBe(expected);
  });

  it('are what they were when they come back, apostrophes of their own included', () => {
    const cell = fc.string({ unit: fc.constantFrom(...Array.from(`='@+-1a ,"\t`)), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 4 }), fc.boolean(), (cells, isAll) => {
        const needs = (text: string): boolean => isAll || /[",]/.test(text);
        const row = cells
          .map((text) => (needs(text) ? `"${text.replaceAll('"', '""')}"` : text))
          .join(',');
        expect(rowBeforeHarmless(harmlessRow(row, ','), ',')).toBe(row);
        const handedBack = `${harmlessRow(row, ',')},${NOTES.map(quotedText).join(',')}\n`;
        const found: [string[], string][] = [];
        const scanner = scanRows(44, (one: FieldRow) => {
          withoutNotes(one);
          found.push([fieldTexts(one), rowText(one)]);
        });
        expect(scanner.push(Buffer.from(handedBack))).toBeNull();
        expect(found).toEqual([[cells.map((text) => text.trim()), harmlessRow(row, ',')]]);
      }),
      { numRuns: 500 },
    );
  });

  it('are known by the notes at the end of their header alone', () => {
    expect(endsWithNotes(['meter', ...NOTES])).toBe(true);
    expect(endsWithNotes([...NOTES, 'meter'])).toBe(false);
    expect(endsWithNotes(['meter', 'mizan_line'])).toBe(false);
  });
});
