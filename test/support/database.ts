import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A migrated database of its own, with one URL per role. */
export interface TestDatabase {
  /** Superuser: what an attacker or an administrator could do. */
  readonly adminUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  drop(): Promise<void>;
}

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the tests with \`npm test\``);
  return value;
};

/** Makes a database from the migrated template, or an empty one. */
export async function createTestDatabase({ isEmpty = false } = {}): Promise<TestDatabase> {
  const name = `mizan_test_${randomBytes(6).toString('hex')}`;
  const server = setting('MIZAN_TEST_ADMIN_URL');
  const template = isEmpty ? 'template0' : setting('MIZAN_TEST_TEMPLATE');
  await run(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const at = (role: string | null): string => {
    const url = new URL(server);
    url.pathname = `/${name}`;
    if (role !== null) url.searchParams.set('role', role);
    return url.href;
  };
  return {
    adminUrl: at(null),
    ownerUrl: at('mizan_owner'),
    appUrl: at('mizan_app'),
    drop: () => run(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** Runs one statement on a connection of its own. */
export async function run<Row extends pg.QueryResultRow = pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<void> {
  await rows<Row>(url, sql, values);
}

/** Rows of one statement on a connection of its own, in the schema of the product. */
export async function rows<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return session(url, async (client) => (await client.query<Row>(sql, [...values])).rows);
}

/** A connection for several statements. */
export async function session<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  // The application says its role with each transaction; a test has the session to itself.
  const role = new URL(url).searchParams.get('role');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    if (role !== null) await client.query(`SET ROLE ${role}`);
    await client.query('SET search_path = mizan, public');
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Statements in a transaction of one ledger, as the application would send them. */
export function inLedger<T>(
  url: string,
  ledgerId: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  return session(url, async (client) => {
    await client.query('BEGIN');
    await client.query(`SELECT set_config('app.ledger', $1, true)`, [ledgerId]);
    try {
      const result = await use(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    }
  });
}
