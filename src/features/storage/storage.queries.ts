import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { toSafeInteger } from '../../platform/database/rows/columns.js';
import { StorageBalanceEntity } from './records/storage-balance.entity.js';
import { StorageRecordEntity } from './records/storage-record.entity.js';
import type { BalancedRecord, StorageReportResponse } from './storage.schemas.js';
import type { RowOf } from '../../platform/database/rows/row-of.js';

/** A stretch of one device's time. */
export interface DeviceSpan {
  readonly ledgerId: string;
  readonly deviceCode: string;
  readonly from: Date;
  readonly to: Date;
}

/** Sums of a stretch, as a report shows them. */
export type StorageSums = Omit<StorageReportResponse, 'deviceCode' | 'from' | 'to'>;

/** Lists and sums over the records of storage devices. */
@Injectable()
export class StorageQueries {
  /** Records of a stretch with what became of them, by start. */
  async balanced(tx: LedgerTx, span: DeviceSpan): Promise<BalancedRecord[]> {
    const { ledgerId, deviceCode, from, to } = span;
    const { entities, raw } = await tx
      .createQueryBuilder(StorageRecordEntity, 'r')
      .innerJoin(
        StorageBalanceEntity,
        'b',
        'b.ledger_id = r.ledger_id AND b.subject_id = r.record_id',
      )
      .addSelect(['b.certified_wh AS certified', 'b.used_wh AS used'])
      .where('r.ledger_id = :ledgerId AND r.device_code = :deviceCode', { ledgerId, deviceCode })
      .andWhere('r.starts_at >= :from AND r.starts_at < :to', { from, to })
      .orderBy('r.starts_at')
      .getRawAndEntities<{ certified: string; used: string }>();
    return entities.map((record: RowOf<StorageRecordEntity>, at) => ({
      ...record,
      certifiedWh: toSafeInteger(raw[at]!.certified),
      usedWh: toSafeInteger(raw[at]!.used),
    }));
  }

  /** Sums of a device over a stretch, by the start of each record. */
  async sums(tx: LedgerTx, span: DeviceSpan): Promise<StorageSums> {
    const [row] = await tx.query<[Record<keyof StorageSums, string>]>(
      `WITH own AS (
         SELECT r.record_id, r.is_charging, b.wh, b.certified_wh, b.used_wh FROM storage_record r
         JOIN storage_balance b ON b.ledger_id = r.ledger_id AND b.subject_id = r.record_id
         WHERE r.ledger_id = $1 AND r.device_code = $2 AND r.starts_at >= $3 AND r.starts_at < $4),
       drawn AS (
         SELECT coalesce(sum(a.charge_wh), 0) AS charge_wh,
           coalesce(sum(a.discharge_wh), 0) AS discharge_wh,
           coalesce(sum(a.discharge_wh) FILTER (WHERE a.certificate_id IS NOT NULL), 0) AS certified_wh
         FROM storage_allocation a JOIN own ON own.record_id = a.discharge_id WHERE a.ledger_id = $1)
       SELECT coalesce(sum(wh) FILTER (WHERE is_charging), 0) AS "chargeWh",
         coalesce(sum(own.certified_wh), 0) AS "certifiedChargeWh",
         coalesce(sum(wh) FILTER (WHERE NOT is_charging), 0) AS "dischargeWh",
         coalesce(sum(wh - used_wh) FILTER (WHERE is_charging), 0) AS "storedWh",
         coalesce(sum(wh - used_wh) FILTER (WHERE NOT is_charging), 0) AS "untracedWh",
         min(drawn.discharge_wh) AS "tracedWh", min(drawn.certified_wh) AS "certificateWh",
         min(drawn.charge_wh) AS "drawnWh", min(drawn.charge_wh - drawn.discharge_wh) AS "lossWh"
       FROM drawn LEFT JOIN own ON true`,
      [span.ledgerId, span.deviceCode, span.from, span.to],
    );
    const entries = Object.entries(row).map(([name, wh]) => [name, toSafeInteger(wh)]);
    return Object.fromEntries(entries) as StorageSums;
  }

  /** The first balance that is not what its rows sum to; null when all are. */
  async wrongBalance(tx: LedgerTx): Promise<string | null> {
    const [wrong] = await tx.query<{ subject: string | null }[]>(
      `WITH used AS (
         SELECT charge_id AS id, charge_wh AS wh FROM storage_allocation WHERE ledger_id = $1
         UNION ALL SELECT bundle_id, charge_wh FROM storage_allocation
           WHERE ledger_id = $1 AND bundle_id IS NOT NULL
         UNION ALL SELECT discharge_id, discharge_wh FROM storage_allocation WHERE ledger_id = $1),
       stated AS (
         SELECT record_id AS id, wh, coalesce((SELECT sum(c.wh) FROM storage_charge c
           WHERE c.ledger_id = $1 AND c.record_id = r.record_id), 0) AS certified_wh
         FROM storage_record r WHERE ledger_id = $1
         UNION ALL SELECT bundle_id, wh, wh FROM storage_charge WHERE ledger_id = $1)
       SELECT coalesce(b.subject_id, s.id)::text AS subject
       FROM (SELECT * FROM storage_balance WHERE ledger_id = $1) b
       FULL JOIN stated s ON s.id = b.subject_id
       WHERE (b.wh, b.certified_wh, b.used_wh) IS DISTINCT FROM (s.wh, s.certified_wh,
         coalesce((SELECT sum(used.wh) FROM used WHERE used.id = s.id), 0)) LIMIT 1`,
      [tx.ledgerId],
    );
    return wrong === undefined ? null : (wrong.subject ?? 'a row without its key');
  }

  /** The first bundle behind a charge that its event put behind another, or none; null without. */
  async wrongCharge(tx: LedgerTx): Promise<string | null> {
    const [wrong] = await tx.query<{ subject: string | null }[]>(
      `SELECT c.bundle_id::text AS subject FROM storage_charge c
       JOIN ledger_event e USING (ledger_id, event_id)
       WHERE c.ledger_id = $1 AND (convert_from(e.payload, 'UTF8')::jsonb
         #>> '{body,action,storage,recordId}') IS DISTINCT FROM c.record_id::text LIMIT 1`,
      [tx.ledgerId],
    );
    return wrong === undefined ? null : (wrong.subject ?? 'a row without its key');
  }
}
