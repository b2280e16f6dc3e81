import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';

/** The ORM asks whether a transaction is open before it opens one of its own. */
export type Runner = Omit<QueryRunner, 'isTransactionActive'> & { isTransactionActive: boolean };

/** A runner of the ORM on a connection of ours; it would take one of its own pool. */
export function runnerOn(dataSource: DataSource, client: PoolClient): Runner {
  const runner: Runner = dataSource.createQueryRunner();
  return Object.assign(runner, { databaseConnection: client });
}

/** Whether the server was silent beyond its own limits: nothing more is said to it. */
export function isDeaf(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

const MODES = {
  'READ ONLY': 'ISOLATION LEVEL REPEATABLE READ, READ ONLY',
  'READ WRITE': 'ISOLATION LEVEL READ COMMITTED',
} as const;

/** In one message: a transaction is opened for every request, and each message costs its way. */
export function opening(
  mode: keyof typeof MODES,
  settling: string,
  lock: string | null = null,
): string {
  const start = `START TRANSACTION ${MODES[mode]}; ${settling}`;
  return lock === null ? start : `${start}; ${lock}`;
}

/** What was worked out in a transaction, if that was opened: else why it was not. */
export async function afterOpening<T>(opened: Promise<unknown>, working: Promise<T>): Promise<T> {
  const [opening, done] = await Promise.allSettled([opened, working]);
  if (opening.status === 'rejected') throw opening.reason;
  if (done.status === 'rejected') throw done.reason;
  return done.value;
}
