import type { Register } from '../ledger/replay/replay.port.js';

const CANCELLED = `h.ledger_id = e.ledger_id AND h.event_id = e.event_id
  AND h.status = 'Cancelled'`;
/** A value of the change by which the entry's bundle was cancelled, or of its bundle. */
const ofChange = (sql: string): string =>
  `SELECT ${sql} FROM bundle_change h JOIN certificate_bundle c USING (ledger_id, bundle_id)
   WHERE ${CANCELLED} AND h.bundle_id = t.bundle_id LIMIT 1`;
const TAKEN = 'what is converted, for all ledgers and read by none; what converted it has an event';

/** What is known of what goes over the bridge. */
export const BRIDGE_REGISTERS: readonly Register[] = [
  {
    table: 'bridge_entry',
    of: {
      types: ['certificates.converted'],
      count: `(SELECT count(*) FROM bundle_change h WHERE ${CANCELLED})`,
    },
    sealed: [],
    derived: {
      tracking_system_code: `b ->> 'trackingSystemCode'`,
      plant_code: `b ->> 'plantCode'`,
      bundle_id: ofChange('h.bundle_id'),
      bundle_version: ofChange('h.version'),
      bundle_status: ofChange('h.status'),
      certificate_id: ofChange('c.certificate_id'),
      range_start: ofChange('c.range_start'),
      wh: ofChange('c.range_end - c.range_start + 1'),
      starts_at: `SELECT c.starts_at FROM certificate c WHERE c.ledger_id = t.ledger_id
        AND c.certificate_id = t.certificate_id LIMIT 1`,
    },
  },
  {
    table: 'mwh_certificate',
    of: { types: ['certificates.converted'] },
    sealed: [
      'mwh_id',
      'tracking_system_code',
      'plant_code',
      'number',
      'starts_at',
      'ends_at',
      'expires_at',
    ],
  },
  {
    table: 'mwh_part',
    of: { types: ['certificates.converted'], rowsAfter: [] },
    sealed: ['mwh_id', 'plant_code', 'bundle_id', 'range_start', 'wh'],
  },
  {
    table: 'mwh_source',
    of: {
      types: ['import.committed'],
      where: `b ->> 'rows' = 'mizan/row/mwh-source/1'`,
      rowsAfter: [],
    },
    sealed: [
      'tracking_system_code',
      'mwh_certificate_id',
      'plant_code',
      'starts_at',
      'ends_at',
      'mwh',
      'cancelled_on',
      'proof',
      'source_line',
    ],
  },
  {
    table: 'mwh_source_balance',
    of: null,
    sealed: ['tracking_system_code', 'mwh_certificate_id', 'wh', 'used_wh'],
  },
  {
    table: 'device_hour',
    of: null,
    sealed: ['plant_code', 'hour', 'gc_wh', 'mwh_wh', 'carry_wh'],
    notProven: {
      metered_wh: 'the reading when the hour last grew; readings themselves are sealed',
    },
  },
  {
    table: 'converted_mwh',
    of: null,
    sealed: [],
    notProven: { tracking_system_code: TAKEN, mwh_certificate_id: TAKEN },
  },
];
