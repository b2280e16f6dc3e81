import { Injectable } from '@nestjs/common';
import { formatInstant } from '../../../core/time/interval.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { toSafeInteger } from '../../../platform/database/rows/columns.js';

/** A live bundle and when it expires. */
export interface ExpiringBundle {
  readonly bundleId: string;
  readonly certificateId: string;
  readonly plantCode: string;
  readonly wh: number;
  readonly expiresAt: string;
}

/** An active bundle, and when its energy was produced. */
export interface ActiveBundle {
  readonly bundleId: string;
  readonly certificateId: string;
  readonly startMs: number;
  readonly wh: number;
}

/** Which active bundles are wanted; `ownerCode` null = of all owners. */
export interface WantedBundles {
  readonly plantCode: string;
  readonly ownerCode: string | null;
  readonly startMs: number;
  readonly endMs: number;
}

/** Lists of bundles by what they are now. */
@Injectable()
export class BundlesQueries {
  /** Live bundles that expire before an instant, by expiry, device and range. */
  async expiring(tx: LedgerTx, before: Date): Promise<ExpiringBundle[]> {
    const rows = await tx.query<(Omit<ExpiringBundle, 'wh'> & { readonly wh: string })[]>(
      `WITH due AS (
         SELECT certificate_id, plant_code, range_start, wh, status,
           facts ->> 'expiry_datestamp' AS expires_at
         FROM certificate WHERE ledger_id = $1 AND facts ->> 'expiry_datestamp' <= $2),
       touched AS (
         SELECT DISTINCT ON (b.bundle_id) b.bundle_id, b.certificate_id, b.range_start,
           b.range_end - b.range_start + 1 AS wh, h.status
         FROM due JOIN certificate_bundle b ON b.ledger_id = $1 AND b.certificate_id = due.certificate_id
         JOIN bundle_change h ON h.ledger_id = $1 AND h.bundle_id = b.bundle_id
         ORDER BY b.bundle_id, h.version DESC)
       SELECT l.bundle_id AS "bundleId", l.certificate_id AS "certificateId", l.wh,
         due.plant_code AS "plantCode", due.expires_at AS "expiresAt"
       FROM due JOIN (
         SELECT bundle_id, certificate_id, range_start, wh, status FROM touched
         UNION ALL
         SELECT certificate_id, certificate_id, range_start, wh, status FROM due
         WHERE certificate_id NOT IN (SELECT certificate_id FROM touched)) l USING (certificate_id)
       WHERE l.status IN ('Active', 'Reserved')
       ORDER BY due.expires_at, due.plant_code, l.range_start`,
      [tx.ledgerId, formatInstant(before.getTime())],
    );
    return rows.map((row) => ({ ...row, wh: toSafeInteger(row.wh) }));
  }

  /** Active bundles of a plant over a period, by start and range. */
  async activeOf(
    tx: LedgerTx,
    { plantCode, ownerCode, startMs, endMs }: WantedBundles,
  ): Promise<ActiveBundle[]> {
    const rows = await tx.query<
      { bundle_id: string; certificate_id: string; start_ms: string; wh: string }[]
    >(
      `WITH due AS (
         SELECT certificate_id, starts_at, range_start, wh, status, owner_code FROM certificate
         WHERE ledger_id = $1 AND plant_code = $2 AND starts_at >= $3 AND starts_at < $4),
       touched AS (
         SELECT DISTINCT ON (b.bundle_id) b.bundle_id, b.certificate_id, b.range_start,
           b.range_end - b.range_start + 1 AS wh, h.status, h.owner_code
         FROM due JOIN certificate_bundle b ON b.ledger_id = $1
           AND b.certificate_id = due.certificate_id
         JOIN bundle_change h ON h.ledger_id = $1 AND h.bundle_id = b.bundle_id
         ORDER BY b.bundle_id, h.version DESC)
       SELECT l.bundle_id, l.certificate_id, l.wh, extract(epoch FROM due.starts_at) * 1000 AS start_ms
       FROM due JOIN (
         SELECT bundle_id, certificate_id, range_start, wh, status, owner_code FROM touched
         UNION ALL
         SELECT certificate_id, certificate_id, range_start, wh, status, owner_code FROM due
         WHERE certificate_id NOT IN (SELECT certificate_id FROM touched)) l USING (certificate_id)
       WHERE l.status = 'Active' AND ($5::text IS NULL OR l.owner_code = $5)
       ORDER BY due.starts_at, l.range_start`,
      [tx.ledgerId, plantCode, new Date(startMs), new Date(endMs), ownerCode],
    );
    return rows.map((row) => ({
      bundleId: row.bundle_id,
      certificateId: row.certificate_id,
      startMs: Number(row.start_ms),
      wh: toSafeInteger(row.wh),
    }));
  }
}
