import type { Canonical } from '../../core/ledger/canonical.js';
import type { Register } from '../ledger/replay/replay.port.js';
import type { ImportFileEntity } from './import-file.entity.js';

/** What is known of the register of files. Its figures are compared with the event's `import`. */
export const IMPORT_REGISTERS: readonly Register[] = [
  {
    table: 'import_file',
    of: { types: ['import.committed'], count: '1' },
    sealed: [
      'import_id',
      'kind',
      'file_sha256',
      'byte_count',
      'row_count',
      'new_count',
      'identical_count',
      'changed_count',
      'total_wh',
      'format',
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

/** What the event of an import says of it. */
export function importJson(row: ImportFileEntity): Canonical {
  const { importId, kind, fileSha256, byteCount, rowCount } = row;
  const { newCount, identicalCount, changedCount, totalWh } = row;
  const { format, readAs, rejectedCount } = row;
  return {
    importId,
    kind,
    fileSha256,
    byteCount,
    rowCount,
    newCount,
    identicalCount,
    changedCount,
    totalWh,
    // What imports say of themselves since files have forms; earlier ones were sealed without it.
    ...(format === null ? {} : { format, readAs, rejectedCount }),
  };
}
