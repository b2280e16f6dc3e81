import type { Register } from '../ledger/ledger.service.js';

/** Checkpoints are compared with the log's tree, and their signatures checked; keys follow from their events. */
export const SIGNING_REGISTERS: readonly Register[] = [
  {
    ...{ table: 'checkpoint', of: null, sealed: ['size', 'kid', 'root', 'note'] },
    notProven: {
      signed_at: 'the clock of who signed; only a time-stamp of somebody else proves it',
    },
  },
];
