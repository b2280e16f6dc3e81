import type { Readable } from 'node:stream';
import { DomainError, type ErrorDetails } from '../../../core/errors.js';
import type { ReadingContext } from '../../../core/metering/formats/context.js';
import { csvColumnsReader } from '../../../core/metering/formats/tables/csv-columns.js';
import { csvLongReader } from '../../../core/metering/formats/tables/csv-long.js';
import { csvWideReader } from '../../../core/metering/formats/tables/csv-wide.js';
import { type Detected, detectFormat } from '../../../core/metering/formats/detect.js';
import { espiReader } from '../../../core/metering/formats/espi.js';
import { jsonReader } from '../../../core/metering/formats/tables/json-rows.js';
import { nem12Reader } from '../../../core/metering/formats/nem12.js';
import { unreadSettings } from '../../../core/metering/formats/settings.js';
import type { RowReader } from '../../../core/metering/formats/tables/table-reader.js';
import type { ImportProfile, IntervalFormat } from '../../../core/metering/import-profile.js';
import { endsWithNotes, rowBeforeHarmless } from '../../../core/tabular/csv-text.js';
import {
  type FieldRow,
  fieldText,
  fieldTexts,
  rowText,
  scanRows,
  withoutNotes,
} from '../../../core/tabular/delimited.js';
import type { TextEncoding } from '../../../core/tabular/text-encoding.js';
import { readJsonPath } from '../../../platform/files/formats/json-items.js';
import { noText, TextFault, textBytes } from '../../../platform/files/formats/text-bytes.js';
import { readXml } from '../../../platform/files/formats/xml.js';

/** What a pass is told besides where its readings go. */
export interface HowToPass {
  readonly fileName: string;
  readonly profile: ImportProfile;
  readonly onProgress?: (bytesRead: number, rowCount: number) => void | Promise<void>;
}

/** What a pass found out of its file. */
export interface PassedFile {
  readonly encodings: readonly TextEncoding[];
  readonly isHandedBack: boolean;
  readonly format: IntervalFormat;
  readonly delimiter: string | null;
  readonly header: string;
}

const HEAD_BYTES = 65_536;

/** Tells lines that the profile passes over before their quotes are read. */
function lineSkipper({ ignoreLines }: ImportProfile): (bytes: Uint8Array, from: number) => boolean {
  const starts = ignoreLines.map((start) => Buffer.from(start));
  return (bytes, from) =>
    starts.some((start) => {
      for (let at = 0; at < start.length; at += 1) {
        if (bytes[from + at] !== start[at]) return false;
      }
      return true;
    });
}

/** One pass over one file. */
export class FilePass {
  private bytesRead = 0;
  private rowCount = 0;
  private header = '';
  private hasHeader = false;
  private line = 0;
  private delimiter = ',';
  /** Whether it is a file of rejected rows that we handed back, with notes of ours in it. */
  private isHandedBack = false;
  private readonly context: ReadingContext;

  constructor(
    context: ReadingContext,
    private readonly how: HowToPass,
  ) {
    const plain = (row: string): string =>
      this.isHandedBack ? rowBeforeHarmless(row, this.delimiter) : row;
    this.context = {
      ...context,
      onHeader: (row) => {
        this.header = rowText(row);
        this.hasHeader = true;
      },
      reject: (problem, text) => context.reject(problem, text === null ? null : plain(text)),
    };
  }

  async run(bytes: Readable): Promise<PassedFile> {
    try {
      return await this.passed(bytes);
    } catch (error) {
      throw toldOfFile(error, this.how.fileName);
    }
  }

  private async passed(bytes: Readable): Promise<PassedFile> {
    const { fileName, profile } = this.how;
    const encodings: TextEncoding[] = [];
    const chunks = textBytes(bytes, fileName, {
      encoding: profile.encoding,
      onEncoding: (encoding) => encodings.push(encoding),
    });
    const head = await chunks.next().catch((error: unknown) => this.unreadable(error));
    const start = head.done === true ? Buffer.alloc(0) : head.value;
    const detected = detectFormat(start.subarray(0, HEAD_BYTES).toString('utf8'), profile);
    if (detected === null) {
      const detail =
        'Not a form of interval file that is known: CSV, NEM12 or Green Button XML; JSON where the profile says where its readings stand (rows).';
      throw new DomainError('import.file_unreadable', { file: fileName, detail });
    }
    const all = this.counted(start, chunks);
    requireForm(profile, detected.format, fileName);
    if (detected.format === 'espi') {
      try {
        await readXml(all, fileName, espiReader(this.context));
      } catch (error) {
        return this.unreadable(error);
      }
      return { format: 'espi', encodings, delimiter: null, header: '', isHandedBack: false };
    }
    if (detected.format === 'json') {
      await this.readItems(all);
      return { format: 'json', encodings, delimiter: null, header: '', isHandedBack: false };
    }
    await this.readRows(all, detected);
    const delimiter = 'delimiter' in detected ? detected.delimiter : ',';
    const header = this.isHandedBack ? rowBeforeHarmless(this.header, this.delimiter) : this.header;
    return {
      format: detected.format,
      encodings,
      delimiter,
      header,
      isHandedBack: this.isHandedBack,
    };
  }

