import type { LedgerTx } from '../database/ledger-tx.js';
import type { Lost, Mark } from './heads-file.js';
import type { StoredHead } from './standing.js';

/** Where a database's log ends; null where the ledger is not there. */
export async function storedHead(
  tx: LedgerTx,
): Promise<(StoredHead & { readonly name: string; readonly recordedAt: string | null }) | null> {
  const rows = await tx.query<{ name: string; size: string; hash: string; at: Date | null }[]>(
    `SELECT l.name, h.size, encode(h.chain_hash, 'hex') AS hash, h.recorded_at AS at
     FROM ledger_head h JOIN ledger l USING (ledger_id) WHERE h.ledger_id = $1`,
    [tx.ledgerId],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { name, hash, at } = row;
  return { name, size: Number(row.size), chainHash: hash, recordedAt: at?.toISOString() ?? null };
}

/** Hash of the chain after an event, lower-case hex; null where there is none. */
export async function hashAt(tx: LedgerTx, seq: number): Promise<string | null> {
  const rows = await tx.query<{ hash: string }[]>(
    `SELECT encode(chain_hash, 'hex') AS hash FROM ledger_event WHERE ledger_id = $1 AND seq = $2`,
    [tx.ledgerId, seq],
  );
  return rows[0]?.hash ?? null;
}

/** The event that declares an end lost; null where there is none. */
export async function declaredLost(
  tx: LedgerTx,
  { size, chainHash, recordedAt }: Mark,
): Promise<Lost | null> {
  const rows = await tx.query<{ seq: string; payload: Buffer }[]>(
    `SELECT seq, payload FROM ledger_event WHERE ledger_id = $1 AND type = 'ledger.resumed'
     ORDER BY seq DESC`,
    [tx.ledgerId],
  );
  for (const { seq, payload } of rows) {
    const event = JSON.parse(payload.toString('utf8')) as {
      readonly recordedAt: string;
      readonly body: { readonly lastMarker: { readonly size: number; readonly chainHash: string } };
    };
    const { lastMarker } = event.body;
    if (lastMarker.size !== size || lastMarker.chainHash !== chainHash) continue;
    const resumed = { resumedAt: event.recordedAt, resumedSize: Number(seq) + 1 };
    return { size, chainHash, recordedAt, ...resumed };
  }
  return null;
}

/** What PostgreSQL calls its cluster; null where it does not say. */
export async function identifierOf(tx: LedgerTx): Promise<string | null> {
  const [row] = await tx.query<{ id: string | null }[]>(
    `SELECT CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')
       THEN (SELECT system_identifier::text FROM pg_control_system()) END AS id`,
  );
  return row?.id ?? null;
}
