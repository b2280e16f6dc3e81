import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DomainError, type RowProblem } from '../../../core/errors.js';
import { leftOutList, type ReadingContext } from '../../../core/metering/formats/context.js';
import type { ImportProfile, IntervalFormat } from '../../../core/metering/import-profile.js';
import {
  type Gathered,
  type IntakeMeter,
  type LeftOutChannel,
  openIntake,
} from '../../../core/metering/intake/intake.js';
import type { FileZone } from '../../../core/time/local-stamp.js';
import type { TextEncoding } from '../../../core/tabular/text-encoding.js';
import type { KeptFile } from '../../../platform/files/file-store.js';
import { RowProblems } from '../../../platform/files/row-problems.js';
import { filesOf, type SentFiles } from '../../../platform/files/packed/sent-files.js';
import { ImportsService } from '../../imports/imports.service.js';
import { FilePass, type PassedFile } from './interval-pass.reader.js';

/** What a file of intervals says, and what is wrong with it. */
export interface IntervalFile extends Gathered {
  readonly format: IntervalFormat;
  /** What its text was written in: of each file that was sent in one. */
  readonly encodings: readonly TextEncoding[];
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
  read(file: KeptFile, how: HowToRead): Promise<IntervalFile> {
    return this.readBytes(this.imports.open(file, how.signal), how);
  }

  /** The same for bytes that are not kept. */
  async readBytes(bytes: Readable, how: HowToRead): Promise<IntervalFile> {
    const { meters, onlyMeter, profile, zone } = how;
    const only = onlyMeter === null ? -1 : meters.findIndex(({ code }) => code === onlyMeter);
    if (onlyMeter !== null && only < 0) {
      throw new DomainError('record.not_found', { kind: 'meter', recordCode: onlyMeter });
    }
    const problems = new RowProblems();
    const intake = openIntake(meters);
    const leftOut = leftOutList();
    const context: ReadingContext = {
      profile,
      zone,
      meters: intake.meters,
      intake,
      onlyMeter: only,
      reject: (problem, text) => problems.add(problem, text),
      leaveOut: (channel, reason) => leftOut.add(channel, reason),
    };
    const { reading, nameOf } = await this.pass(await filesOf(bytes, how.fileName), context, how);
    const gathered = intake.collect(profile.channels);
    // Rows that were mended stand where they stood: how far apart says nothing.
    const faults = gathered.faults.filter(
      ({ rule }) => rule !== 'interval.spacing' || !reading.isHandedBack,
    );
    for (const fault of faults) problems.add(nameOf(fault));
    const isEmpty = gathered.rowCount === 0 && gathered.counters.length === 0;
    if (isEmpty && leftOut.list().length === 0 && problems.isEmpty) {
      problems.add({
        row: 1,
        column: 'file',
        value: '',
        rule: 'file.not_empty',
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

  /** Reads the files that were sent, one after the other; lines are counted through all of them. */
  private async pass(
    { files, others }: SentFiles,
    context: ReadingContext,
    how: HowToRead,
  ): Promise<{ readonly reading: PassedFile; readonly nameOf: NameOf }> {
    const { fileName, profile } = how;
    if (files.length > 1 && profile.quantity === 'register') {
      throw new DomainError('import.profile_unfit', {
        file: fileName,
        format: 'zip',
        settings: ['quantity'],
        detail: `Readings of a counter are compared with those before them: ${files.length} files in one are not read for them.`,
        fix: 'Send each file by itself, in order of time.',
      });
    }
    for (const { name, reason } of others) context.leaveOut(name, reason);
    const passed: PassedFile[] = [];
    const places: Place[] = [];
    let lines = 0;
    for (const { name, bytes } of files) {
      const shifted = name === null ? { context, lastLine: () => 0 } : after(lines, name, context);
      const called = name === null ? fileName : `${fileName}: ${name}`;
      const pass = new FilePass(shifted.context, { ...how, fileName: called });
      passed.push(await pass.run(bytes));
      if (name !== null) places.push({ name, after: lines });
      lines = Math.max(lines, shifted.lastLine());
    }
    const encodings = passed.flatMap((one) => one.encodings);
    const reading = { ...passed[0]!, encodings, header: commonHeader(passed) };
    return { reading, nameOf: (problem) => named(problem, places) };
  }
}

/** A file of several in one, and how many lines were counted before it. */
interface Place {
  readonly name: string;
  readonly after: number;
}

type NameOf = (problem: RowProblem) => RowProblem;

/** A problem with the file and the line in it, where several were sent in one. */
function named(problem: RowProblem, places: readonly Place[]): RowProblem {
  const place = places.findLast(({ after: before }) => problem.row > before) ?? places[0];
  if (place === undefined) return problem;
  const detail = `${place.name}, line ${problem.row - place.after}: ${problem.detail}`;
  return { ...problem, detail };
}

/** The header that rows of all files can be handed back under; none where they have several. */
function commonHeader(passed: readonly PassedFile[]): string {
  const [first, ...others] = passed;
  const isCommon = others.every(
    ({ header, delimiter }) => header === first!.header && delimiter === first!.delimiter,
  );
  return isCommon ? first!.header : '';
}

/** A context whose lines are counted on from those of the files before, and whose problems name the file. */
function after(
  lines: number,
  name: string,
  context: ReadingContext,
): { readonly context: ReadingContext; lastLine(): number } {
  const { intake } = context;
  let last = lines;
  const shift = (line: number): number => {
    if (line + lines > last) last = line + lines;
    return line + lines;
  };
  return {
    lastLine: () => last,
    context: {
      ...context,
      intake: {
        ...intake,
        put: (meter, atMs, wh, quality, line, rest) =>
          intake.put(...([meter, atMs, wh, quality, shift(line), rest] as const)),
        repeat: (meter, atMs, line, same) => intake.repeat(meter, atMs, shift(line), shift(same)),
        counter: (meter, reading, wrapWh) =>
          intake.counter(meter, { ...reading, line: shift(reading.line) }, wrapWh),
      },
      reject: (problem, text) => {
        const row = shift(problem.row);
        const at = named({ ...problem, row }, [{ name, after: lines }]);
        context.reject(at, text);
      },
    },
  };
}
