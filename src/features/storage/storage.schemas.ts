import { z } from 'zod';
import type { KeptAllocation } from '../../core/storage/run.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { Instant } from '../../core/shapes/values.shape.js';
import { spanOfDays } from '../../platform/http/schemas.js';
import type { StorageRecordEntity } from './records/storage-record.entity.js';
import type { StorageRunEntity } from './runs/storage-run.entity.js';

const Wh = z.int().min(0);

export const StorageQuery = z
  .strictObject({ deviceCode: RecordCode, from: Instant, to: Instant })
  .superRefine(spanOfDays(366));
export type StorageQuery = z.output<typeof StorageQuery>;

export const StorageRecordListResponse = z
  .object({
    items: z.array(
      z.object({
        recordId: z.uuid(),
        deviceCode: RecordCode,
        direction: z.literal(['charge', 'discharge']),
        start: Instant,
        end: Instant,
        wh: Wh,
        certifiedWh: Wh.describe('Of a charge: what cancelled certificates stand behind'),
        usedWh: Wh.describe('Drawn of a charge; traced to charges of a discharge'),
        externalId: z.string(),
        validator: z.string(),
      }),
    ),
  })
  .meta({ id: 'StorageRecordList' });
export type StorageRecordListResponse = z.output<typeof StorageRecordListResponse>;

/** A record with what became of it. */
export type BalancedRecord = StorageRecordEntity & {
  readonly certifiedWh: number;
  readonly usedWh: number;
};

export function toStorageRecordResponse(
  row: BalancedRecord,
): StorageRecordListResponse['items'][number] {
  const { recordId, deviceCode, isCharging, wh, certifiedWh, usedWh, externalId, validator } = row;
  return {
    recordId,
    deviceCode,
    direction: isCharging ? 'charge' : 'discharge',
    start: row.startsAt.toISOString(),
    end: row.endsAt.toISOString(),
    wh,
    certifiedWh,
    usedWh,
    externalId,
    validator,
  };
}

export const StorageRunRequest = z
  .strictObject({
    deviceCode: RecordCode,
    through: Instant.describe('Discharges that start before it are traced'),
  })
  .meta({ id: 'StorageRunRequest' });
export type StorageRunRequest = z.output<typeof StorageRunRequest>;

const runShape = {
  runId: z.uuid(),
  deviceCode: RecordCode,
  from: Instant.nullable().describe('Where the last run ended; null for the first'),
  through: Instant,
  dischargeWh: Wh,
  certifiedWh: Wh.describe('Certified again: a cancelled certificate stands behind it'),
  unbackedWh: Wh.describe('No charge stands behind it: it earns no certificate'),
  lossWh: Wh.describe('Charge that went into the discharges, less what came out'),
};

export const StorageRunResponse = z
  .object({
    ...runShape,
    allocations: z.array(
      z.object({
        allocationId: z.uuid(),
        dischargeId: z.uuid(),
        chargeId: z.uuid(),
        bundleId: z.uuid().nullable(),
        chargeWh: Wh,
        dischargeWh: Wh,
        certificateId: z.uuid().nullable(),
      }),
    ),
  })
  .meta({ id: 'StorageRun' });
export type StorageRunResponse = z.output<typeof StorageRunResponse>;

export function toStorageRun(run: StorageRunEntity): Omit<StorageRunResponse, 'allocations'> {
  const { runId, deviceCode, fromAt, throughAt, dischargeWh } = run;
  const { certifiedWh, unbackedWh, lossWh } = run;
  return {
    runId,
    deviceCode,
    from: fromAt?.toISOString() ?? null,
    through: throughAt.toISOString(),
    dischargeWh,
    certifiedWh,
    unbackedWh,
    lossWh,
  };
}

export function toAllocationResponse(
  allocation: KeptAllocation,
): StorageRunResponse['allocations'][number] {
  const { allocationId, dischargeId, chargeId, bundleId, chargeWh, dischargeWh } = allocation;
  const { certificateId } = allocation;
  return {
    allocationId,
    dischargeId,
    chargeId,
    bundleId,
    chargeWh,
    dischargeWh,
    certificateId,
  };
}

export const StorageReportResponse = z
  .object({
    deviceCode: RecordCode,
    from: Instant,
    to: Instant,
    chargeWh: Wh,
    certifiedChargeWh: Wh.describe('Of it, what cancelled certificates stand behind'),
    dischargeWh: Wh,
    tracedWh: Wh.describe('Of the discharge, what charges stand behind'),
    certificateWh: Wh.describe('Of it, certified again'),
    drawnWh: Wh.describe('Charge that went into the discharge'),
    lossWh: Wh.describe('`drawnWh` less `tracedWh`: energy of the site, in no match'),
    storedWh: Wh.describe('Charge of the period that nothing has drawn yet'),
    untracedWh: Wh.describe('Discharge that no run has come to, or no charge stands behind'),
  })
  .meta({ id: 'StorageReport' });
export type StorageReportResponse = z.output<typeof StorageReportResponse>;
