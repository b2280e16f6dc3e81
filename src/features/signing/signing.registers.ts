import type { Register } from '../ledger/replay/replay.port.js';

/** Checkpoints are compared with the log's tree, and their signatures checked; keys follow from their events. */
export const SIGNING_REGISTERS: readonly Register[] = [
  {
    table: 'checkpoint',
    of: null,
    sealed: ['size', 'kid', 'root', 'note'],
    // One that is gone proves nothing less: who was given it keeps it, and the last stands in the marker.
    isErasable: true,
    notProven: {
      signed_at: 'the clock of who signed; only a time-stamp of somebody else proves it',
    },
  },
  {
    table: 'checkpoint_stamp',
    of: null,
    sealed: [],
    // A token proves itself to whoever checks it, by certificates that are not ours; one that is edited proves nothing.
    isEvidence: false,
    notProven: {
      size: 'the token is over the note itself',
      kid: 'the token is over the note itself',
      token: 'it proves itself to whoever trusts its authority',
      stamped_at: 'it is what the token says',
    },
  },
  {
    table: 'checkpoint_delivery',
    of: null,
    sealed: [],
    // Who was sent a checkpoint has it; what is said here of the way proves nothing.
    isEvidence: false,
    notProven: Object.fromEntries(
      [
        'delivery_id',
        'size',
        'kid',
        'month',
        'state',
        'requested_at',
        'attempt_count',
        'next_at',
        'delivered_at',
        'problem',
      ].map((column) => [column, 'work on its way']),
    ),
  },
];
