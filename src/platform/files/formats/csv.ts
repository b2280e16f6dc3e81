import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { DomainError } from '../../../core/errors.js';
import { likelyDelimiter } from '../../../core/tabular/delimited.js';
import { type HowToDecode, noText, TextFault, utf8Bytes } from './text-bytes.js';

/** One row of a CSV file. */
export interface CsvRow {
  /** Line where the row starts, as an editor shows it; 1 is the header. */
  readonly line: number;
  readonly values: readonly string[];
}

const LF = 10;
const FIRST_LINE_BYTES = 65_536;
const FIELD_LIMIT_BYTES = 4_096;
const COLUMN_LIMIT = 256;
const ROW_LIMIT = 2_000_000;
/** Nobody's file has that many; millions of them are cheap to send and dear to pass over. */
const BLANK_LIMIT = 10_000;

/**
 * Streams the rows of a CSV file: text as `utf8Bytes` reads it, divided by what its first line has most
 * of among comma, semicolon, tab and bar, RFC 4180 quotes, header included. Memory does not grow with
 * the file.
 *
 * @param bytes     The file.
 * @param fileName  For messages.
 * @param how       Who is told what its text is written in.
 * @throws DomainError `import.file_unreadable` for broken quotes, other encodings and NUL bytes;
 *                     `import.limit_exceeded` beyond 2,000,000 rows, 256 columns, 4 KiB a field or
 *                     10,000 empty lines one after the other.
 */
export async function* readCsv(
  bytes: Readable,
  fileName: string,
  how: HowToDecode = {},
): AsyncGenerator<CsvRow> {
  const text = new CountedText(utf8Bytes(bytes as AsyncIterable<Buffer>, how));
  const delimiter = likelyDelimiter(
    await text.firstLine().catch((error: unknown) => text.refuse(error, fileName)),
  );
  const source = Readable.from(text.all(), { objectMode: false });
  const parser = source.pipe(
    parse({
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: false,
      max_record_size: FIELD_LIMIT_BYTES * COLUMN_LIMIT,
      encoding: 'utf8',
    }),
  );
  source.on('error', (error) => parser.destroy(error));
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
        throw new DomainError('import.file_unreadable', { file: fileName, detail: noText(line) });
      }
      yield { line, values: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) return text.refuse(error, fileName);
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

/** A text whose lines are counted as it is read, and whose first one is looked at before. */
class CountedText {
  private head = Buffer.alloc(0);
  private line = 1;

  constructor(private readonly chunks: AsyncGenerator<Buffer>) {}

  async firstLine(): Promise<string> {
    while (!this.head.includes(LF) && this.head.length < FIRST_LINE_BYTES) {
      const next = await this.chunks.next();
      if (next.done === true) break;
      this.head = Buffer.concat([this.head, next.value]);
    }
    return this.head.toString('utf8').split('\n', 1)[0]!;
  }

  async *all(): AsyncGenerator<Buffer> {
    if (this.head.length > 0) yield this.counted(this.head);
    for await (const chunk of this.chunks) yield this.counted(chunk);
  }

  /** @throws DomainError `import.file_unreadable` for bytes that are no text; anything else as it is */
  refuse(error: unknown, fileName: string): never {
    if (!(error instanceof TextFault)) throw error;
    const detail = noText(this.line);
    throw new DomainError('import.file_unreadable', { file: fileName, detail }, { cause: error });
  }

  private counted(chunk: Buffer): Buffer {
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) this.line += 1;
    return chunk;
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
