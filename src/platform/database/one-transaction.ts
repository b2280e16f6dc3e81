import { assert, DomainError } from '../../core/errors.js';
import type { LedgerTx } from './ledger-tx.js';
import { refusalOf } from './refusals.js';

/** What is done inside a transaction. */
export type Work<T> = (tx: LedgerTx) => Promise<T>;

/** Opens a transaction, does the work in it and commits; may try the work again before it is done. */
export type Transact = (work: Work<void>) => Promise<void>;

class RolledBack extends Error {}

/** Constraints that wait for the commit speak now, where what they refuse can still be told. */
const CHECK_NOW = 'SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED';

/**
 * One transaction for all that a request writes: the first write opens it, later ones join it, and so
 * do reads after the first write. It ends when the answer is known, so that the answer can be kept in
 * it. Until then it holds the locks of its writes.
 */
export class OneTransaction {
  private open: { readonly tx: LedgerTx; readonly end: (last: Work<void>) => void } | null = null;
  private whole: Promise<void> = Promise.resolve();
  private turn: Promise<unknown> = Promise.resolve();
  private hasEnded = false;
  private readonly afterwards: (() => void)[] = [];

  /** @param first  Done in every transaction that is opened, before all else. */
  constructor(private readonly first: Work<void>) {}

  /** Whether something was written that is not committed yet. */
  get isOpen(): boolean {
    return this.open !== null;
  }

  /** Whether it was ended: what comes later belongs to somebody else. */
  get isOver(): boolean {
    return this.hasEnded;
  }

  /** Does one piece of work after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work, work);
    this.turn = mine.catch(() => {});
    return mine;
  }

  /** Opens the transaction and does its first work. Fails as that does; nothing is open then. */
  begin<T>(transact: Transact, work: Work<T>): Promise<T> {
    const done = Promise.withResolvers<T>();
    let isDone = false;
    this.whole = transact(async (tx) => {
      // Work whose result was handed out is not done a second time.
      if (isDone) throw notNow();
      await this.first(tx);
      const result = await work(tx);
      await tx.query(CHECK_NOW);
      const end = Promise.withResolvers<Work<void>>();
      this.open = { tx, end: end.resolve };
      isDone = true;
      done.resolve(result);
      try {
        await (
          await end.promise
        )(tx);
      } catch (error) {
        throw refusalOf(error);
      }
    });
    this.whole.catch((error: unknown) => done.reject(error));
    return done.promise;
  }

  /** Writes more in the open transaction; what fails is undone, and the rest stays. */
  async join<T>(ledgerId: string, lock: string | null, work: Work<T>): Promise<T> {
    const tx = this.openOf(ledgerId);
    await tx.query('SAVEPOINT joined');
    try {
      if (lock !== null) await tx.query(lock);
      const result = await work(tx);
      await tx.query(CHECK_NOW);
      await tx.query('RELEASE SAVEPOINT joined');
      return result;
    } catch (error) {
      await tx.query('ROLLBACK TO SAVEPOINT joined; RELEASE SAVEPOINT joined').catch(() => {});
      throw refusalOf(error);
    }
  }

  /** Reads in the open transaction. */
  look<T>(ledgerId: string, work: Work<T>): Promise<T> {
    return work(this.openOf(ledgerId));
  }

  /** Does something once all is committed; never, if it is not. */
  whenCommitted(work: () => void): void {
    this.afterwards.push(work);
  }

  /** Does the last work and commits. Where nothing was written, nothing is done: false. */
  async commit(last: Work<void>): Promise<boolean> {
    this.hasEnded = true;
    if (this.open === null) return false;
    const { end } = this.open;
    this.open = null;
    end(last);
    await this.whole;
    for (const work of this.afterwards) work();
    return true;
  }

  /** Undoes all that was written. */
  async rollBack(): Promise<void> {
    this.hasEnded = true;
    if (this.open === null) return;
    const { end } = this.open;
    this.open = null;
    end(() => Promise.reject(new RolledBack('rolled back')));
    await this.whole.catch((error: unknown) => {
      if (!(error instanceof RolledBack)) throw error;
    });
  }

  private openOf(ledgerId: string): LedgerTx {
    assert(this.open !== null, 'one transaction: used while it is open');
    const { tx } = this.open;
    assert(tx.ledgerId === ledgerId, 'one transaction: of one ledger');
    return tx;
  }
}

function notNow(): DomainError {
  const detail = 'The change could not be written now: nothing was changed. Try again.';
  return new DomainError('service.unavailable', { detail });
}
