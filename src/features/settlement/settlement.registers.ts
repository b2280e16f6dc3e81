import type { Register } from '../ledger/replay/replay.port.js';

/** What is known of settlements. */
export const SETTLEMENT_REGISTERS: readonly Register[] = [
  {
    table: 'settlement_run',
    of: { types: ['settlement.run'] },
    sealed: [
      'run_id',
      'contract_code',
      'contract_version',
      'run',
      'period',
      'version',
      'corrects',
      'document',
    ],
    derived: { sha256: 'sha256(t.document)' },
    isDated: true,
  },
  {
    table: 'settlement_approval',
    of: { types: ['settlement.approved'] },
    sealed: ['run_id', 'made_by', 'approved_by', 'recorded_at'],
  },
];
