import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { leftOutList, type ReadingContext } from '../../core/metering/formats/context.js';
import { csvColumnsReader } from '../../core/metering/formats/csv-columns.js';
import { csvLongReader } from '../../core/metering/formats/csv-long.js';
import type { RowReader } from '../../core/metering/formats/table-reader.js';
import { csvWideReader } from '../../core/metering/formats/csv-wide.js';
import { type Detected, detectFormat } from '../../core/metering/formats/detect.js';
import { espiReader } from '../../core/metering/formats/espi.js';
import { nem12Reader } from '../../core/metering/formats/nem12.js';
import type { ImportProfile, IntervalFormat } from '../../core/metering/import-profile.js';
import {
  type Gathered,
  type IntakeMeter,
  type LeftOutChannel,
  openIntake,
} from '../../core/metering/intake.js';
import { endsWithNotes, rowBeforeHarmless } from '../../core/tabular/csv-text.js';
import {
  type FieldRow,
  fieldText,
  fieldTexts,
  rowText,
  scanRows,
  withoutNotes,
} from '../../core/tabular/delimited.js';
import type { FileZone } from '../../core/time/local-stamp.js';
import type { KeptFile } from '../../platform/files/file-store.js';
import { RowProblems } from '../../platform/files/row-problems.js';
import { TextFault, textBytes } from '../../platform/files/text-bytes.js';
import { readXml } from '../../platform/files/xml.js';
import { ImportsService } from '../imports/imports.service.js';

/** What a file of intervals says, and what is wrong with it. */
export interface IntervalFile extends Gathered {
  readonly format: IntervalFormat;
  /** Of delimited files; null for the others. */
  readonly delimiter: string | null;
  /** First row as written; of delimited files. */
  readonly header: string;
  readonly leftOut: readonly LeftOutChannel[];
  readonly problems: RowProblems;
}

/** How to read a file. */
export interface HowToRead {
  readonly fileName: string;
  readonly profile: ImportProfile;
  readonly zone: FileZone;
  readonly meters: readonly IntakeMeter[];
  /** Code of the meter of a file that names none; null without. */
  readonly onlyMeter: string | null;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
  /** Told how many bytes of text were read; throws to stop. */
  readonly onProgress?: (bytesRead: number, rowCount: number) => void | Promise<void>;
}

/** Reads files of intervals in every form that is known. */
@Injectable()
export class IntervalFileService {
  constructor(private readonly imports: ImportsService) {}

  /**
   * Streams a file, checks every row, and gathers its days. Memory holds the days, not the file.
   *
   * @returns What it says, and its problems: the caller decides what they are worth.
   * @throws DomainError `import.file_unreadable`, `import.limit_exceeded`, `record.not_found` for a
   *                     meter that the upload names and nobody knows.
   */
  async read(file: KeptFile, how: HowToRead): Promise<IntervalFile> {
    const { meters, onlyMeter, profile, zone } = how;
    const only = onlyMeter === null ? -1 : meters.findIndex(({ code }) => code === onlyMeter);
    if (onlyMeter !== null && only < 0) {
      throw new DomainError('record.not_found', { kind: 'meter', recordCode: onlyMeter });
    }
    const problems = new RowProblems();
    const intake = openIntake(meters);
    const leftOut = leftOutList();
    const context: ReadingContext = {
      ...{ profile, zone, meters: intake.meters, intake, onlyMeter: only },
      reject: (problem, text) => problems.add(problem, text),
      leaveOut: (channel, reason) => leftOut.add(channel, reason),
    };
    const reading = await new FileReading(context, how).run(
      textBytes(this.imports.open(file, how.signal), how.fileName),
    );
    const gathered = intake.collect(profile.channels);
    // Rows that were mended stand where they stood: how far apart says nothing.
    const faults = gathered.faults.filter(
      ({ rule }) => rule !== 'interval.spacing' || !reading.isHandedBack,
    );
    for (const fault of faults) problems.add(fault);
    const isEmpty = gathered.rowCount === 0 && gathered.counters.length === 0;
    if (isEmpty && leftOut.list().length === 0 && problems.isEmpty) {
      problems.add({
        ...{ row: 1, column: 'file', value: '', rule: 'file.not_empty' },
        detail: 'The file has no readings.',
        fix: 'Send a file with at least one reading.',
      });
    }
    if (!Number.isSafeInteger(gathered.totalWh)) {
      const detail = 'The file adds up to more than 9007199254740991 Wh.';
      throw new DomainError('energy.total_unsafe', { what: 'control total', detail });
    }
    return { ...gathered, ...reading, leftOut: leftOut.list(), problems };
  }
}

interface Reading {
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
class FileReading {
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
    private readonly how: HowToRead,
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

  async run(chunks: AsyncGenerator<Buffer>): Promise<Reading> {
    const { fileName, profile } = this.how;
    const head = await chunks.next().catch((error: unknown) => this.unreadable(error));
    const start = head.done === true ? Buffer.alloc(0) : head.value;
    const detected = detectFormat(start.subarray(0, HEAD_BYTES).toString('utf8'), profile);
    if (detected === null) {
      const detail =
        'Not a form of interval file that is known: CSV, NEM12 or Green Button XML. JSON goes to /v1/readings.';
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
      return { format: 'espi', delimiter: null, header: '', isHandedBack: false };
    }
    await this.readRows(all, detected);
    const delimiter = 'delimiter' in detected ? detected.delimiter : ',';
    const header = this.isHandedBack ? rowBeforeHarmless(this.header, this.delimiter) : this.header;
    return { format: detected.format, delimiter, header, isHandedBack: this.isHandedBack };
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
    const detail = `Line ${this.line + 1} holds bytes that are not UTF-8 text. Save the file as UTF-8.`;
    throw new DomainError('import.file_unreadable', { file: this.how.fileName, detail });
  }
}

/**
 * Requires that a profile which says how counters are read goes with a form whose counters are read: in
 * the others a reading of the counter would be taken for the energy of an interval.
 */
function requireForm(profile: ImportProfile, format: IntervalFormat, fileName: string): void {
  const isCounter = profile.quantity === 'register';
  if (isCounter ? format === 'csv-long' : profile.registerDigits === null) return;
  const detail = isCounter
    ? `The profile says that values are readings of a counter (quantity: register); the file is ${format}, whose values are the energy of intervals.`
    : 'The profile names digits of a counter (registerDigits), and no counter (quantity: energy).';
  throw new DomainError('import.profile_unfit', {
    ...{ file: fileName, format, detail },
    fix: isCounter
      ? 'Send one row per reading (csv-long), or name a profile with quantity: energy.'
      : 'Leave registerDigits out, or state quantity: register.',
  });
}
