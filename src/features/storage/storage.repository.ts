import { Injectable } from '@nestjs/common';
import type { IssuanceFacts } from '../../core/certificates/bundle.js';
import type { ChargePart, KeptAllocation, StorageRecord } from '../../core/storage/run.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { toSafeInteger } from '../../platform/database/rows/columns.js';
import { eachAs, entitiesOf, type RowsOfEvent } from '../../platform/database/rows/pages.js';
import { StorageAllocationEntity } from './runs/storage-allocation.entity.js';
import { StorageBalanceEntity } from './records/storage-balance.entity.js';
import { StorageRecordEntity } from './records/storage-record.entity.js';
import { StorageRunEntity } from './runs/storage-run.entity.js';
import type { DeviceSpan } from './storage.queries.js';

interface PartRow {
  readonly record_id: string;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly bundle_id: string | null;
  readonly range_start: string | null;
  readonly facts: IssuanceFacts | null;
  readonly left_wh: string;
}

/** Loads and writes records of storage devices, and what was made of them. */
@Injectable()
export class StorageRepository {
  async addRecords(
    tx: LedgerTx,
    { eventId, recordedAt }: { readonly eventId: string; readonly recordedAt: Date },
    records: readonly StorageRecord[],
  ): Promise<void> {
    await tx.query(
      `INSERT INTO storage_record (ledger_id, event_id, recorded_at, row_index, record_id,
         device_code, is_charging, starts_at, ends_at, wh, external_id, validator, source_line)
       SELECT $1, $2, $3, r.n - 1, r.id, r.device, r.charging, to_timestamp(r.start_ms / 1000),
         to_timestamp(r.end_ms / 1000), r.wh, r.external_id, r.validator, r.line
       FROM unnest($4::uuid[], $5::text[], $6::boolean[], $7::double precision[],
              $8::double precision[], $9::bigint[], $10::text[], $11::text[], $12::integer[])
         WITH ORDINALITY
         AS r (id, device, charging, start_ms, end_ms, wh, external_id, validator, line, n)`,
      [
        tx.ledgerId,
        eventId,
        recordedAt,
        records.map(({ recordId }) => recordId),
        records.map(({ deviceCode }) => deviceCode),
        records.map(({ isCharging }) => isCharging),
        records.map(({ startMs }) => startMs),
        records.map(({ endMs }) => endMs),
        records.map(({ wh }) => wh),
        records.map(({ externalId }) => externalId),
        records.map(({ validator }) => validator),
        records.map(({ sourceLine }) => sourceLine),
      ],
    );
  }

