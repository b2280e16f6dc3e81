import type { Register } from '../ledger/replay/replay.port.js';

/** What is known of batches for the books. */
export const JOURNAL_REGISTERS: readonly Register[] = [
  {
    table: 'journal_batch',
    of: { types: ['journal.exported'] },
    sealed: ['batch_id', 'sequence', 'month', 'reverses', 'debit_mad', 'credit_mad', 'document'],
    derived: { sha256: 'sha256(t.document)' },
    isDated: true,
  },
];
