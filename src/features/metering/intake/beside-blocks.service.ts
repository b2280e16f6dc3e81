import { Injectable } from '@nestjs/common';
import { sealedJson } from '../../../core/ledger/canonical.js';
import type { sealRows } from '../../../core/ledger/merkle.js';
import type { HeldReadings } from '../../../core/metering/intake/comparison.js';
import {
  type CounterReading,
  type CounterRun,
  type JoiningInterval,
  joiningIntervals,
  standOf,
  standText,
} from '../../../core/metering/intake/counter.js';
import { blockRow } from '../../../core/metering/blocks/interval-block.js';
import { formatInstant } from '../../../core/time/interval.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { eachAs, oneAfterAnother } from '../../../platform/database/rows/pages.js';
import type { Meter } from '../../assets/assets.service.js';
import type { ImportContext, ImportOutcome } from '../../imports/file-intake.port.js';
import { ImportsService } from '../../imports/imports.service.js';
import type { CounterReadingEntity } from '../blocks/counter-reading.entity.js';
import {
  CounterReadingsRepository,
  type NeighbourRow,
} from '../blocks/counter-readings.repository.js';
import { WITH_FACTS } from '../metering.registers.js';
import { IntervalBlocksRepository } from '../blocks/interval-blocks.repository.js';
import { ReadingChangesService, sealedFinding } from '../validation/reading-changes.service.js';
import type { VeeFindingEntity } from '../validation/vee-finding.entity.js';
import { FindingsRepository } from '../validation/findings.repository.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

/** What an import leaves beside its blocks. */
interface BesideBlocks {
  readonly held: readonly HeldReadings[];
  readonly counters: readonly CounterRun[];
  /** Seals the rows; those of blocks are in it. */
  readonly rows: ReturnType<typeof sealRows>;
  readonly blockCount: number;
}

/**
 * What an import leans on and leaves beside its blocks: readings of counters that join it to other
 * files, decisions that its readings may not undo, and what someone has to decide now.
 */
@Injectable()
export class BesideBlocksService implements Replays {
  constructor(
    private readonly imports: ImportsService,
    private readonly blocks: IntervalBlocksRepository,
    private readonly counters: CounterReadingsRepository,
    private readonly vee: FindingsRepository,
    private readonly record: ReadingChangesService,
  ) {}

  /** Rows of imports that left more than blocks. */
  replayed(): Replayed {
    return {
      rows: {
        [WITH_FACTS]: (tx, event) =>
          oneAfterAnother(
            eachAs(this.blocks.ofEvent(tx, event), blockRow),
            eachAs(this.vee.ofEvent(tx, event).findings, sealedFinding),
            eachAs(this.counters.ofEvent(tx, event), counterRow),
          ),
      },
    };
  }

  /** Intervals that lie between readings of counters in this file and in others. */
  async joining(
    tx: LedgerTx,
    runs: readonly CounterRun[],
    meters: readonly Meter[],
  ): Promise<JoiningInterval[]> {
    if (runs.length === 0) return [];
    const rows = await this.counters.neighbours(tx, runs);
    const meterOf = new Map(meters.map((meter) => [meter.code, meter]));
    return runs.flatMap((run) => {
      const side = (isBefore: boolean): CounterReading | null => {
        const row = rows.find(
          (one) => one.meterCode === run.meterCode && one.isBefore === isBefore,
        );
        return row === undefined ? null : readingOf(row);
      };
      const neighbours = { before: side(true), after: side(false) };
      return joiningIntervals(run, neighbours, meterOf.get(run.meterCode)!);
    });
  }

  /** Tells whether someone decided what an interval of these meters holds. */
  async decisions(
    tx: LedgerTx,
    stretch: { readonly meterCodes: readonly string[]; readonly from: Date; readonly to: Date },
  ): Promise<(meterCode: string, startMs: number) => boolean> {
    const spans = Map.groupBy(
      (await this.vee.decided(tx, stretch)).map(({ meterCode, startsAt, endsAt }) => ({
        meterCode,
        startMs: startsAt.getTime(),
        endMs: endsAt.getTime(),
      })),
      ({ meterCode }) => meterCode,
    );
    return (meterCode, atMs) =>
      (spans.get(meterCode) ?? []).some(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
  }

  /** Writes what is to be decided and where counters begin and end, after the blocks, and seals all. */
  async write(
    context: ImportContext,
    { held, counters, rows, blockCount }: BesideBlocks,
  ): Promise<Pick<ImportOutcome, 'rowDomain' | 'rows'>> {
    const { tx, eventId, recordedAt } = context;
    const { ledgerId } = tx;
    const findings = await this.newFindings(context, held);
    if (findings.length + counters.length === 0) {
      return { rowDomain: 'mizan/row/interval-block/1', rows: rows.sealed() };
    }
    let rowIndex = blockCount;
    const place = () => ({ ledgerId, eventId, recordedAt, rowIndex: rowIndex++ });
    const findingRows = findings.map(({ meterCode, finding }): VeeFindingEntity => {
      const { rule, severity, startMs, endMs, measured, threshold } = finding;
      return {
        findingId: this.imports.nextId(),
        meterCode,
        rule,
        severity,
        measured,
        threshold,
        startsAt: new Date(startMs),
        endsAt: new Date(endMs),
        ...place(),
      };
    });
    const counterRows = counters.flatMap(({ meterCode, first, last }) =>
      (first.atMs === last.atMs ? [first] : [first, last]).map((reading): CounterReadingEntity => ({
        meterCode,
        readAt: new Date(reading.atMs),
        wh: standText(reading),
        quality: reading.quality,
        line: reading.line,
        ...place(),
      })),
    );
    await this.vee.addFindings(tx, findingRows);
    await this.counters.add(tx, counterRows);
    for (const row of findingRows) rows.add(sealedFinding(row));
    for (const row of counterRows) rows.add(counterRow(row));
    return { rowDomain: WITH_FACTS, rows: rows.sealed() };
  }

  /** Those that are not listed already. */
  private async newFindings(
    { tx }: ImportContext,
    held: BesideBlocks['held'],
  ): Promise<BesideBlocks['held']> {
    if (held.length === 0) return [];
    const listed = await this.record.listed(tx, {
      startMs: Math.min(...held.map(({ finding }) => finding.startMs)),
      endMs: Math.max(...held.map(({ finding }) => finding.endMs)),
    });
    return held.filter(({ meterCode, finding }) => !listed.isListed(meterCode, finding));
  }
}

const readingOf = ({ readAt, wh, quality, line }: NeighbourRow): CounterReading => ({
  atMs: readAt.getTime(),
  ...standOf(wh),
  quality,
  line,
});

function counterRow({ meterCode, readAt, wh, quality, line }: CounterReadingEntity): string {
  return sealedJson('mizan/row/counter-reading/1', {
    meterCode,
    at: formatInstant(readAt.getTime()),
    wh,
    quality,
    line,
  });
}