  record(tx: LedgerTx, recordId: string): Promise<StorageRecordEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(StorageRecordEntity, { ledgerId, recordId });
  }

  ofEvent(tx: LedgerTx, event: RowsOfEvent): AsyncIterable<StorageRecord[]> {
    return eachAs(entitiesOf(tx, StorageRecordEntity, event), toRecord);
  }

  /** Records of devices that touch a stretch, by device and start. */
  async between(
    tx: LedgerTx,
    { deviceCodes, from, to }: { deviceCodes: readonly string[]; from: Date; to: Date },
  ): Promise<StorageRecord[]> {
    const { ledgerId } = tx;
    const rows = await tx
      .createQueryBuilder(StorageRecordEntity, 'r')
      .where('r.ledger_id = :ledgerId AND r.device_code = ANY(:deviceCodes)', {
        ledgerId,
        deviceCodes,
      })
      .andWhere('r.ends_at > :from AND r.starts_at < :to', { from, to })
      .orderBy('r.device_code')
      .addOrderBy('r.starts_at')
      .getMany();
    return rows.map(toRecord);
  }

  /** Where the series of each device ends. */
  async ends(tx: LedgerTx, deviceCodes: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await tx.query<{ device_code: string; ends_at: Date }[]>(
      `SELECT device_code, max(ends_at) AS ends_at FROM storage_record
       WHERE ledger_id = $1 AND device_code = ANY($2) GROUP BY device_code`,
      [tx.ledgerId, deviceCodes],
    );
    return new Map(rows.map((row) => [row.device_code, row.ends_at.getTime()]));
  }

  balanceOf(tx: LedgerTx, subjectId: string): Promise<StorageBalanceEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(StorageBalanceEntity, { ledgerId, subjectId });
  }

  async addCharges(
    tx: LedgerTx,
    at: { readonly ledgerId: string; readonly eventId: string; readonly recordId: string },
    bundles: readonly {
      readonly bundleId: string;
      readonly certificateId: string;
      readonly wh: number;
    }[],
  ): Promise<void> {
    await tx.query(
      `INSERT INTO storage_charge (ledger_id, event_id, record_id, bundle_id, certificate_id, wh)
       SELECT $1, $2, $3, b.* FROM unnest($4::uuid[], $5::uuid[], $6::bigint[]) AS b`,
      [
        at.ledgerId,
        at.eventId,
        at.recordId,
        bundles.map(({ bundleId }) => bundleId),
        bundles.map(({ certificateId }) => certificateId),
        bundles.map(({ wh }) => wh),
      ],
    );
  }

  /** What is left of the charges of a device that ended by an instant: certified parts and the rest. */
  async partsLeft(
    tx: LedgerTx,
    { ledgerId, deviceCode, to }: Pick<DeviceSpan, 'ledgerId' | 'deviceCode' | 'to'>,
  ): Promise<ChargePart[]> {
    const rows = await tx.query<PartRow[]>(
      `WITH charge AS (
         SELECT r.record_id, r.starts_at, r.ends_at, b.wh, b.certified_wh, b.used_wh
         FROM storage_record r
         JOIN storage_balance b ON b.ledger_id = r.ledger_id AND b.subject_id = r.record_id
         WHERE r.ledger_id = $1 AND r.device_code = $2 AND r.is_charging AND r.ends_at <= $3
           AND b.used_wh < b.wh),
       part AS (
         SELECT c.record_id, c.bundle_id, c.certificate_id, b.wh - b.used_wh AS left_wh, b.used_wh
         FROM charge JOIN storage_charge c ON c.ledger_id = $1 AND c.record_id = charge.record_id
         JOIN storage_balance b ON b.ledger_id = $1 AND b.subject_id = c.bundle_id)
       SELECT charge.record_id, charge.starts_at, charge.ends_at, part.bundle_id, u.range_start, g.facts,
         part.left_wh
       FROM part JOIN charge USING (record_id)
       JOIN certificate_bundle u ON u.ledger_id = $1 AND u.bundle_id = part.bundle_id
       JOIN certificate g ON g.ledger_id = $1 AND g.certificate_id = part.certificate_id
       WHERE part.left_wh > 0
       UNION ALL
       SELECT record_id, starts_at, ends_at, NULL, NULL, NULL, (wh - certified_wh) - (used_wh
         - coalesce((SELECT sum(part.used_wh) FROM part WHERE part.record_id = charge.record_id), 0))
       FROM charge`,
      [ledgerId, deviceCode, to],
    );
    return rows
      .map((row): ChargePart => {
        const { record_id: recordId, starts_at: start, ends_at: end, bundle_id: bundleId } = row;
        const backing =
          bundleId === null
            ? null
            : { bundleId, rangeStart: toSafeInteger(row.range_start!), facts: row.facts! };
        return {
          record: { recordId, startMs: start.getTime(), endMs: end.getTime() },
          backing,
          leftWh: toSafeInteger(row.left_wh),
        };
      })
      .filter(({ leftWh }) => leftWh > 0);
  }

  latestRun(tx: LedgerTx, deviceCode: string): Promise<StorageRunEntity | null> {
    const { ledgerId } = tx;
    return tx.findOne(StorageRunEntity, {
      where: { ledgerId, deviceCode },
      order: { throughAt: 'DESC' },
    });
  }

  async addRun(
    tx: LedgerTx,
    run: StorageRunEntity,
    allocations: readonly KeptAllocation[],
  ): Promise<void> {
    const { ledgerId, runId: eventId } = run;
    await tx.insert(StorageRunEntity, run);
    if (allocations.length === 0) return;
    const column = (name: keyof KeptAllocation) => allocations.map((one) => one[name]);
    await tx.query(
      `INSERT INTO storage_allocation (ledger_id, event_id, row_index, allocation_id, discharge_id,
         charge_id, bundle_id, charge_wh, discharge_wh, terms_code, terms_version, certificate_id)
       SELECT $1, $2, a.n - 1, a.id, a.discharge, a.charge, a.bundle, a.charge_wh, a.discharge_wh,
         a.terms, a.version, a.certificate
       FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[], $8::bigint[],
              $9::text[], $10::integer[], $11::uuid[]) WITH ORDINALITY
         AS a (id, discharge, charge, bundle, charge_wh, discharge_wh, terms, version, certificate, n)`,
      [
        ledgerId,
        eventId,
        column('allocationId'),
        column('dischargeId'),
        column('chargeId'),
        column('bundleId'),
        column('chargeWh'),
        column('dischargeWh'),
        column('termsCode'),
        column('termsVersion'),
        column('certificateId'),
      ],
    );
  }

  allocationsOf(tx: LedgerTx, event: RowsOfEvent): AsyncIterable<KeptAllocation[]> {
    return eachAs(entitiesOf(tx, StorageAllocationEntity, event), toAllocation);
  }
}

function toRecord(row: StorageRecordEntity): StorageRecord {
  const { recordId, deviceCode, isCharging, startsAt, endsAt, wh } = row;
  const { externalId, validator, sourceLine } = row;
  const span = { startMs: startsAt.getTime(), endMs: endsAt.getTime() };
  return { recordId, deviceCode, isCharging, ...span, wh, externalId, validator, sourceLine };
}

function toAllocation(row: StorageAllocationEntity): KeptAllocation {
  const { allocationId, dischargeId, chargeId, bundleId, chargeWh, dischargeWh } = row;
  const { termsCode, termsVersion, certificateId } = row;
  return {
    allocationId,
    dischargeId,
    chargeId,
    bundleId,
    chargeWh,
    dischargeWh,
    termsCode,
    termsVersion,
    certificateId,
  };
}
