import { columnNamesOf } from '../../platform/database/rows/columns.js';
import type { RegisterSource } from '../ledger/replay/replay.port.js';
import { AttestationJobEntity } from './attestation-job.entity.js';

const MADE = 'of a pack that can be made again; what it proves stands in it';

/** What is kept of packs can be made again from the log at any time. */
export const ATTESTATION_REGISTERS: readonly RegisterSource[] = [
  (tx) => ({
    table: 'attestation_job',
    of: null,
    sealed: [],
    isEvidence: false,
    notProven: Object.fromEntries(
      columnNamesOf(tx, AttestationJobEntity).map((name) => [name, MADE]),
    ),
  }),
];
