import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { escapeLiteral } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { refusalOf } from './refusals.js';

const RETRIES = 5;
const RETRY_CODES = new Set(['40001', '40P01']);

/**
 * The only way to the tables: a transaction that belongs to one ledger. Row-level security shows it
 * that ledger's rows and no others.
 */
@Injectable()
export class LedgerScope {
  constructor(private readonly dataSource: DataSource) {}

  /** Reads one ledger, on one snapshot. */
  read<T>(ledgerId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.run(ledgerId, work, 'READ ONLY');
  }

  /**
   * Changes one ledger: everything or nothing. Serialisation failures and deadlocks are tried again,
   * a bounded number of times; a constraint that refuses becomes its public code.
   */
  async write<T>(ledgerId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.run(ledgerId, work, 'READ WRITE');
      } catch (error) {
        const code = (error as { code?: unknown }).code;
        if (attempt > RETRIES || typeof code !== 'string' || !RETRY_CODES.has(code)) {
          throw refusalOf(error);
        }
        await sleep(10 * 2 ** attempt);
      }
    }
  }

  private async run<T>(
    ledgerId: string,
    work: (tx: EntityManager) => Promise<T>,
    mode: keyof typeof MODES,
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    // TypeORM asks this before it opens a transaction of its own; its own opening takes a message more.
    const state = runner as { isTransactionActive: boolean };
    await runner.connect();
    try {
      await runner.query(opening(mode, ledgerId));
      state.isTransactionActive = true;
      const result = await work(runner.manager);
      await runner.query('COMMIT');
      return result;
    } catch (error) {
      // A connection that is lost has rolled back by itself: what went wrong first is what is told.
      await runner.query('ROLLBACK').catch(() => {});
      throw error;
    } finally {
      state.isTransactionActive = false;
      await runner.release();
    }
  }
}

const MODES = {
  'READ ONLY': 'ISOLATION LEVEL REPEATABLE READ, READ ONLY',
  'READ WRITE': 'ISOLATION LEVEL READ COMMITTED',
} as const;

/** In one message: a transaction is opened for every request, and each message costs its way. */
const opening = (mode: keyof typeof MODES, ledgerId: string): string =>
  `START TRANSACTION ${MODES[mode]}; SELECT set_config('app.ledger', ${escapeLiteral(ledgerId)}, true)`;

/**
 * Makes the takers of a name wait for each other until `tx` ends. A row lock would not do: before
 * the first row there is nothing to lock.
 */
export async function lockName(tx: EntityManager, ledgerId: string, name: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${ledgerId} ${name}`]);
}
