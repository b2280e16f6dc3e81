import { createHmac } from 'node:crypto';
import type pg from 'pg';
import { onOwnConnection } from './own-connection.js';

const LONGEST_NAME = 63;

/**
 * A login that is a member of `mizan_app` and nothing else, made with the rights of the one that
 * migrates: whoever serves with it cannot take another role back, whatever he may send. Its password
 * follows from the migrating login's, so that every process of a deployment knows it and none keeps it.
 *
 * @returns Its URL, or null where there can be none: the login may not make roles, has no password of
 *   its own, or a pooler or the server's rules let only named logins in.
 */
export async function servingLogin(databaseUrl: string): Promise<string | null> {
  const own = new URL(databaseUrl);
  if (own.username === '' || own.password === '') return null;
  const name = `mizan_app_of_${decodeURIComponent(own.username)}`.slice(0, LONGEST_NAME);
  const key = decodeURIComponent(own.password);
  const password = createHmac('sha256', key).update(`mizan/serving-login/1 ${name}`).digest('hex');
  const url = new URL(databaseUrl);
  url.username = encodeURIComponent(name);
  url.password = password;
  if (await letsIn(url.href, name)) return url.href;
  await make(databaseUrl, name, password);
  // Whatever became of that: another process may have made it meanwhile.
  return (await letsIn(url.href, name)) ? url.href : null;
}

/** Whether the server lets this login in, as itself: a pooler may lend a connection of another. */
async function letsIn(url: string, name: string): Promise<boolean> {
  return asking(url, async (client) => {
    const { rows } = await client.query<{ is_own: boolean }>(
      `SELECT session_user = $1 AND current_user = $1
         AND pg_has_role(session_user, 'mizan_app', 'USAGE') AS is_own`,
      [name],
    );
    return rows[0]!.is_own;
  });
}

/** Makes it whole or not at all, and one process at a time: none sees one that is not yet a member. */
async function make(url: string, name: string, password: string): Promise<boolean> {
  return asking(url, async (client) => {
    const [role, secret] = [client.escapeIdentifier(name), client.escapeLiteral(password)];
    await client.query('BEGIN');
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('mizan provision'))`);
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN`);
    await client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${secret}`);
    await client.query(`GRANT mizan_app TO ${role}`);
    await client.query('COMMIT');
    return true;
  });
}

/** False where the database does not answer or refuses: who asks has another way. */
function asking(url: string, ask: (client: pg.Client) => Promise<boolean>): Promise<boolean> {
  return onOwnConnection(url, ask).catch(() => false);
}