  private async *counted(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
    const tell = async (chunk: Buffer): Promise<void> => {
      this.bytesRead += chunk.length;
      await this.how.onProgress?.(this.bytesRead, this.rowCount);
    };
    yield head;
    await tell(head);
    for await (const chunk of rest) {
      yield chunk;
      await tell(chunk);
    }
  }

  private async readItems(chunks: AsyncIterable<Buffer>): Promise<void> {
    const { fileName, profile } = this.how;
    const reader = jsonReader(this.context);
    for await (const item of readJsonPath(chunks, fileName, profile.rows ?? '$')) {
      this.rowCount += 1;
      reader.item(item, this.rowCount);
    }
    reader.end();
  }

  private async readRows(chunks: AsyncGenerator<Buffer>, detected: Detected): Promise<void> {
    const { fileName } = this.how;
    const delimiter = 'delimiter' in detected ? detected.delimiter : ',';
    const reader: RowReader =
      detected.format === 'nem12' ? nem12Reader(this.context) : this.rowsOf(detected);
    const onRow = (row: FieldRow): void => {
      this.line = row.line;
      if (row.count === 1 && fieldText(row, 0) === '') return;
      if (this.rowCount === 0) {
        this.delimiter = delimiter;
        this.isHandedBack = endsWithNotes(fieldTexts(row));
      }
      if (this.isHandedBack) withoutNotes(row);
      if (this.rowCount === 0) this.header = rowText(row);
      this.rowCount += 1;
      reader.row(row);
    };
    const scanner = scanRows(delimiter.charCodeAt(0), onRow, undefined, {
      skipped: lineSkipper(this.how.profile),
      forgiven: () => detected.format !== 'nem12' && !this.hasHeader,
    });
    try {
      for await (const chunk of chunks) {
        if (scanner.push(chunk) !== null) break;
      }
    } catch (error) {
      this.unreadable(error);
    }
    const fault = scanner.end();
    if (fault?.kind === 'limit') {
      throw new DomainError('import.limit_exceeded', {
        limit: fault.limit,
        allowed: fault.allowed,
      });
    }
    if (fault !== null) {
      const detail = `The quotes of line ${fault.line} are broken: a field in quotes ends with its quote, and doubles those inside.`;
      throw new DomainError('import.file_unreadable', { file: fileName, detail });
    }
    reader.end();
  }

  private rowsOf({ format }: Detected): RowReader {
    if (format === 'csv-wide') return csvWideReader(this.context);
    return format === 'csv-columns' ? csvColumnsReader(this.context) : csvLongReader(this.context);
  }

  private unreadable(error: unknown): never {
    if (!(error instanceof TextFault)) throw error;
    const detail = noText(this.line + 1);
    throw new DomainError('import.file_unreadable', { file: this.how.fileName, detail });
  }
}

/** A limit says in which file it was passed: several may have been sent as one. */
function toldOfFile(error: unknown, file: string): unknown {
  if (!(error instanceof DomainError) || error.code !== 'import.limit_exceeded') return error;
  const { limit, allowed } = error.details as ErrorDetails['import.limit_exceeded'];
  return new DomainError('import.limit_exceeded', { limit, allowed, file }, { cause: error });
}

/**
 * Requires that what a profile states goes with the form of the file: a setting that is passed over would
 * let values be read otherwise than the profile says.
 */
function requireForm(profile: ImportProfile, format: IntervalFormat, fileName: string): void {
  const unread = unreadSettings(profile, format);
  if (unread.length === 0) return;
  const settings = unread.map(({ setting }) => setting);
  const each = unread.map(
    ({ setting, value, instead }) => `${setting} (${JSON.stringify(value)}): ${instead}`,
  );
  throw new DomainError('import.profile_unfit', {
    file: fileName,
    format,
    settings,
    detail: `The file is ${format}, which does not read what the profile states of ${each.join('; ')}.`,
    fix: settings.includes('quantity')
      ? 'Send readings of a counter as one row each (csv-long), or name a profile with quantity: energy.'
      : `Leave ${settings.join(', ')} out of the profile, or name another profile for this file.`,
  });
}
