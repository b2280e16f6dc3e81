import pg from 'pg';
import { DatabaseError } from './database-error.js';
import { ownSettings, settle, targetOf } from './settled-client.js';

/** Longer than a busy server takes, shorter than who starts a process waits for a word. */
const CONNECTED_WITHIN_MS = 10_000;

/**
 * Does one piece of work on a connection of its own, as who logs in: the role that a URL names is
 * taken by who opens a transaction. What was not committed by the end is rolled back, before the
 * connection ends: a pooler throws away a server's connection that is left within a transaction.
 *
 * @param url  The role in it is left out.
 * @throws DatabaseError where there is no connection within 10 s, and whatever `work` throws.
 */
export async function onOwnConnection<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { connectionString } = targetOf(url);
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: CONNECTED_WITHIN_MS,
    keepAlive: true,
  });
  // One that fails while nobody asks it anything is noticed by who asks next.
  client.on('error', () => {});
  let isDone = false;
  try {
    await connect(client);
    const result = await work(client);
    isDone = true;
    return result;
  } finally {
    // A failure may be heard before the word that its transaction has failed.
    const status = client.getTransactionStatus();
    const isAtRest = status === null || (isDone && status === 'I');
    if (!isAtRest) await client.query('ROLLBACK').catch(() => {});
    await client.end().catch(() => {});
  }
}

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    throw new DatabaseError(
      `The database does not answer: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/**
 * Reads in one transaction that can write nothing, in the role that a URL names.
 *
 * @param ofOneMoment  Whether every statement sees what the first one saw; else each sees what is
 *   committed by then.
 */
export function readOnly<T>(
  url: string,
  read: (client: pg.Client) => Promise<T>,
  { ofOneMoment = false }: { readonly ofOneMoment?: boolean } = {},
): Promise<T> {
  const level = ofOneMoment ? 'REPEATABLE READ' : 'READ COMMITTED';
  const settling = settle(ownSettings(targetOf(url).role));
  return onOwnConnection(url, async (client) => {
    await client.query(`BEGIN ISOLATION LEVEL ${level} READ ONLY; ${settling}`);
    return read(client);
  });
}
