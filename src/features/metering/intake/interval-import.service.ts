import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import { canonicalJson } from '../../../core/ledger/canonical.js';
import { type sealRows, sha256, toHex } from '../../../core/ledger/merkle.js';
import {
  type HeldReadings,
  type KnownDays,
  startComparison,
} from '../../../core/metering/intake/comparison.js';
import type { JoiningInterval } from '../../../core/metering/intake/counter.js';
import type { ImportChanges } from '../../../core/metering/intake/import-changes.js';
import { requireLengths } from '../../../core/metering/intake/known-lengths.js';
import type { DayReadings } from '../../../core/metering/blocks/interval-block.js';
import { insertRows } from '../../../platform/database/rows/refused-rows.js';
import { formIn } from '../../../core/tabular/text-encoding.js';
import type { KeptFile } from '../../../platform/files/file-store.js';
import { DAY_MS, formatInstant, MINUTE_MS, utcDayStartMs } from '../../../core/time/interval.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { AssetsService, type Meter } from '../../assets/assets.service.js';
import type { ImportContext, ImportOutcome } from '../../imports/file-intake.port.js';
import type { FileReading } from '../../imports/file-reading.service.js';
import { type IntervalFile, IntervalFileService } from './interval-file.service.js';
import { type IntervalPreview, toPreview } from './interval-preview.schemas.js';
import {
  type BlockToWrite,
  IntervalBlocksRepository,
} from '../blocks/interval-blocks.repository.js';
import { LateDataService } from './late-data.service.js';
import { BesideBlocksService } from './beside-blocks.service.js';
import { ProfilesService, type ResolvedProfile } from '../profiles/profiles.service.js';

/** How a file is to be read. */
export interface HowToImport {
  readonly fileName: string;
  readonly profileCode: string | null;
  /** Meter of a file that names none. */
  readonly meterCode: string | null;
  /** What rejected rows do: refuse the file, stay behind, or, in a preview, only be shown. */
  readonly onRejects: 'refuse' | 'set-aside' | 'show';
  /** Told of the file once it is read, before anything is refused. */
  readonly onRead?: (read: IntervalFile) => Promise<void>;
  /** Rejected rows that the preview lists; 100 unless told. */
  readonly problemsShown?: number;
  readonly onProgress?: (bytesRead: number, rowCount: number) => void | Promise<void>;
}

/** What a file is read by: a profile as it holds, its zone, the text that says so, the meters. */
export interface ReadBy extends ResolvedProfile {
  readonly meters: readonly Meter[];
}

/** What to look at, and who writes what comes of it; without, nothing is written. */
interface Examination {
  readonly file: KeptFile;
  readonly how: HowToImport;
  readonly by: ReadBy;
  readonly read: IntervalFile;
  readonly signal: AbortSignal;
  readonly write?: (blocks: readonly BlockToWrite[], rowIndex: number) => Promise<void>;
}

/** What a file would do, and how to say so. */
export interface Examined {
  readonly read: IntervalFile;
  /** Seals the rows; those of blocks are in it. */
  readonly rows: ReturnType<typeof sealRows>;
  readonly blockCount: number;
  readonly held: readonly HeldReadings[];
  readonly counts: {
    readonly newCount: number;
    readonly identicalCount: number;
    readonly changedCount: number;
  };
  readonly preview: IntervalPreview;
  /** SHA-256 over file, reading and the rows that committing would seal. */
  readonly previewHash: string;
}

const SHOWN = 100;
/** Days that are compared and written together. */
const PAGE_DAYS = 256;

/** Finds out what a file of intervals does to the record, and does it: preview and commit are one. */
@Injectable()
export class IntervalImportService {
  constructor(
    private readonly assets: AssetsService,
    private readonly files: IntervalFileService,
    private readonly profiles: ProfilesService,
    private readonly blocks: IntervalBlocksRepository,
    private readonly lateData: LateDataService,
    private readonly facts: BesideBlocksService,
  ) {}

  /** How a file is read, outside any transaction. */
  readingOf(ledgerId: string, how: HowToImport): FileReading<ReadBy, IntervalFile> {
    return {
      basis: (tx) => this.readBy(tx, how),
      read: (by, file, signal) => this.read(file, { how, by, signal }),
    };
  }

