import { Injectable } from '@nestjs/common';
import { INTERVENTION_EVENTS } from '../../../core/engagements/interventions.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';

/** An event that may be an intervention. */
export interface ActRow {
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
  readonly recordedAt: string;
  readonly payload: string;
  /** What was noted beside a step of a supplier's invoice; null for any other act. */
  readonly note: string | null;
}

/** What the readings that an event wrote differ by from those before. */
export interface ReadingEffect {
  readonly eventId: string;
  /** Σ new − Σ before, missing ones as nothing. */
  readonly wh: number;
  /** Intervals whose value is another. */
  readonly intervalCount: number;
}

/** Reads what persons did, with what came of it. */
@Injectable()
export class InterventionsQueries {
  /** Acts about a stretch of time, and those about none, before a place in the log. */
  async acts(
    tx: LedgerTx,
    { before, startMs, endMs }: { readonly before: number } & Stretch,
  ): Promise<readonly ActRow[]> {
    const rows = await tx.query<
      (Omit<ActRow, 'payload' | 'seq'> & { readonly payload: Buffer; readonly seq: string })[]
    >(
      `SELECT e.seq, e.event_id AS "eventId", e.type, e.payload, s.note
       FROM ledger_event e
       LEFT JOIN supplier_invoice_step s ON s.ledger_id = e.ledger_id AND s.event_id = e.event_id
       WHERE e.ledger_id = $1 AND e.seq < $2 AND e.type = ANY($3)
         AND (e.valid_from IS NULL OR e.valid_to IS NULL OR (e.valid_to > $4 AND e.valid_from < $5))
       ORDER BY e.seq`,
      [tx.ledgerId, before, INTERVENTION_EVENTS, new Date(startMs), new Date(endMs)],
    );
    return rows.map((row) => ({
      ...row,
      seq: Number(row.seq),
      payload: row.payload.toString('utf8'),
    }));
  }

  /** What events changed of readings of a stretch of UTC days, against the revisions before theirs. */
  async readingEffects(
    tx: LedgerTx,
    { startMs, endMs }: Stretch,
  ): Promise<readonly ReadingEffect[]> {
    const rows = await tx.query<{ eventId: string; wh: string; intervalCount: string }[]>(
      `SELECT b.event_id AS "eventId",
              sum(d.wh) AS wh, sum(d.changed) AS "intervalCount"
       FROM interval_block b
       JOIN interval_block o ON o.ledger_id = b.ledger_id AND o.meter_code = b.meter_code
         AND o.utc_day = b.utc_day AND o.revision = b.revision - 1
       CROSS JOIN LATERAL (
         SELECT coalesce(sum(coalesce(n.wh, 0) - coalesce(n.was, 0)), 0) AS wh,
                count(*) FILTER (WHERE n.wh IS DISTINCT FROM n.was) AS changed
         FROM unnest(b.wh, o.wh) AS n (wh, was)) d
       WHERE b.ledger_id = $1 AND b.utc_day >= $2::date AND b.utc_day <= $3::date
       GROUP BY b.event_id`,
      [tx.ledgerId, new Date(startMs).toISOString(), new Date(endMs - 1).toISOString()],
    );
    return rows.map(({ eventId, wh, intervalCount }) => ({
      eventId,
      wh: Number(wh),
      intervalCount: Number(intervalCount),
    }));
  }
}

/** A stretch of time, ms, half-open. */
interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}
