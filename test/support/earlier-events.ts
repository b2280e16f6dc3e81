import type { Canonical } from '../../src/core/ledger/canonical.js';
import { sealedJson } from '../../src/core/ledger/canonical.js';
import { chainHash, leafHash, rowRoot, toHex } from '../../src/core/ledger/merkle.js';
import { inLedger } from './database.js';

/** An event as it was sealed before principals were known. */
export interface EarlierEvent {
  readonly eventId: string;
  readonly type: string;
  readonly actor: string;
  readonly body: { readonly [key: string]: Canonical };
}

/** Appends events of schema version 1, and what belongs to them, at the end of a ledger's log. */
export function appendEarlier(
  url: string,
  ledgerId: string,
  events: readonly EarlierEvent[],
  also: string,
): Promise<void> {
  return inLedger(url, ledgerId, async (client) => {
    for (const { eventId, type, actor, body } of events) {
      const { rows: heads } = await client.query<{ size: string; chain_hash: Buffer; at: Date }>(
        'SELECT size, chain_hash, recorded_at AS at FROM ledger_head WHERE ledger_id = $1',
        [ledgerId],
      );
      const { size, chain_hash: previous, at } = heads[0]!;
      const seq = Number(size);
      const payload = sealedJson('mizan/event/1', {
        ledgerId,
        seq,
        eventId,
        type,
        schemaVersion: 1,
        validFrom: null,
        validTo: null,
        recordedAt: at.toISOString(),
        actor,
        actorRole: 'admin',
        sourceRef: null,
        supersedes: [],
        rowCount: 0,
        rowRoot: toHex(rowRoot([])),
        body,
      });
      const leaf = leafHash(payload);
      const chain = Buffer.from(chainHash(previous, leaf));
      await client.query(
        `INSERT INTO ledger_event (ledger_id, seq, event_id, type, schema_version, recorded_at,
           actor, actor_role, supersedes, row_count, row_root, payload, leaf_hash, prev_seq,
           prev_hash, chain_hash)
         VALUES ($1, $2, $3, $4, 1, $5, $6, 'admin', '{}', 0, $7, $8, $9, $10, $11, $12)`,
        [
          ledgerId,
          seq,
          eventId,
          type,
          at,
          actor,
          Buffer.from(rowRoot([])),
          Buffer.from(payload),
          Buffer.from(leaf),
          seq - 1,
          previous,
          chain,
        ],
      );
      await client.query('UPDATE ledger_head SET size = $2, chain_hash = $3 WHERE ledger_id = $1', [
        ledgerId,
        seq + 1,
        chain,
      ]);
    }
    await client.query(also);
  });
}
