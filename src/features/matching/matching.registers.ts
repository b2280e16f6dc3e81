import { MOVES } from '../../core/ledger/postings.js';
import type { Register } from '../ledger/replay/replay.port.js';

/** What a move of this name must say in a column. */
const byMove = (column: 'book' | 'debit' | 'credit'): string =>
  `CASE t.move ${Object.entries(MOVES)
    .map(([move, one]) => `WHEN '${move}' THEN '${one[column]}'`)
    .join(' ')} END`;

/** What is known of the energy book. */
export const MATCHING_REGISTERS: readonly Register[] = [
  {
    table: 'posting',
    of: { types: ['matching.run'], rowsAfter: [] },
    sealed: ['move', 'starts_at', 'subjects', 'wh'],
    derived: { book: byMove('book'), debit: byMove('debit'), credit: byMove('credit') },
  },
  {
    table: 'match_pairs',
    of: { types: ['matching.run'], rowsAfter: [] },
    sealed: ['hour', 'meters', 'certificates', 'demand_at', 'wh', 'reached_demand'],
    derived: {
      supply_at: 'CASE WHEN t.demand_at IS NOT NULL THEN t.supply_at END',
      exhausted_supply: 'CASE WHEN t.reached_demand IS NOT NULL THEN t.exhausted_supply END',
    },
  },
  {
    table: 'matching_run',
    of: { types: ['matching.run'], column: 'run_id', count: '1' },
    sealed: [
      'site_code',
      'contract_code',
      'contract_version',
      'month',
      'policy',
      'input_sha256',
      'result_root',
      'demand_wh',
      'supply_wh',
      'matched_wh',
      'maximum_wh',
      'touched_hours',
      'supersedes',
      'accepted_suspect',
    ],
    derived: {
      starts_at: 'e.valid_from',
      ends_at: 'e.valid_to',
      code_version: 'CASE WHEN t.maximum_wh IS NOT NULL THEN t.code_version END',
    },
    isDated: true,
  },
  {
    table: 'supply_balance',
    of: null,
    sealed: [
      'certificate_id',
      'hour',
      'issued',
      'available',
      'matched',
      'surplus',
      'expired',
      'withdrawn',
      'cancelled',
      'cancelled_for_storage',
    ],
  },
  {
    table: 'demand_balance',
    of: null,
    sealed: ['meter_code', 'utc_day', 'consumption', 'matched', 'residual'],
  },
];
