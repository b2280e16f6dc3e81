import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { fieldTexts, type FieldRow, rowText, scanRows } from './delimited.js';

/** Rows of a text, cut into chunks of some size. */
function scan(text: string, chunkBytes: number, delimiter = ',') {
  const bytes = Buffer.from(text);
  const rows: { line: number; values: string[] }[] = [];
  const scanner = scanRows(delimiter.charCodeAt(0), (row: FieldRow) => {
    rows.push({ line: row.line, values: fieldTexts(row) });
  });
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const fault = scanner.push(bytes.subarray(at, at + chunkBytes));
    if (fault !== null) return { rows, fault };
  }
  return { rows, fault: scanner.end() };
}

describe('rows of a delimited file', () => {
  const field = fc.string({
    unit: fc.constantFrom('a', 'é', '1', ' ', ',', '"', '\n', ';'),
    maxLength: 6,
  });
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), {
    minLength: 1,
    maxLength: 8,
  });
  const quoted = (value: string): string =>
    /[",\n]/.test(value) || value.trim() === '' ? `"${value.replaceAll('"', '""')}"` : value;

  it('are those of an independent parser, however the file is cut into chunks', () => {
    fc.assert(
      fc.property(
        table,
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (rows, chunkBytes, isCrLf) => {
          const text = rows.map((row) => row.map(quoted).join(',')).join(isCrLf ? '\r\n' : '\n');
          const expected = parse(text, { relax_column_count: true, skip_empty_lines: false });
          const found = scan(`${text}\n`, chunkBytes);
          expect(found.fault).toBeNull();
          expect(found.rows.map(({ values }) => values)).toEqual(
            expected.map((row: string[]) => row.map((value) => value.trim())),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('carry the line where they start, also after line breaks in quotes and blank lines', () => {
    const { rows } = scan('a,b\n"x\ny",1\n\nlast,2', 3);
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 5]);
    expect(rows[1]!.values).toEqual(['x\ny', '1']);
  });

  it('keep their text for handing back', () => {
    const texts: string[] = [];
    const scanner = scanRows(59, (row) => texts.push(rowText(row)));
    scanner.push(Buffer.from('a;"b;c";d\r\ne;"f"\n'));
    expect(texts).toEqual(['a;"b;c";d', 'e;"f"']);
  });

  it.each([
    ['an open quote', 'a,"b\n', 'quotes'],
    ['a quote inside', 'a,b"c\n', 'quotes'],
    ['text after a quote', 'a,"b"c\n', 'quotes'],
    ['a huge field', `a,${'x'.repeat(5_000)}\n`, 'limit'],
    ['too many columns', `${'a,'.repeat(600)}\n`, 'limit'],
    ['a field without an end', `a,"${'x'.repeat(9_000)}`, 'limit'],
  ])('stop at %s', (_, text, kind) => {
    expect(scan(text, 1_000).fault).toMatchObject({ kind });
  });
});
