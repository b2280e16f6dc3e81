import { Injectable } from '@nestjs/common';
import type { CounterRun } from '../../../core/metering/intake/counter.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { entitiesOf, type RowsOfEvent } from '../../../platform/database/rows/pages.js';
import { CounterReadingEntity } from './counter-reading.entity.js';

/** A reading of another file that is next to a run; `isBefore` tells on which side. */
export type NeighbourRow = Pick<
  CounterReadingEntity,
  'meterCode' | 'readAt' | 'wh' | 'quality' | 'line'
> & { readonly isBefore: boolean };

const PAGE = 500;

/** Loads and writes where files of counters begin and end. */
@Injectable()
export class CounterReadingsRepository {
  async add(tx: LedgerTx, rows: readonly CounterReadingEntity[]): Promise<void> {
    for (let at = 0; at < rows.length; at += PAGE) {
      await tx.insert(CounterReadingEntity, rows.slice(at, at + PAGE));
    }
  }

  /** The nearest readings of other files on both sides of each run, as they were sent last. */
  neighbours(tx: LedgerTx, runs: readonly CounterRun[]): Promise<NeighbourRow[]> {
    return tx.query(
      `SELECT r.meter_code AS "meterCode", n.read_at AS "readAt", n.wh, n.quality, n.line,
         n.is_before AS "isBefore"
       FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) AS r (meter_code, first, last),
         LATERAL (
           (SELECT c.read_at, c.wh, c.quality, c.line, true AS is_before
            FROM counter_reading c JOIN ledger_event e USING (ledger_id, event_id)
            WHERE c.ledger_id = $1 AND c.meter_code = r.meter_code AND c.read_at < r.first
            ORDER BY c.read_at DESC, e.seq DESC LIMIT 1)
           UNION ALL
           (SELECT c.read_at, c.wh, c.quality, c.line, false
            FROM counter_reading c JOIN ledger_event e USING (ledger_id, event_id)
            WHERE c.ledger_id = $1 AND c.meter_code = r.meter_code AND c.read_at > r.last
            ORDER BY c.read_at, e.seq DESC LIMIT 1)) n`,
      [
        tx.ledgerId,
        runs.map(({ meterCode }) => meterCode),
        runs.map(({ first }) => new Date(first.atMs)),
        runs.map(({ last }) => new Date(last.atMs)),
      ],
    );
  }

  ofEvent(tx: LedgerTx, event: RowsOfEvent): AsyncIterable<CounterReadingEntity[]> {
    return entitiesOf(tx, CounterReadingEntity, event);
  }
}
