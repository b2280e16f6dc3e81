import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { DatabaseError } from '../database/server/database-error.js';
import { onOwnConnection } from '../database/server/own-connection.js';
import { settle } from '../database/server/settled-client.js';

/** SHA-256 of each migration's SQL, by name, as this build runs it. */
export type MigrationHashes = Readonly<Record<string, string>>;

/** A step before the migrations: `when` gives one row, `applies`. */
export interface EarlyStep {
  readonly when: string;
  readonly sql: string;
}

/** What a build knows of the migrations that it brings. */
export interface MigrationPlan {
  readonly hashes: MigrationHashes;
  readonly formerNames: readonly string[];
  readonly steps: readonly EarlyStep[];
}

interface Executed {
  readonly name: string;
  readonly timestamp: string;
  readonly sha256: string | null;
}

const nameOf = (migration: MigrationInterface): string =>
  migration.name ?? migration.constructor.name;

/**
 * Runs what is pending of a build's migrations, and keeps the hash of what each of them sent beside
 * its name, in the same transaction. Nothing is written before it is known that this build may: that
 * the ledger was not carried further by a later one, and that no migration that it ran was another.
 *
 * @param owner  Connected in the role `mizan_owner`, with the build's migrations.
 * @throws DatabaseError when a later or another build has migrated this ledger.
 */
export async function runMigrations(owner: DataSource, plan: MigrationPlan): Promise<void> {
  const executed = await executedIn(owner);
  refuseLaterBuild(owner, executed, plan);
  refuseOtherText(executed, plan.hashes);
  if (executed.length > 0) await takeEarlySteps(owner, plan.steps);
  await owner.query(HASH_TABLE);
  for (const migration of owner.migrations) recordHash(migration);
  await owner.runMigrations();
}

/**
 * Whether just a build's migrations have run, each with the SQL that this build has: then nothing is pending.
 *
 * @param client  In a transaction of the role `mizan_owner`.
 */
export async function haveAllRun(client: pg.Client, hashes: MigrationHashes): Promise<boolean> {
  const { rows: tables } = await client.query<{ are_there: boolean }>(
    `SELECT to_regclass('mizan.migration') IS NOT NULL
       AND to_regclass('mizan.migration_hash') IS NOT NULL AS are_there`,
  );
  if (!tables[0]!.are_there) return false;
  const { rows } = await client.query<{ name: string; sha256: string | null }>(
    'SELECT name, h.sql_sha256 AS sha256 FROM migration LEFT JOIN migration_hash h USING (name)',
  );
  return (
    rows.length === Object.keys(hashes).length &&
    rows.every(({ name, sha256 }) => hashes[name] === sha256)
  );
}

/**
 * Gives migrations that ran before hashes were kept the hashes that this build has for them. To be
 * called when the schema has been compared: then they did make what this build's would have made.
 */
export async function fillHashes(owner: DataSource, hashes: MigrationHashes): Promise<void> {
  await owner.query(
    `INSERT INTO migration_hash (name, sql_sha256)
     SELECT m.name, h.sha256 FROM migration m
     JOIN unnest($1::text[], $2::text[]) AS h (name, sha256) ON h.name = m.name
     ON CONFLICT (name) DO NOTHING`,
    [Object.keys(hashes), Object.values(hashes)],
  );
}

const LOCK = `hashtext('mizan migrate')`;

/** Lets one process at a time bring a database to its schema; the others wait, and find it done. */
export function oneAtATime<T>(ownerUrl: string, work: () => Promise<T>): Promise<T> {
  return onOwnConnection(ownerUrl, async (client) => {
    // For the transaction, not the session: behind a pooler the session is lent to others.
    await client.query(
      `BEGIN; ${settle({ idle_in_transaction_session_timeout: '0' })};
       SELECT pg_advisory_xact_lock(${LOCK})`,
    );
    return work();
  });
}

/**
 * Whether nobody brings the database to a schema now, nor will until this transaction ends. Asked
 * before anything is read: what is read while another changes it is of neither schema.
 */
