import type { Register } from '../ledger/replay/replay.port.js';

const ACTED = ['certificates.acted', 'certificates.converted'] as const;
const TAKEN = 'which Wh are taken, for all ledgers and read by none; what took them has an event';
const REQUEST = `(b -> 'action') - 'type' - 'storage' || jsonb_build_object(
  'action', b #> '{action,type}',
  'storageRecordId', coalesce(b #> '{action,storage,recordId}', 'null'))`;

/** What is known of certificates and of what was done with them. */
export const CERTIFICATE_REGISTERS: readonly Register[] = [
  {
    table: 'certificate',
    of: {
      types: ['import.committed', 'storage.traced'],
      where: `b ->> 'rows' IN ('mizan/row/certificate/1', 'mizan/row/certificate/2',
        'mizan/rows/storage/1')`,
      rowsAfter: [],
    },
    sealed: [
      'certificate_id',
      'plant_code',
      'starts_at',
      'ends_at',
      'wh',
      'external_id',
      'issuer',
      'status',
      'range_start',
      'owner_code',
      'facts',
      'signed_by',
      'flags',
      'origin',
      'source_line',
    ],
    isDated: true,
  },
  {
    table: 'bundle_change',
    of: { types: ACTED, rowsAfter: [] },
    sealed: [
      'bundle_id',
      'version',
      'action',
      'status_was',
      'status',
      'status_before',
      'owner_code',
      'beneficiary',
    ],
    derived: { version_was: 'nullif(t.version - 1, 0)' },
    isDated: true,
  },
  {
    table: 'certificate_bundle',
    of: null,
    sealed: ['bundle_id', 'certificate_id', 'range_start', 'range_end', 'parent_id', 'hash'],
  },
  {
    table: 'certificate_action',
    of: { types: ['certificates.acted'], column: 'action_id', count: '1' },
    sealed: ['request_sha256', 'response'],
    derived: {
      action: `b #>> '{action,type}'`,
      acting_for: `b #>> '{action,actingFor}'`,
      // Requests of before knew no storage.
      request: `CASE WHEN t.request ? 'storageRecordId' THEN ${REQUEST}
        ELSE (${REQUEST}) - 'storageRecordId' END`,
    },
    notProven: { idempotency_key: 'the sender’s own mark; only a repeated request is found by it' },
    isDated: true,
  },
  {
    table: 'live_certificate',
    of: null,
    sealed: ['certificate_id', 'plant_code', 'starts_at', 'ends_at', 'part'],
  },
  {
    table: 'cancelled_serial',
    of: null,
    sealed: [],
    notProven: { issuer: TAKEN, external_id: TAKEN, wh_range: TAKEN },
  },
  {
    table: 'transferred_serial',
    of: null,
    sealed: [],
    notProven: { issuer: TAKEN, issuance_id: TAKEN, wh_range: TAKEN },
  },
];
