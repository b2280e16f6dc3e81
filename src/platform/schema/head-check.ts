import pg from 'pg';
import { DatabaseError } from '../database/provision.js';
import { ownSettings, settle, targetOf } from '../database/settled-client.js';

/**
 * Refuses a ledger whose head is not its last event: both are written in one transaction, so that
 * one of them was changed by hand, or is of another copy (LEDGER section 12). A ledger that is not
 * there yet passes.
 *
 * @param appUrl    Connection in the role that serves: row-level security shows it one ledger.
 * @param ledgerId  Of the ledger that is served.
 * @throws DatabaseError that names both.
 */
export async function requireHead(appUrl: string, ledgerId: string): Promise<void> {
  const { connectionString, role } = targetOf(appUrl);
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  try {
    const settings = { ...ownSettings(role), 'app.ledger': ledgerId };
    await client.query(`BEGIN READ ONLY; ${settle(settings)}`);
    const { rows } = await client.query<Ends>(ENDS);
    const ends = rows[0]!;
    if (ends.agree) return;
    throw new DatabaseError(
      `The head of this ledger is not its last event: the head says ${ends.head}, the log ends with ` +
        `${ends.last}. Mizan does not start on it: whatever were appended would hide what happened. ` +
        'Run `mizan verify-ledger` on a copy from before, and restore a backup.',
    );
  } finally {
    await client.end();
  }
}

interface Ends {
  readonly agree: boolean;
  readonly head: string;
  readonly last: string;
}

const END = `size || ' events, ' || encode(chain_hash, 'hex')`;
const ENDS = `
  SELECT head = last AS agree, head, last FROM (
    SELECT coalesce((SELECT ${END} FROM ledger_head WHERE size > 0), 'nothing') AS head,
      coalesce((SELECT ${END} FROM (
        SELECT seq + 1 AS size, chain_hash FROM ledger_event ORDER BY seq DESC LIMIT 1) e),
        'nothing') AS last
  ) ends`;
