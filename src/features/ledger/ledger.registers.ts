import type { Register } from './replay/replay.port.js';

/** The log itself: every column is compared event by event, the head with the last of them. */
export const LEDGER_REGISTERS: readonly Register[] = [
  {
    table: 'ledger_event',
    of: null,
    sealed: [
      'seq',
      'event_id',
      'type',
      'schema_version',
      'valid_from',
      'valid_to',
      'recorded_at',
      'actor',
      'actor_principal',
      'actor_role',
      'source_ref',
      'supersedes',
      'row_count',
      'row_root',
      'payload',
      'leaf_hash',
      'prev_seq',
      'prev_hash',
      'chain_hash',
    ],
  },
  { table: 'ledger_head', of: null, sealed: ['size', 'chain_hash', 'recorded_at', 'subtrees'] },
  { table: 'log_node', of: null, sealed: ['level', 'node_index', 'hash'] },
  { table: 'ledger', of: null, sealed: ['name', 'opened_at'] },
  {
    table: 'reply',
    of: null,
    sealed: [],
    isEvidence: false,
    notProven: Object.fromEntries(
      ['idempotency_key', 'request_sha256', 'status', 'headers', 'body', 'recorded_at'].map(
        (name) => [name, 'an answer that is kept to be given again; what it tells of has events'],
      ),
    ),
  },
  {
    table: 'record',
    of: { types: ['record.versioned'], where: `b ->> 'version' = '1'`, count: '1' },
    sealed: [],
    derived: { code: `b ->> 'code'`, kind: `b ->> 'kind'` },
  },
];
