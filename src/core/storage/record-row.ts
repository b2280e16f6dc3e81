import { plausibleWhMax } from '../certificates/certificate.js';
import type { RowFault } from '../errors.js';
import { readSpan, readVisibleText, readWholeWh } from '../tabular/fields.js';
import type { StorageRecord } from './run.js';

/** Names of the fields of a storage record in a CSV file. */
export const STORAGE_RECORD_FIELDS = [
  ...(['device', 'start', 'end', 'direction', 'wh', 'external_id', 'validator'] as const),
] as const;
/** Name of one field. */
export type StorageRecordField = (typeof STORAGE_RECORD_FIELDS)[number];

/** Technologies of devices that store. */
export const STORAGE_TECHNOLOGIES: readonly string[] = ['battery_storage', 'other_storage'];

/** What a row is checked against. */
export interface StorageDevice {
  readonly code: string;
  readonly technology: string;
  readonly capacityW: number;
}

/**
 * Checks one row of a file of storage records (METHOD 3.1, 3.6): a device that stores, an interval
 * inside one UTC hour, a direction, whole Wh within the device's power.
 *
 * @returns The record, or the first rule that the row breaks.
 */
export function readStorageRecord(
  fields: Readonly<Record<StorageRecordField, string>>,
  device: StorageDevice,
): Omit<StorageRecord, 'recordId' | 'sourceLine'> | RowFault<StorageRecordField> {
  if (!STORAGE_TECHNOLOGIES.includes(device.technology)) {
    return {
      column: 'device',
      rule: 'device.stores',
      detail: `${device.code} is not a storage device but ${device.technology}.`,
      fix: `Name a plant of technology ${STORAGE_TECHNOLOGIES.join(' or ')}.`,
    };
  }
  const span = readSpan(fields);
  if ('rule' in span) return span;
  const direction = fields.direction.toLowerCase();
  if (direction !== 'charge' && direction !== 'discharge') {
    return {
      column: 'direction',
      rule: 'direction.known',
      detail: 'Neither charge nor discharge.',
      fix: 'Direction is a word of its own, never a sign: charge or discharge.',
    };
  }
  const wh = readWholeWh(fields.wh, { isZeroAllowed: true });
  if (typeof wh !== 'number') return { column: 'wh', ...wh };
  const mostWh = plausibleWhMax(device.capacityW, span.endMs - span.startMs);
  if (wh > mostWh) {
    return {
      column: 'wh',
      rule: 'storage.within_power',
      detail: `More than ${device.code} can move in that time: ${mostWh} Wh with the margin.`,
      fix: 'Check the unit, or revise the device’s capacity.',
    };
  }
  for (const column of ['external_id', 'validator'] as const) {
    const fault = readVisibleText(fields[column]);
    if (fault !== null) return { column, ...fault };
  }
  return {
    deviceCode: device.code,
    isCharging: direction === 'charge',
    ...span,
    wh,
    externalId: fields.external_id,
    validator: fields.validator,
  };
}
