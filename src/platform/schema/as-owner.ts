import pg from 'pg';
import { ownSettings, settle, targetOf } from '../database/settled-client.js';

/**
 * Reads a database in one transaction that can write nothing.
 *
 * @param ownerUrl  Connection in the role `mizan_owner`.
 */
export async function asOwner<T>(
  ownerUrl: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { connectionString, role } = targetOf(ownerUrl);
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  try {
    // Names are written as the search path has them.
    await client.query(`BEGIN READ ONLY; ${settle(ownSettings(role))}`);
    return await use(client);
  } finally {
    await client.end();
  }
}
