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

/** What an import brought of certificates of hours that had been matched before. */
export interface LateCertificates {
  readonly eventId: string;
  /** Σ of those that were not withdrawn. */
  readonly wh: number;
  readonly certificateCount: number;
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

  /**
   * Certificates that came after their month of the site was first matched, by the event that brought them: what is
   * matched again then is another supply. All as a log of `before` events has it.
   */
  async lateCertificates(
    tx: LedgerTx,
    of: { readonly siteCode: string; readonly before: number } & Stretch,
  ): Promise<readonly LateCertificates[]> {
    const { siteCode, before, startMs, endMs } = of;
    const rows = await tx.query<{ eventId: string; wh: string; certificateCount: string }[]>(
      `WITH first_run AS (
         SELECT r.starts_at, r.ends_at, min(e.seq) AS seq
         FROM matching_run r
         JOIN ledger_event e ON e.ledger_id = r.ledger_id AND e.event_id = r.run_id
         WHERE r.ledger_id = $1 AND r.site_code = $2 AND e.seq < $3
           AND r.starts_at >= $4 AND r.ends_at <= $5
         GROUP BY r.starts_at, r.ends_at),
       plant AS (
         SELECT DISTINCT unnest(c.plant_codes) AS code
         FROM contract c
         JOIN ledger_event e ON e.ledger_id = c.ledger_id AND e.event_id = c.event_id
         WHERE c.ledger_id = $1 AND c.site_code = $2 AND e.seq < $3)
       SELECT c.event_id AS "eventId", sum(c.wh) AS wh, count(*) AS "certificateCount"
       FROM certificate c
       JOIN ledger_event e ON e.ledger_id = c.ledger_id AND e.event_id = c.event_id
       JOIN plant p ON p.code = c.plant_code
       JOIN first_run f ON c.starts_at >= f.starts_at AND c.starts_at < f.ends_at AND e.seq > f.seq
       WHERE c.ledger_id = $1 AND e.seq < $3 AND e.type = 'import.committed'
         AND c.status <> 'Withdrawn' AND c.starts_at >= $4 AND c.starts_at < $5
       GROUP BY c.event_id`,
      [tx.ledgerId, siteCode, before, new Date(startMs), new Date(endMs)],
    );
    return rows.map(({ eventId, wh, certificateCount }) => ({
      eventId,
      wh: Number(wh),
      certificateCount: Number(certificateCount),
    }));
  }
}

/** A stretch of time, ms, half-open. */
interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}
