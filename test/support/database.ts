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
  made.add(name);
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
    drop: async () => {
      made.delete(name);
      await endIdle(name);
      await run(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** Runs one statement on a connection that nobody else uses. */
export async function run<Row extends pg.QueryResultRow = pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<void> {
  await rows<Row>(url, sql, values);
}

/** Rows of one statement on a connection that nobody else uses, in the schema of the product. */
export async function rows<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return session(url, async (client) => (await client.query<Row>(sql, [...values])).rows);
}

/** A connection for several statements, as new: what an earlier one left of it is discarded. */
export async function session<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connection(url);
  let isKept = false;
  try {
    const result = await use(client);
    isKept = made.has(databaseOf(url)) && (await isDiscarded(client));
    return result;
  } finally {
    if (isKept && !idle.has(url)) keep(url, client);
    else await client.end();
  }
}

/**
 * Databases that stand, and for each way to them a connection that nobody uses now. A server makes a process for each
 * connection, which costs more than most of what is asked.
 */
const made = new Set<string>();
const idle = new Map<string, pg.Client>();

/** Whether a connection keeps its process alive; the types of `pg` do not know of it. */
const holding = (client: pg.Client) => client as unknown as { ref(): void; unref(): void };

const databaseOf = (url: string): string => new URL(url).pathname.slice(1);

/** One that is left, where it is still good, or a new one. */
async function connection(url: string): Promise<pg.Client> {
  const left = idle.get(url);
  idle.delete(url);
  const client = left ?? new pg.Client({ connectionString: url });
  // The server may end it at any time; who uses it is told by his statement.
  if (left === undefined) client.on('error', () => {});
  try {
    if (left === undefined) await client.connect();
    else holding(client).ref();
    // The application says its role with each transaction; a test has the session to itself.
    const role = new URL(url).searchParams.get('role');
    if (role !== null) await client.query(`SET ROLE ${role}`);
    await client.query('SET search_path = mizan, public');
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    if (left === undefined) throw error;
    return connection(url);
  }
}

function keep(url: string, client: pg.Client): void {
  // No reason for a process to go on.
  holding(client).unref();
  idle.set(url, client);
}

/** Whether nothing is left of a session; false within a transaction, or where it is gone. */
const isDiscarded = (client: pg.Client): Promise<boolean> =>
  client.query('DISCARD ALL').then(
    () => true,
    () => false,
  );

async function endIdle(database: string): Promise<void> {
  for (const [url, client] of idle) {
    if (databaseOf(url) !== database) continue;
    idle.delete(url);
    holding(client).ref();
    await client.end().catch(() => {});
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
