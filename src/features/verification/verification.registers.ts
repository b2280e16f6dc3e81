import type { RegisterSource } from '../ledger/replay/replay.port.js';
import { columnNamesOf } from '../../platform/database/rows/columns.js';
import { VerificationJobEntity } from './verification-job.entity.js';

const FOUND = 'what an earlier verification found; only one that is made again proves it';

/** What is kept of verifications can be made again from the log at any time. */
export const VERIFICATION_REGISTERS: readonly RegisterSource[] = [
  (tx) => ({
    table: 'verification_job',
    of: null,
    sealed: [],
    isEvidence: false,
    notProven: Object.fromEntries(
      columnNamesOf(tx, VerificationJobEntity).map((name) => [name, FOUND]),
    ),
  }),
];
