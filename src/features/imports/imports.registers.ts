import type { Register } from '../ledger/ledger.service.js';

/** What is known of the register of files. Its figures are compared with the event's `import`. */
export const IMPORT_REGISTERS: readonly Register[] = [
  {
    table: 'import_file',
    of: { types: ['import.committed'], count: '1' },
    sealed: [
      ...['import_id', 'kind', 'file_sha256', 'byte_count', 'row_count', 'new_count'],
      ...['identical_count', 'changed_count', 'total_wh', 'format'],
    ],
    // Events of imports without forms say nothing of rejected rows: they had none.
    derived: {
      rejected_count: `CASE WHEN t.format IS NULL THEN 0 ELSE t.rejected_count END`,
    },
    notProven: {
      read_as: 'of files without forms, with what they were read; of the others it is sealed',
      file_name: 'what the sender called it: it may name a person, and no seal can be erased',
    },
    isDated: true,
  },
];