export async function isSettled(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ is_got: boolean }>(
    `SELECT pg_try_advisory_xact_lock_shared(${LOCK}) AS is_got`,
  );
  return rows[0]!.is_got;
}

const HASH_TABLE = `
  CREATE TABLE IF NOT EXISTS migration_hash (
    name        text NOT NULL,
    sql_sha256  text NOT NULL,
    CONSTRAINT migration_has_one_hash PRIMARY KEY (name),
    CONSTRAINT migration_hash_is_sha256 CHECK (sql_sha256 ~ '^[0-9a-f]{64}$')
  )`;

async function executedIn(owner: DataSource): Promise<readonly Executed[]> {
  const [tables] = await owner.query<[{ migrations: boolean; hashes: boolean }]>(
    `SELECT to_regclass('mizan.migration') IS NOT NULL AS migrations,
            to_regclass('mizan.migration_hash') IS NOT NULL AS hashes`,
  );
  if (!tables.migrations) return [];
  const hashes = tables.hashes
    ? 'LEFT JOIN migration_hash h USING (name)'
    : 'CROSS JOIN (SELECT NULL AS sql_sha256) h';
  return owner.query(
    `SELECT name, timestamp, h.sql_sha256 AS sha256 FROM migration ${hashes} ORDER BY timestamp`,
  );
}

function refuseLaterBuild(
  { migrations }: DataSource,
  executed: readonly Executed[],
  { formerNames }: MigrationPlan,
): void {
  const known = new Set([...migrations.map(nameOf), ...formerNames]);
  const unknown = executed.filter(({ name }) => !known.has(name));
  if (unknown.length === 0) return;
  const newest = migrations.map(nameOf).toSorted(byTimestamp).at(-1);
  throw new DatabaseError(
    `A later or another build of Mizan has carried this ledger forward: it ran ${unknown.map(({ name }) => name).join(', ')}, ` +
      `which this build does not know (its newest is ${newest}). Nothing was changed. ` +
      'Start that build or a later one, or restore a backup from before it ran.',
  );
}

const byTimestamp = (a: string, b: string): number => Number(a.slice(-13)) - Number(b.slice(-13));

function refuseOtherText(executed: readonly Executed[], hashes: MigrationHashes): void {
  const other = executed.find(
    ({ name, sha256 }) => sha256 !== null && hashes[name] !== undefined && hashes[name] !== sha256,
  );
  if (other === undefined) return;
  throw new DatabaseError(
    `This ledger ran migration ${other.name} with other SQL than this build has: ` +
      `SHA-256 ${other.sha256} there, ${hashes[other.name]} here. Nothing was changed. ` +
      'A migration that has run is never edited: start a build that has it as it was, ' +
      'and bring the change as a migration of its own.',
  );
}

/** One transaction per step: each leaves a state that the next start would find as well. */
async function takeEarlySteps(owner: DataSource, steps: readonly EarlyStep[]): Promise<void> {
  for (const { when, sql } of steps) {
    const [{ applies }] = await owner.query<[{ applies: boolean }]>(when);
    if (applies) await owner.transaction((tx) => tx.query(sql));
  }
}

/** A migration whose `up` also keeps the hash of what it sent. */
function recordHash(migration: MigrationInterface): void {
  const up = migration.up.bind(migration);
  migration.up = async (runner) => {
    const sent = createHash('sha256');
    await up(recording(runner, (sql) => sent.update(sql).update('\0')));
    await runner.query(
      `INSERT INTO migration_hash (name, sql_sha256) VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET sql_sha256 = excluded.sql_sha256`,
      [nameOf(migration), sent.digest('hex')],
    );
  };
}

/** The same runner; every SQL text that goes through it is told first. */
function recording(runner: QueryRunner, tell: (sql: string) => void): QueryRunner {
  return new Proxy(runner, {
    get(target, property) {
      if (property === 'query') {
        return (sql: string, ...rest: [values?: never]) => {
          tell(sql);
          return target.query(sql, ...rest);
        };
      }
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
