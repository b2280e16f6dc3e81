import type { Register } from '../ledger/replay/replay.port.js';

/** What auditors read is a log of use, and no evidence of a figure (decision 0070). */
export const ENGAGEMENT_REGISTERS: readonly Register[] = [
  {
    table: 'auditor_read',
    of: null,
    sealed: [],
    isEvidence: false,
    notProven: Object.fromEntries(
      ['read_id', 'key_id', 'principal_id', 'read_at', 'route', 'path', 'query', 'status'].map(
        (column) => [column, 'a log of use'],
      ),
    ),
  },
];
