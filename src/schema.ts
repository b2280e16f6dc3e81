import type pg from 'pg';
import { DataSource } from 'typeorm';
import { FORMER_NAMES, STEPS } from '../migrations/before.js';
import hashes from '../migrations/hashes.json' with { type: 'json' };
import schema from '../migrations/schema.json' with { type: 'json' };
import { dataSourceOptions } from './data-source.js';
import { readOnly } from './platform/database/server/own-connection.js';
import { isQueuePrepared, prepareQueue } from './platform/jobs/queue.js';
import {
  fillHashes,
  haveAllRun,
  isSettled,
  oneAtATime,
  runMigrations,
} from './platform/schema/migrator.js';
import { requireSchema } from './platform/schema/schema-check.js';

/** What this build's migrations are and make; `npm run schema` writes both, a test compares. */
export const BUILT: {
  readonly hashes: Readonly<Record<string, string>>;
  readonly schema: Readonly<Record<string, readonly string[]>>;
} = { hashes, schema };

/**
 * Brings a database to the schema of this build, as its owner, and refuses one that is then not what
 * this build's migrations make. Processes that start at once do so one after the other; where there is
 * nothing to do, none waits and nothing is written.
 *
 * @param ownerUrl  Connection in the role `mizan_owner`.
 * @throws DatabaseError when a later or another build has migrated it, or that names what differs.
 */
export async function bringToSchema(ownerUrl: string): Promise<void> {
  if (await readOnly(ownerUrl, isAtSchema)) return;
  await oneAtATime(ownerUrl, async () => {
    await runAll(ownerUrl);
    await requireOwnSchema(ownerUrl);
  });
}

/** Whether nothing is to be done; false where another process is at it, and may yet change it. */
async function isAtSchema(client: pg.Client): Promise<boolean> {
  if (!(await isSettled(client))) return false;
  if (!(await haveAllRun(client, hashes)) || !(await isQueuePrepared(client))) return false;
  await requireSchema(client, schema);
  return true;
}

/**
 * Runs what is pending of this build's migrations, and makes or updates the queue.
 *
 * @throws DatabaseError when a later or another build has migrated it.
 */
export async function migrate(ownerUrl: string): Promise<void> {
  await oneAtATime(ownerUrl, () => runAll(ownerUrl));
}

async function runAll(ownerUrl: string): Promise<void> {
  const plan = { hashes, formerNames: FORMER_NAMES, steps: STEPS };
  await byOrm(ownerUrl, (owner) => runMigrations(owner, plan));
  await prepareQueue(ownerUrl);
}

/**
 * Refuses a database that is not what this build's migrations make, and then keeps the hashes of
 * those that ran before hashes were kept.
 *
 * @throws DatabaseError that names what differs.
 */
export async function requireOwnSchema(ownerUrl: string): Promise<void> {
  await readOnly(ownerUrl, (client) => requireSchema(client, schema));
  await byOrm(ownerUrl, (owner) => fillHashes(owner, hashes));
}

async function byOrm(url: string, work: (owner: DataSource) => Promise<void>): Promise<void> {
  const owner = await new DataSource(dataSourceOptions(url)).initialize();
  try {
    await work(owner);
  } finally {
    await owner.destroy();
  }
}
