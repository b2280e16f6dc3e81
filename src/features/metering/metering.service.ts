import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  blockRow,
  type DayReadings,
  type IntervalBlock,
  reviseDay,
} from '../../core/metering/interval-block.js';
import { formatInstant } from '../../core/time/interval.js';
import type { Actor } from '../../platform/auth/roles.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { AssetsService } from '../assets/assets.service.js';
import {
  type FileLine,
  type ImportContext,
  type ImportOutcome,
  type ImportResult,
  ImportsService,
} from '../imports/imports.service.js';
import type { IntervalBlockEntity } from './interval-block.entity.js';
import { IntervalFileService } from './interval-file.service.js';
import { type BlockRange, MeteringRepository } from './metering.repository.js';

/** A block as other features see it. */
export type StoredBlock = Readonly<IntervalBlockEntity>;

const ROWS = 'mizan/row/interval-block/1';

/** What meters measured, and every correction of it. */
@Injectable()
export class MeteringService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly assets: AssetsService,
    private readonly imports: ImportsService,
    private readonly files: IntervalFileService,
    private readonly blocks: MeteringRepository,
  ) {
    imports.registerRows(ROWS, async (tx, { ledgerId, eventId }) =>
      (await this.blocks.ofEvent(tx, ledgerId, eventId)).map(blockRow),
    );
  }

  /**
   * Takes in a CSV file of intervals: new days become revision 1, changed days the next revision,
   * identical readings are skipped and counted.
   *
   * @throws DomainError `import.rows_rejected` and the other `import.*` codes; nothing is kept then
   *                     but the bytes.
   */
  importFile(actor: Actor, fileName: string, bytes: Readable): Promise<ImportResult> {
    return this.imports.commit(actor, { kind: 'intervals', fileName, bytes }, (context) =>
      this.take(context, fileName),
    );
  }

  /** The blocks that held, for meters and days. */
  latest(tx: EntityManager, range: BlockRange): Promise<StoredBlock[]> {
    return this.blocks.latest(tx, range);
  }

  /** All revisions of a meter's UTC day, oldest first. */
  revisions(ledgerId: string, meterCode: string, utcDay: string): Promise<StoredBlock[]> {
    return this.scope.read(ledgerId, (tx) =>
      this.blocks.revisions(tx, { ledgerId, meterCode, utcDay }),
    );
  }

  /**
   * The file line that an interval of a revision came from: this revision's file, or, where it
   * inherited the value, that of an earlier one. Null for a gap that no file ever mentioned.
   */
  async lineOf(tx: EntityManager, block: StoredBlock, position: number): Promise<FileLine | null> {
    const revisions = await this.blocks.revisions(tx, block);
    const origin = revisions
      .filter(({ revision }) => revision <= block.revision)
      .findLast(({ sourceLine }) => sourceLine[position] !== null);
    if (origin === undefined) return null;
    return this.imports.lineOf(tx, block.ledgerId, origin.eventId, origin.sourceLine[position]!);
  }

  private async take(context: ImportContext, fileName: string): Promise<ImportOutcome> {
    const { tx, ledgerId, file } = context;
    const meters = await this.assets.allMeters(tx, ledgerId);
    const read = await this.files.read(file, fileName, meters);
    const known = await this.knownBlocks(tx, ledgerId, read.days);
    let [newCount, identicalCount, changedCount] = [0, 0, 0];
    const blocks: IntervalBlock[] = [];
    for (const day of read.days) {
      const outcome = reviseDay(known.get(`${day.meterCode} ${day.utcDay}`) ?? null, day);
      newCount += outcome.newCount;
      identicalCount += outcome.identicalCount;
      changedCount += outcome.changedCount;
      if (outcome.block !== null) blocks.push(outcome.block);
    }
    await this.blocks.append(tx, context, blocks);
    return {
      ...{ rowCount: read.rowCount, newCount, identicalCount, changedCount, totalWh: read.totalWh },
      rowDomain: ROWS,
      rows: blocks.map(blockRow),
      validFrom: read.bounds === null ? null : formatInstant(read.bounds.startMs),
      validTo: read.bounds === null ? null : formatInstant(read.bounds.endMs),
    };
  }

  private async knownBlocks(
    tx: EntityManager,
    ledgerId: string,
    days: readonly DayReadings[],
  ): Promise<ReadonlyMap<string, StoredBlock>> {
    const utcDays = days.map(({ utcDay }) => utcDay).sort();
    const blocks = await this.blocks.latest(tx, {
      ledgerId,
      meterCodes: [...new Set(days.map(({ meterCode }) => meterCode))],
      firstDay: utcDays[0]!,
      lastDay: utcDays.at(-1)!,
      beforeSeq: null,
    });
    return new Map(blocks.map((block) => [`${block.meterCode} ${block.utcDay}`, block]));
  }
}
