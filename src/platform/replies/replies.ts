import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { DomainError } from '../../core/errors.js';
import { DAY_MS } from '../../core/time/interval.js';
import { Clock } from '../clock.js';
import { LedgerScope } from '../database/ledger-scope.js';
import type { LedgerTx } from '../database/ledger-tx.js';
import type { OneTransaction } from '../database/one-transaction.js';
import { ReplyEntity } from './reply.entity.js';

/** How long an answer is kept: thirteen months, and some days. */
const KEPT_DAYS = 400;
const RETRY_AFTER_S = 1;

/** A key of a ledger. */
export interface ReplyKey {
  readonly ledgerId: string;
  readonly key: string;
}

/** An answer as it is kept. */
export type Reply = Pick<ReplyEntity, 'requestSha256' | 'status' | 'headers' | 'body'>;

interface ReplyRow {
  readonly request_sha256: Buffer;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/**
 * Answers by `Idempotency-Key` (API section 4). An answer is kept in the transaction of what it
 * answers: either both are there or neither is, whatever ends the process.
 */
@Injectable()
export class Replies {
  constructor(
    private readonly scope: LedgerScope,
    private readonly clock: Clock,
  ) {}

  /** The answer that a key had. */
  async find({ ledgerId, key }: ReplyKey): Promise<Reply | null> {
    const [row] = await this.scope.lookUp<ReplyRow>(
      ledgerId,
      `SELECT request_sha256, status, headers, body FROM reply
       WHERE ledger_id = $1 AND idempotency_key = $2`,
      [ledgerId, key],
    );
    if (row === undefined) return null;
    const { request_sha256: requestSha256, status, headers, body } = row;
    return { requestSha256, status, headers, body };
  }

  /**
   * One transaction for what a request writes. Where another process is at the same key, or has just
   * answered it, it does not begin: `idempotency.running`.
   */
  begin(at: ReplyKey): OneTransaction {
    return this.scope.asOne((tx) => this.claim(tx, at));
  }

  /** Runs what belongs to a request. */
  within<T>(one: OneTransaction, work: () => T): T {
    return this.scope.within(one, work);
  }

  /** Keeps an answer with what was written for it, and commits both. */
  async keep(one: OneTransaction, { ledgerId, key }: ReplyKey, reply: Reply): Promise<void> {
    const insert = async (tx: LedgerTx): Promise<void> => {
      const row = { ledgerId, idempotencyKey: key, ...reply, recordedAt: this.clock.now() };
      await tx.insert(ReplyEntity, row as object);
    };
    if (await one.commit(insert)) return;
    await this.scope.write(ledgerId, async (tx) => {
      await this.claim(tx, { ledgerId, key });
      await insert(tx);
    });
  }

  /** Forgets what is older than answers are kept. Gives how many. */
  sweep(ledgerId: string): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEPT_DAYS * DAY_MS);
    return this.scope.write(ledgerId, async (tx) => {
      const { affected } = await tx.delete(ReplyEntity, { ledgerId, recordedAt: LessThan(before) });
      return affected ?? 0;
    });
  }

  /** Taken without waiting: who waited for another would hold a connection for him. */
  private async claim(tx: LedgerTx, { ledgerId, key }: ReplyKey): Promise<void> {
    const [lock] = await tx.query<{ is_ours: boolean }[]>(
      `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS is_ours`,
      [`${ledgerId} reply ${key}`],
    );
    const isAnswered = async (): Promise<boolean> =>
      tx.existsBy(ReplyEntity, { ledgerId, idempotencyKey: key });
    if (lock?.is_ours !== true || (await isAnswered())) throw running(key);
  }
}

/** Another request with this key is being answered. */
export function running(key: string): DomainError {
  const fix = 'Wait as `Retry-After` says and send it again: the answer will be that of the first.';
  return new DomainError('idempotency.running', { key, retryAfterS: RETRY_AFTER_S, fix });
}
