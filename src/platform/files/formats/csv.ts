import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { DomainError } from '../../../core/errors.js';

/** One row of a CSV file. */
export interface CsvRow {
  /** Line where the row starts, as an editor shows it; 1 is the header. */
  readonly line: number;
  readonly values: readonly string[];
}

const FIELD_LIMIT_BYTES = 4_096;
const COLUMN_LIMIT = 256;
const ROW_LIMIT = 2_000_000;
/** Nobody's file has that many; millions of them are cheap to send and dear to pass over. */
const BLANK_LIMIT = 10_000;

/**
 * Streams the rows of a CSV file: UTF-8 (a byte-order mark is passed over), comma, RFC 4180 quotes,
 * header included. Memory does not grow with the file.
 *
 * @param bytes     The file.
 * @param fileName  For messages.
 * @throws DomainError `import.file_unreadable` for broken quotes, other encodings and NUL bytes;
 *                     `import.limit_exceeded` beyond 2,000,000 rows, 256 columns, 4 KiB a field or
 *                     10,000 empty lines one after the other.
 */
export async function* readCsv(bytes: Readable, fileName: string): AsyncGenerator<CsvRow> {
  const parser = bytes.pipe(
    parse({
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: false,
      max_record_size: FIELD_LIMIT_BYTES * COLUMN_LIMIT,
      encoding: 'utf8',
    }),
  );
  bytes.on('error', (error) => parser.destroy(error));
  let nextLine = 1;
  let rowCount = 0;
  let blankCount = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      const line = nextLine;
      nextLine = info.lines + 1;
      rowCount += 1;
      blankCount = record.length === 1 && record[0] === '' ? blankCount + 1 : 0;
      if (blankCount > BLANK_LIMIT) {
        const limit = { limit: 'empty lines one after the other', allowed: BLANK_LIMIT };
        throw new DomainError('import.limit_exceeded', limit);
      }
      checkLimits(record, rowCount);
      const broken = record.find((value) => value.includes('\0') || value.includes('\ufffd'));
      if (broken !== undefined) {
        const detail = `Line ${line} holds bytes that are not UTF-8 text. Save the file as UTF-8.`;
        throw new DomainError('import.file_unreadable', { file: fileName, detail });
      }
      yield { line, values: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DomainError(
      'import.file_unreadable',
      { file: fileName, detail: `${error.message} (near line ${nextLine})` },
      { cause: error },
    );
  } finally {
    parser.destroy();
    bytes.destroy();
  }
}

interface Parsed {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

function checkLimits(values: readonly string[], rowCount: number): void {
  const exceeded: readonly [boolean, string, number][] = [
    [rowCount > ROW_LIMIT + 1, 'rows in one file', ROW_LIMIT],
    [values.length > COLUMN_LIMIT, 'columns', COLUMN_LIMIT],
    [
      values.some((value) => value.length > FIELD_LIMIT_BYTES),
      'bytes in a field',
      FIELD_LIMIT_BYTES,
    ],
  ];
  const found = exceeded.find(([isExceeded]) => isExceeded);
  if (found !== undefined) {
    throw new DomainError('import.limit_exceeded', { limit: found[1], allowed: found[2] });
  }
}
