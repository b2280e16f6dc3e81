import type { Register } from '../ledger/replay/replay.port.js';

/** A sum that the event's body states. */
const stated = (name: string): string => `(b ->> '${name}')::bigint`;
const CANCELLED = `h.ledger_id = e.ledger_id AND h.event_id = e.event_id
  AND h.status = 'Cancelled for Storage'`;

/** What is known of storage devices and of what went through them. */
export const STORAGE_REGISTERS: readonly Register[] = [
  {
    table: 'storage_record',
    of: {
      types: ['import.committed'],
      where: `b ->> 'rows' = 'mizan/row/storage-record/1'`,
      rowsAfter: [],
    },
    sealed: [
      'record_id',
      'device_code',
      'is_charging',
      'starts_at',
      'ends_at',
      'wh',
      'external_id',
      'validator',
      'source_line',
    ],
    isDated: true,
  },
  {
    table: 'storage_charge',
    of: {
      types: ['certificates.acted'],
      count: `(SELECT count(*) FROM bundle_change h WHERE ${CANCELLED})`,
    },
    sealed: [],
    derived: {
      record_id: `(b #>> '{action,storage,recordId}')::uuid`,
      bundle_id: `SELECT h.bundle_id FROM bundle_change h
        WHERE ${CANCELLED} AND h.bundle_id = t.bundle_id LIMIT 1`,
      certificate_id: `SELECT c.certificate_id FROM certificate_bundle c
        WHERE c.ledger_id = t.ledger_id AND c.bundle_id = t.bundle_id LIMIT 1`,
      wh: `SELECT c.range_end - c.range_start + 1 FROM certificate_bundle c
        WHERE c.ledger_id = t.ledger_id AND c.bundle_id = t.bundle_id LIMIT 1`,
    },
  },
  {
    table: 'storage_run',
    of: { types: ['storage.traced'], column: 'run_id', count: '1' },
    sealed: [],
    derived: {
      device_code: `b ->> 'deviceCode'`,
      discharge_wh: stated('dischargeWh'),
      certified_wh: stated('certifiedWh'),
      unbacked_wh: stated('unbackedWh'),
      loss_wh: stated('lossWh'),
      through_at: 'e.valid_to',
      from_at: `SELECT before.valid_to FROM e AS before
        WHERE before.b ->> 'deviceCode' = e.b ->> 'deviceCode' AND before.seq < e.seq
        ORDER BY before.seq DESC LIMIT 1`,
    },
    isDated: true,
  },
  {
    table: 'storage_allocation',
    of: { types: ['storage.traced'], rowsAfter: [] },
    sealed: [
      'allocation_id',
      'discharge_id',
      'charge_id',
      'bundle_id',
      'charge_wh',
      'discharge_wh',
      'terms_code',
      'terms_version',
      'certificate_id',
    ],
  },
  {
    table: 'storage_balance',
    of: null,
    sealed: ['subject_id', 'wh', 'certified_wh', 'used_wh'],
  },
];
