import type { Register } from '../ledger/replay/replay.port.js';

/** What is known of keys and principals: all of it is folded again from the events about keys. */
export const ACCESS_REGISTERS: readonly Register[] = [
  {
    table: 'api_key',
    of: null,
    sealed: [
      'key_id',
      'principal_id',
      'role',
      'secret_sha256',
      'created_at',
      'expires_at',
      'revoked_at',
      'event_id',
      'basis',
      'issued_by',
      'confirmed_by',
      'confirmed_at',
      'confirm_event_id',
    ],
  },
  {
    table: 'principal',
    of: null,
    sealed: ['principal_id', 'kind', 'name_commitment', 'event_id'],
  },
  {
    table: 'principal_name',
    of: null,
    isErasable: true,
    sealed: ['principal_id', 'name', 'folded_name', 'salt'],
  },
];