  /**
   * Reads a file.
   *
   * @throws DomainError `import.file_unreadable`, `import.limit_exceeded`, `record.not_found`;
   *                     `import.rows_rejected` where rejected rows refuse the file.
   */
  private async read(
    file: KeptFile,
    {
      how,
      by,
      signal,
    }: { readonly how: HowToImport; readonly by: ReadBy; readonly signal: AbortSignal },
  ): Promise<IntervalFile> {
    const { fileName, meterCode: onlyMeter, onProgress } = how;
    const { profile, zone, meters } = by;
    const read = await this.files.read(file, {
      fileName,
      profile,
      zone,
      meters,
      onlyMeter,
      signal,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    await how.onRead?.(read);
    this.requireAcceptable(read, file, how);
    return read;
  }

  /** Compares what a file says with what is known. Without `write` nothing is written. */
  async examine(
    tx: LedgerTx,
    { file, how, by, read, signal, write }: Examination,
  ): Promise<Examined> {
    const { readAs } = by;
    const joining = await this.facts.joining(tx, read.counters, by.meters);
    const comparison = startComparison(read.repeatedCount, SHOWN);
    const pages = pagesOf(read.days(joining));
    let page = nextOf(pages);
    let known = page === null ? null : await this.known(tx, page);
    // A page is written while the next one is compared: the server and we work side by side.
    let writing: Promise<void> | undefined;
    while (page !== null) {
      signal.throwIfAborted();
      requireLengths(page, known!, file);
      const { blocks, rowIndex } = comparison.compare(page, known!);
      page = nextOf(pages);
      await writing;
      if (page !== null) known = await this.known(tx, page);
      writing = write?.(blocks, rowIndex);
      // Awaited above or below; a failure in between is not an unhandled one.
      writing?.catch(() => {});
    }
    await writing;
    const { counts, heldCount, outdatedCount, held, blockCount, described } = comparison.finish();
    const { rows } = comparison;
    const taken = takenOf(read, joining, {
      counts,
      described,
      leftCount: heldCount + outdatedCount,
    });
    const months = await this.lateData.effects(tx, described.months);
    const shown = how.problemsShown ?? SHOWN;
    const parts = { read: taken, readAs, counts, described, months, shown };
    const preview = toPreview({
      ...parts,
      heldCount,
      outdatedCount,
      joinedCount: joining.length,
    });
    const previewHash = toHex(
      sha256(
        canonicalJson({
          fileSha256: file.sha256,
          readAs,
          ...counts,
          rejectedCount: read.problems.count,
          // What is held back is not in the rows.
          ...(heldCount === 0 ? {} : { heldCount }),
          ...(outdatedCount === 0 ? {} : { outdatedCount }),
          rowRoot: toHex(rows.sealed().root),
        }),
      ),
    );
    return { read: taken, rows, blockCount, held, counts, preview, previewHash };
  }

  /** Profile with its version, and the meter that the upload names: the same again is no news. */
  private async readBy(
    tx: LedgerTx,
    { profileCode, meterCode }: Pick<HowToImport, 'profileCode' | 'meterCode'>,
  ): Promise<ReadBy> {
    const resolved = await this.profiles.resolve(tx, profileCode);
    const readAs = [resolved.readAs, meterCode].filter(Boolean).join(' for ');
    const all = await this.assets.allMeters(tx);
    return { ...resolved, readAs, meters: all.filter(({ formula }) => formula === null) };
  }

  /**
   * Writes the blocks of a file that was read; the caller seals them, or rolls them back.
   */
  async take(
    context: ImportContext,
    of: Omit<Examination, 'file' | 'write'>,
  ): Promise<{ readonly outcome: ImportOutcome; readonly examined: Examined }> {
    const { tx, file } = context;
    const write = (blocks: readonly BlockToWrite[], rowIndex: number): Promise<void> =>
      insertRows(tx, {
        rows: blocks,
        insert: (some) => this.blocks.append(tx, context, some, rowIndex),
        cellOf: ({ block: { meterCode, utcDay, lines } }) => ({
          row: lines.find((line, at) => at % 3 === 1 && line > 0) ?? 1,
          column: 'start',
          value: `${meterCode} ${utcDay}`,
        }),
      });
    const examined = await this.examine(tx, { ...of, file, write });
    const { counts, read } = examined;
    const sealed = await this.facts.write(context, { ...examined, counters: read.counters });
    const { rowCount, totalWh, bounds, format } = read;
    const outcome: ImportOutcome = {
      rowCount,
      ...counts,
      totalWh,
      format: formIn(format, read.encodings),
      rejectedCount: read.problems.count,
      ...sealed,
      validFrom: bounds === null ? null : formatInstant(bounds.startMs),
      validTo: bounds === null ? null : formatInstant(bounds.endMs),
    };
    return { outcome, examined };
  }

  private requireAcceptable(
    { problems, rowCount, counters }: IntervalFile,
    file: KeptFile,
    how: HowToImport,
  ): void {
    if (how.onRejects === 'show') return;
    if (how.onRejects === 'set-aside' && problems.areRowsOnly && rowCount + counters.length > 0)
      return;
    problems.refuseIfAny(file);
  }

  private async known(tx: LedgerTx, days: readonly DayReadings[]): Promise<KnownDays> {
    const { ledgerId } = tx;
    const utcDays = days.map(({ utcDay }) => utcDay).sort();
    const blocks = await this.blocks.latest(tx, {
      ledgerId,
      meterCodes: [...new Set(days.map(({ meterCode }) => meterCode))],
      firstDay: utcDays[0]!,
      lastDay: utcDays.at(-1)!,
      beforeSeq: null,
    });
    const byDay = new Map(blocks.map((block) => [`${block.meterCode} ${block.utcDay}`, block]));
    const isDecided = await this.facts.decisions(tx, {
      meterCodes: [...new Set(days.map(({ meterCode }) => meterCode))],
      from: new Date(utcDayStartMs(utcDays[0]!)),
      to: new Date(utcDayStartMs(utcDays.at(-1)!) + DAY_MS),
    });
    return {
      latest: ({ meterCode, utcDay }) => byDay.get(`${meterCode} ${utcDay}`) ?? null,
      isDecided,
    };
  }
}

function nextOf<T>(items: Generator<T>): T | null {
  const next = items.next();
  return next.done === true ? null : next.value;
}

/** Days in pages. */
function* pagesOf(days: Iterable<DayReadings>): Generator<DayReadings[]> {
  let page: DayReadings[] = [];
  for (const day of days) {
    page.push(day);
    if (page.length < PAGE_DAYS) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** What is taken of a file: with the intervals that it makes with others, without those held back. */
function takenOf(
  read: IntervalFile,
  joining: readonly JoiningInterval[],
  {
    counts: { newCount, identicalCount, changedCount },
    leftCount,
    described,
  }: {
    readonly counts: Examined['counts'];
    readonly leftCount: number;
    readonly described: ReturnType<ImportChanges['finish']>;
  },
): IntervalFile {
  if (joining.length + leftCount === 0) return read;
  const totalWh = described.meters.reduce((sum, meter) => sum + meter.totalWh, 0);
  const starts = joining.map(({ startMs }) => startMs);
  const ends = joining.map(({ startMs, minutes }) => startMs + minutes * MINUTE_MS);
  const bounds = {
    startMs: Math.min(read.bounds?.startMs ?? Infinity, ...starts),
    endMs: Math.max(read.bounds?.endMs ?? -Infinity, ...ends),
  };
  return { ...read, rowCount: newCount + identicalCount + changedCount, totalWh, bounds };
}

/** @throws DomainError `import.preview_changed` when what would be written is not what was shown. */
export function requireSame(expected: string | null, found: string): void {
  if (expected === null || expected === found) return;
  const fix = 'Look at the new preview, and commit that.';
  throw new DomainError('import.preview_changed', { previewHash: expected, found, fix });
}

/** @throws DomainError `import.not_clean` when rows are rejected, or values would change. */
export function requireClean({ counts, read }: Examined): void {
  if (read.problems.isEmpty && counts.changedCount === 0) return;
  const fix = 'Look at the preview, and commit with its previewHash.';
  throw new DomainError('import.not_clean', {
    changedCount: counts.changedCount,
    rejectedCount: read.problems.count,
    fix,
  });
}
