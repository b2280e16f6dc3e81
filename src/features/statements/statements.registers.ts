import type { Register } from '../ledger/replay/replay.port.js';

/** What is known of statements. */
export const STATEMENT_REGISTERS: readonly Register[] = [
  {
    table: 'statement',
    of: { types: ['statement.issued'] },
    sealed: [
      'statement_id',
      'kind',
      'site_code',
      'month',
      'tenant_code',
      'version',
      'supersedes',
      'run_id',
      'document',
    ],
    derived: { sha256: 'sha256(t.document)' },
    isDated: true,
  },
];
