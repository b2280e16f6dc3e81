import { Injectable } from '@nestjs/common';
import { blockRow } from '../../../core/metering/blocks/interval-block.js';
import { lineAt } from '../../../core/metering/blocks/source-lines.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { eachAs } from '../../../platform/database/rows/pages.js';
import { type FileLine, ImportsService } from '../../imports/imports.service.js';
import type { IntervalBlockEntity } from './interval-block.entity.js';
import { type BlockRange, IntervalBlocksRepository } from './interval-blocks.repository.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

/** A block as other features see it. */
export type StoredBlock = Readonly<IntervalBlockEntity>;

const ROWS = 'mizan/row/interval-block/1';

/** What meters measured, and every correction of it. */
@Injectable()
export class IntervalBlocksService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly imports: ImportsService,
    private readonly blocks: IntervalBlocksRepository,
  ) {}

  /** Rows of imports that left blocks alone. */
  replayed(): Replayed {
    return {
      rows: { [ROWS]: (tx, event) => eachAs(this.blocks.ofEvent(tx, event), blockRow) },
    };
  }

  /** The blocks that held, for meters and days. */
  latest(tx: LedgerTx, range: BlockRange): Promise<StoredBlock[]> {
    return this.blocks.latest(tx, range);
  }

  /** The first UTC day that any of the meters has a block of, `YYYY-MM-DD`; null without any. */
  firstDayOf(tx: LedgerTx, meterCodes: readonly string[]): Promise<string | null> {
    return this.blocks.firstDayOf(tx, meterCodes);
  }

  /** All revisions of a meter's UTC day, oldest first. */
  revisions(ledgerId: string, meterCode: string, utcDay: string): Promise<StoredBlock[]> {
    return this.scope.read(ledgerId, (tx) =>
      this.blocks.revisions(tx, { ledgerId, meterCode, utcDay }),
    );
  }

  /** The same, inside a transaction. */
  revisionsIn(
    tx: LedgerTx,
    day: Pick<StoredBlock, 'ledgerId' | 'meterCode' | 'utcDay'>,
  ): Promise<StoredBlock[]> {
    return this.blocks.revisions(tx, day);
  }

  /**
   * The file line that an interval of a revision came from: this revision's file, or, where it
   * inherited the value, that of an earlier one. Null for a gap that no file ever mentioned.
   */
  async lineOf(tx: LedgerTx, block: StoredBlock, position: number): Promise<FileLine | null> {
    const revisions = await this.blocks.revisions(tx, block);
    const origin = revisions
      .filter(({ revision }) => revision <= block.revision)
      .map(({ eventId, lines }) => ({ eventId, line: lineAt(lines, position) }))
      .findLast(({ line }) => line !== null);
    if (origin === undefined) return null;
    return this.imports.lineOf(tx, origin.eventId, origin.line!);
  }
}
