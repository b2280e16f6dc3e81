import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { escapeLiteral } from 'pg';
import { DataSource } from 'typeorm';
import { assert } from '../../core/errors.js';
import { Clock } from '../clock.js';
import { Ids } from '../ids.js';
import { InsideTransaction } from './inside-transaction.js';
import { afterOpening, isDeaf, opening, runnerOn } from './transaction-opening.js';
import { TurnQueuesByKey } from '../turn-queue.js';
import { ofLedger } from './ledger-tx.js';
import { type LaneName, Lanes, READING } from './lanes.js';
import { OneTransaction, type Work } from './one-transaction.js';
import { lockOf, type WriteTarget } from './write-target.js';
import { isWorthAnotherTry, refusalOf } from './refusals.js';

/** Four weeks: each month is at least as long. */
const MUCH_MS = 28 * 86_400_000;
const RETRIES = 5;
const FIRST_PAUSE_MS = 20;
/** Writers of one ledger that hold a connection at once; the lane keeps room for other ledgers. */
const WRITERS_OF_A_LEDGER = 4;
const WRITERS_WAITING_MAX = 200;

/**
 * The only way to the tables: a transaction that belongs to one ledger. Row-level security shows it
 * that ledger's rows and no others.
 *
 * Nobody holds a connection while he waits for another: who is inside a transaction may only `tell`,
 * which has connections of its own, and writers of one ledger wait before they take one.
 */
@Injectable()
export class LedgerScope {
  private readonly inside: InsideTransaction;
  private readonly joint = new AsyncLocalStorage<OneTransaction>();
  private readonly byLock: TurnQueuesByKey;
  private readonly byLedger: TurnQueuesByKey;
  private readonly listeners: ((ledgerId: string) => void)[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly lanes: Lanes,
    private readonly ids: Ids,
    clock: Clock,
  ) {
    this.inside = new InsideTransaction(clock);
    const waits = { waitingMax: WRITERS_WAITING_MAX, waitMs: lanes.of('write').bounds.waitMs };
    this.byLock = new TurnQueuesByKey(1, waits);
    this.byLedger = new TurnQueuesByKey(WRITERS_OF_A_LEDGER, waits);
  }

  /** Reads a little of one ledger, on one snapshot. */
  read<T>(ledgerId: string, work: Work<T>): Promise<T> {
    return this.readOn('read', ledgerId, work);
  }

  /**
   * Reads much of one ledger, on one snapshot: a month, a log, all of a register. A few at a time,
   * through connections of their own, so that readers never stand in the way of writers.
   *
   * @throws DomainError `service.unavailable` when too many wait already, or one waited too long.
   */
  readHeavy<T>(ledgerId: string, work: Work<T>): Promise<T> {
    return this.readOn('heavy', ledgerId, work);
  }

  /**
   * Reads all of one ledger, on one snapshot, for as long as that takes: one at a time, through a
   * connection of its own, so that months are read meanwhile.
   *
   * @throws DomainError as `readHeavy`.
   */
  readWhole<T>(ledgerId: string, work: Work<T>): Promise<T> {
    return this.readOn('whole', ledgerId, work);
  }

