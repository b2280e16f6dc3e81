import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';

/** Places of a log that are there. */
export interface PlacesRow {
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

/** Control totals of a file, as it was taken in. */
export interface FileRow {
  readonly importId: string;
  readonly kind: string;
  readonly fileName: string;
  readonly fileSha256: string;
  readonly receivedCount: number;
  readonly newCount: number;
  readonly changedCount: number;
  readonly identicalCount: number;
  readonly rejectedCount: number;
  readonly totalWh: number;
  /** Meter-days of the file that a later revision took the place of; 0 for kinds without revisions. */
  readonly supersededDayCount: number;
}

/** Counts what is there, for it to be compared with what should be (SAMPLING section 7). */
@Injectable()
export class CompletenessQueries {
  /**
   * Whether the database refuses, to the login that asks, that the log is edited or shortened, and has its triggers for
   * everybody else.
   */
  async hasGuards(tx: LedgerTx): Promise<boolean> {
    const [row] = await tx.query<{ refused: boolean; triggered: boolean }[]>(
      `SELECT NOT has_table_privilege('ledger_event', 'UPDATE')
                AND NOT has_table_privilege('ledger_event', 'DELETE')
                AND NOT has_table_privilege('ledger_event', 'TRUNCATE') AS refused,
              EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = 'ledger_event'::regclass
                AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
                AND (t.tgtype & 24) = 24) AS triggered`,
    );
    return row!.refused && row!.triggered;
  }

  async places(tx: LedgerTx, size: number): Promise<PlacesRow> {
    const [row] = await tx.query<{ count: string; first: string; last: string }[]>(
      `SELECT count(*) AS count, min(seq) AS first, max(seq) AS last
       FROM ledger_event WHERE ledger_id = $1 AND seq < $2`,
      [tx.ledgerId, size],
    );
    return { count: Number(row!.count), first: Number(row!.first), last: Number(row!.last) };
  }

  /** Files about a stretch of time that a log of a size had taken in, in order. */
  async files(
    tx: LedgerTx,
    of: { readonly size: number; readonly startMs: number; readonly endMs: number },
  ): Promise<readonly FileRow[]> {
    const rows = await tx.query<Record<string, string>[]>(
      `SELECT f.import_id AS "importId", f.kind, f.file_name AS "fileName",
              f.file_sha256 AS "fileSha256", f.row_count + f.rejected_count AS "receivedCount",
              f.new_count AS "newCount", f.changed_count AS "changedCount",
              f.identical_count AS "identicalCount", f.rejected_count AS "rejectedCount",
              f.total_wh AS "totalWh",
              (SELECT count(*) FROM interval_block b
               JOIN interval_block n ON n.ledger_id = b.ledger_id AND n.meter_code = b.meter_code
                 AND n.utc_day = b.utc_day AND n.revision = b.revision + 1
               JOIN ledger_event ne ON ne.ledger_id = n.ledger_id AND ne.event_id = n.event_id
               WHERE b.ledger_id = f.ledger_id AND b.event_id = f.event_id AND ne.seq < $2)
                AS "supersededDayCount"
       FROM import_file f
       JOIN ledger_event e ON e.ledger_id = f.ledger_id AND e.event_id = f.event_id
       WHERE f.ledger_id = $1 AND e.seq < $2
         AND (e.valid_from IS NULL OR e.valid_to IS NULL OR (e.valid_to > $3 AND e.valid_from < $4))
       ORDER BY e.seq`,
      [tx.ledgerId, of.size, new Date(of.startMs), new Date(of.endMs)],
    );
    const whole = (row: Record<string, string>, name: string): number => Number(row[name]);
    return rows.map((row) => ({
      importId: row['importId']!,
      kind: row['kind']!,
      fileName: row['fileName']!,
      fileSha256: row['fileSha256']!,
      receivedCount: whole(row, 'receivedCount'),
      newCount: whole(row, 'newCount'),
      changedCount: whole(row, 'changedCount'),
      identicalCount: whole(row, 'identicalCount'),
      rejectedCount: whole(row, 'rejectedCount'),
      totalWh: whole(row, 'totalWh'),
      supersededDayCount: whole(row, 'supersededDayCount'),
    }));
  }
}
