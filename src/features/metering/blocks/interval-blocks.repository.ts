import { Injectable } from '@nestjs/common';
import type { BlockContent, BlockTexts } from '../../../core/metering/blocks/interval-block.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { wholeNumbers } from '../../../platform/database/rows/text-arrays.js';
import { entitiesOf, type RowsOfEvent } from '../../../platform/database/rows/pages.js';
import { IntervalBlockEntity } from './interval-block.entity.js';

/** Days of meters: from the first to the last, inclusive. */
export interface BlockRange {
  readonly ledgerId: string;
  readonly meterCodes: readonly string[];
  readonly firstDay: string;
  readonly lastDay: string;
  /** Only what the log held before this place; null = all. */
  readonly beforeSeq: number | null;
}

/** A block with its arrays as text. */
export interface BlockToWrite {
  readonly block: BlockContent;
  readonly texts: BlockTexts;
}

/** A row of `latest`: its long arrays as text, which is read several times as fast as lists are. */
type BlockRow = Omit<IntervalBlockEntity, 'ledgerId' | 'wh' | 'quality' | 'updates'> & {
  readonly updates: string;
  readonly wh: string;
  readonly quality: string;
};

/** Loads and writes interval blocks. */
@Injectable()
export class IntervalBlocksRepository {
  /** The revision that held, for each meter and day, by meter, then day. */
  async latest(tx: LedgerTx, range: BlockRange): Promise<IntervalBlockEntity[]> {
    const rows = await tx.query<BlockRow[]>(
      `SELECT DISTINCT ON (b.meter_code, b.utc_day) b.meter_code AS "meterCode",
         b.utc_day::text AS "utcDay", b.revision, b.interval_minutes AS "intervalMinutes",
         b.wh::text, b.quality::text, b.lines, b.updates::text,
         b.event_id AS "eventId", b.row_index AS "rowIndex",
         b.recorded_at AS "recordedAt"
       FROM interval_block b
       WHERE b.ledger_id = $1 AND b.meter_code = ANY($2) AND b.utc_day BETWEEN $3 AND $4
         AND ($5::bigint IS NULL OR EXISTS (SELECT FROM ledger_event e
           WHERE e.ledger_id = b.ledger_id AND e.event_id = b.event_id AND e.seq < $5))
       ORDER BY b.meter_code, b.utc_day, b.revision DESC`,
      [range.ledgerId, range.meterCodes, range.firstDay, range.lastDay, range.beforeSeq],
    );
    return rows.map(({ wh, quality, updates, ...row }) => ({
      ...row,
      ledgerId: range.ledgerId,
      wh: wholeNumbers(wh),
      quality: wholeNumbers(quality) as number[],
      updates: wholeNumbers(updates) as number[],
    }));
  }

  async firstDayOf(tx: LedgerTx, meterCodes: readonly string[]): Promise<string | null> {
    const [row] = await tx.query<{ day: string | null }[]>(
      `SELECT min(first.day)::text AS day FROM unnest($2::text[]) AS m (code),
         LATERAL (SELECT b.utc_day AS day FROM interval_block b
           WHERE b.ledger_id = $1 AND b.meter_code = m.code ORDER BY b.utc_day LIMIT 1) AS first`,
      [tx.ledgerId, meterCodes],
    );
    return row!.day;
  }

  /** All revisions of one meter and day, oldest first. */
  revisions(
    tx: LedgerTx,
    day: Pick<IntervalBlockEntity, 'ledgerId' | 'meterCode' | 'utcDay'>,
  ): Promise<IntervalBlockEntity[]> {
    const { ledgerId, meterCode, utcDay } = day;
    return tx.find(IntervalBlockEntity, {
      where: { ledgerId, meterCode, utcDay },
      order: { revision: 'ASC' },
    });
  }

  ofEvent(tx: LedgerTx, event: RowsOfEvent): AsyncIterable<IntervalBlockEntity[]> {
    return entitiesOf(tx, IntervalBlockEntity, event);
  }

  /** Adds a page of blocks in the order of their rows, from a row index on. */
  async append(
    tx: LedgerTx,
    { eventId, recordedAt }: { readonly eventId: string; readonly recordedAt: Date },
    blocks: readonly BlockToWrite[],
    rowIndex: number,
  ): Promise<void> {
    if (blocks.length === 0) return;
    const { ledgerId } = tx;
    await tx.query(
      `INSERT INTO interval_block (ledger_id, event_id, recorded_at, row_index, meter_code,
         utc_day, revision, interval_minutes, wh, quality, lines, updates)
       SELECT $1, $2, $3, $4 + b.n - 1, b.meter_code, b.utc_day, b.revision, b.interval_minutes,
         b.wh::bigint[], b.quality::smallint[], b.lines::integer[], b.updates::bigint[]
       FROM unnest($5::text[], $6::date[], $7::integer[], $8::smallint[],
              $9::text[], $10::text[], $11::text[], $12::text[]) WITH ORDINALITY
         AS b (meter_code, utc_day, revision, interval_minutes, wh, quality, lines, updates, n)`,
      [
        ledgerId,
        eventId,
        recordedAt,
        rowIndex,
        blocks.map(({ block }) => block.meterCode),
        blocks.map(({ block }) => block.utcDay),
        blocks.map(({ block }) => block.revision),
        blocks.map(({ block }) => block.intervalMinutes),
        blocks.map(({ texts }) => `{${texts.wh}}`),
        blocks.map(({ texts }) => `{${texts.quality}}`),
        blocks.map(({ block }) => `{${block.lines.join(',')}}`),
        blocks.map(({ block }) => `{${block.updates.join(',')}}`),
      ],
    );
  }
}