  /** Reads a stretch of time: a month and more is much. Instants in ms. */
  readOver<T>(
    ledgerId: string,
    { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
    work: Work<T>,
  ): Promise<T> {
    return this.readOn(endMs - startMs < MUCH_MS ? 'read' : 'heavy', ledgerId, work);
  }

  /**
   * Changes one ledger: everything or nothing. Serialisation failures and deadlocks are tried again,
   * a bounded number of times; a constraint that refuses becomes its public code.
   *
   * @param target  The ledger; with a lock, its takers are one after the other.
   * @throws DomainError `service.unavailable` when the wait for a turn or a lock was in vain.
   */
  async write<T>(target: string | WriteTarget, work: Work<T>): Promise<T> {
    this.requireOutside();
    const here: WriteTarget = typeof target === 'string' ? { ledgerId: target } : target;
    const { ledgerId, lock, waitMs = this.lanes.of('write').bounds.waitMs } = here;
    const untilMs = performance.now() + waitMs;
    const leftMs = (): number => Math.max(1, Math.round(untilMs - performance.now()));
    const transact = <R>(inner: Work<R>, locks: boolean): Promise<R> => {
      const start = (): string => {
        const settling = this.settling('write', ledgerId, leftMs());
        return opening('READ WRITE', settling, locks ? lockOf(here) : null);
      };
      const inTurn = (): Promise<R> =>
        this.byLedger.take(
          ledgerId,
          () => this.tryAgain(() => this.run('write', ledgerId, start(), inner, leftMs())),
          leftMs(),
        );
      return lock === undefined
        ? inTurn()
        : this.byLock.take(`${ledgerId} ${lock}`, inTurn, leftMs());
    };
    const one = this.one();
    const result = await (one === null
      ? transact(work, true)
      : this.writeTogether(one, here, transact, work));
    this.whenCommitted(() => this.listeners.forEach((tell) => tell(ledgerId)));
    return result;
  }

  /**
   * A transaction that all writes share which are begun `within` it: the first opens it, and reads
   * after that see what it wrote. Whoever asks for it ends it.
   *
   * @param first  Done before all else in it.
   */
  asOne(first: Work<void>): OneTransaction {
    return new OneTransaction(first);
  }

  /** Runs what belongs to one transaction. */
  within<T>(one: OneTransaction, work: () => T): T {
    return this.joint.run(one, work);
  }

  /** Several writes as one: all, or none where it throws. A request that has one holds them. */
  async together<T>(work: () => Promise<T>): Promise<T> {
    if (this.one() !== null) return work();
    const one = this.asOne(nothing);
    try {
      const result = await this.within(one, work);
      await one.commit(nothing);
      return result;
    } finally {
      await one.rollBack();
    }
  }

  /** The same, taken back: nothing stays. */
  async tryTogether<T>(work: () => Promise<T>): Promise<T> {
    const one = this.asOne(nothing);
    try {
      return await this.within(one, work);
    } finally {
      await one.rollBack();
    }
  }

  /** Does something once what was written is committed: at once, where that is so. */
  whenCommitted(work: () => void): void {
    const one = this.one();
    if (one?.isOpen === true) one.whenCommitted(work);
    else work();
  }

  /** Whether the clock was set since the transaction began in which this is asked. */
  isClockSet(): boolean {
    return this.inside.isClockSet();
  }

  /** Calls back after each change of a ledger that was committed. */
  onWritten(tell: (ledgerId: string) => void): void {
    this.listeners.push(tell);
  }

  /**
   * Does what `write` would, with every refusal that it would meet, and takes it back: nothing stays.
   *
   * @returns What the work returned.
   * @throws DomainError as `write`
   */
  async rehearse<T>(target: string | WriteTarget, work: Work<T>): Promise<T> {
    const done: { readonly result: T }[] = [];
    try {
      await this.write(target, async (tx) => {
        const result = await work(tx);
        // What waits for the end of a transaction is asked now: there will be no such end.
        await tx.query('SET CONSTRAINTS ALL IMMEDIATE');
        done.push({ result });
        throw new TakenBack();
      });
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error;
    }
    return done.at(-1)!.result;
  }

  /**
   * Changes a row that no fact depends on, now, also from within another transaction and whatever
   * becomes of that: how far something is.
   */
  tell<T>(ledgerId: string, work: Work<T>): Promise<T> {
    return this.tryAgain(() =>
      this.run(
        'progress',
        ledgerId,
        opening('READ WRITE', this.settling('progress', ledgerId)),
        work,
      ),
    );
  }

  /**
   * Looks one thing up with one message, through connections of their own: who a key is.
   *
   * @param sql  One statement; `$1` and so on stand for texts, in order.
   */
  lookUp<Row>(ledgerId: string, sql: string, texts: readonly string[]): Promise<Row[]> {
    const text = sql.replace(/\$(\d+)/g, (_, at: string) => escapeLiteral(texts[Number(at) - 1]!));
    return this.lanes.of('auth').ask<Row>(text, { 'app.ledger': ledgerId });
  }

  private async readOn<T>(lane: LaneName, ledgerId: string, work: Work<T>): Promise<T> {
    this.requireOutside();
    const one = this.one();
    if (one?.isOpen === true) return one.look(ledgerId, (tx) => this.inside.run(() => work(tx)));
    const start = opening('READ ONLY', this.settling(lane, ledgerId));
    return this.tryAgain(() => this.run(lane, ledgerId, start, work));
  }

  private writeTogether<T>(
    one: OneTransaction,
    here: WriteTarget,
    transact: (inner: Work<void>, locks: boolean) => Promise<void>,
    work: Work<T>,
  ): Promise<T> {
    const lock = lockOf(here);
    const marked: Work<T> = (tx) => this.inside.run(() => work(tx));
    return one.inTurn(() => {
      if (one.isOpen) return one.join(here.ledgerId, lock, marked);
      // What is done first may refuse: it comes before the wait for the lock.
      const opens: Work<T> = async (tx) => {
        if (lock !== null) await tx.query(lock);
        return work(tx);
      };
      return one.begin((inner) => transact(inner, false), opens);
    });
  }

  private one(): OneTransaction | null {
    const one = this.joint.getStore();
    return one === undefined || one.isOver ? null : one;
  }

  private settling(lane: LaneName, ledgerId: string, lockMs?: number): string {
    return this.lanes.of(lane).settling({
      'app.ledger': ledgerId,
      ...(lockMs === undefined ? {} : { lock_timeout: `${lockMs}` }),
    });
  }

  /** One who holds a connection and waits for a second can wait for himself. */
  private requireOutside(): void {
    assert(!this.inside.isOpen, 'ledger scope: inside a transaction, use it, or `tell`');
  }

  private async tryAgain<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (tries > RETRIES || !isWorthAnotherTry(error)) throw refusalOf(error);
        // Two that met once must not meet again: each waits a time of his own.
        await sleep(FIRST_PAUSE_MS * 2 ** tries * this.ids.jitter());
      }
    }
  }

  private run<T>(
    lane: LaneName,
    ledgerId: string,
    start: string,
    work: Work<T>,
    waitMs?: number,
  ): Promise<T> {
    return this.lanes.of(lane).lend(async (client) => {
      const runner = runnerOn(this.dataSource, client);
      try {
        const opened = client.query(start);
        if (!READING.has(lane)) await opened;
        runner.isTransactionActive = true;
        const result = await afterOpening(
          opened,
          this.inside.run(() => work(ofLedger(runner.manager, ledgerId))),
        );
        const { command } = await client.query('COMMIT');
        // PostgreSQL answers the end of a transaction that has failed with a rollback, not an error.
        assert(
          command === 'COMMIT',
          'ledger scope: a failure inside a transaction is not passed by',
        );
        return result;
      } catch (error) {
        // A connection that is lost has rolled back by itself: what went wrong first is what is told.
        if (!isDeaf(error)) await client.query('ROLLBACK').catch(() => {});
        throw error;
      } finally {
        await runner.release();
      }
    }, waitMs);
  }
}

/** Ends a transaction whose work is not kept. */
class TakenBack extends Error {}

const nothing = async (): Promise<void> => {};
