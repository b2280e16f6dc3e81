import type { Register } from '../../ledger/replay/replay.port.js';

/** What is known of statements of periods. */
export const PERIOD_STATEMENT_REGISTERS: readonly Register[] = [
  {
    table: 'period_statement',
    of: { types: ['period_statement.issued'] },
    sealed: [
      'statement_id',
      'site_code',
      'entity_code',
      'period',
      'version',
      'supersedes',
      'document',
    ],
    derived: { sha256: 'sha256(t.document)' },
    isDated: true,
  },
];
