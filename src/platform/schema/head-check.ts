import type pg from 'pg';
import { DatabaseError } from '../database/server/database-error.js';
import { readOnly } from '../database/server/own-connection.js';
import { settle } from '../database/server/settled-client.js';

/**
 * Refuses a database in which the head of any ledger is not its last event: both are written in one
 * transaction, so that one of them was changed by hand, or is of another copy (LEDGER section 12).
 *
 * @param ownerUrl  Connection in the role `mizan_owner`: it may list ledgers, and reads one at a time.
 * @throws DatabaseError that names the ledgers, and both ends of each.
 */
export async function requireHeads(ownerUrl: string): Promise<void> {
  const wrong = await readOnly(ownerUrl, wrongHeads, { ofOneMoment: true });
  if (wrong.length === 0) return;
  const more = wrong.length > SHOWN ? `; and ${wrong.length - SHOWN} more` : '';
  throw new DatabaseError(
    'The head of a ledger is not its last event. ' +
      `${wrong.slice(0, SHOWN).join('; ')}${more}. ` +
      'Mizan does not start on it: whatever were appended would hide what happened. ' +
      'Run `mizan verify-ledger` on a copy from before, and restore a backup.',
  );
}

/** Each ledger whose head and log differ, in words. */
async function wrongHeads(client: pg.Client): Promise<readonly string[]> {
  const { rows: ledgers } = await client.query<{ id: string; name: string }>(LEDGERS);
  const wrong: string[] = [];
  for (const { id, name } of ledgers) {
    const answers: unknown = await client.query(`${settle({ 'app.ledger': id })}; ${ENDS}`);
    const { agree, head, last } = (answers as pg.QueryResult<Ends>[]).at(-1)!.rows[0]!;
    if (!agree) wrong.push(`${name}: the head says ${head}, the log ends with ${last}`);
  }
  return wrong;
}

const SHOWN = 5;

interface Ends {
  readonly agree: boolean;
  readonly head: string;
  readonly last: string;
}

/** The policy that lets the owner list them shows no more of them than this table. */
const LEDGERS = `SELECT ledger_id AS id, name FROM ledger ORDER BY name COLLATE "C"`;
const END = `size || ' events, ' || encode(chain_hash, 'hex')`;
const ENDS = `
  SELECT head = last AS agree, head, last FROM (
    SELECT coalesce((SELECT ${END} FROM ledger_head WHERE size > 0), 'nothing') AS head,
      coalesce((SELECT ${END} FROM (
        SELECT seq + 1 AS size, chain_hash FROM ledger_event ORDER BY seq DESC LIMIT 1) e),
        'nothing') AS last
  ) ends`;
