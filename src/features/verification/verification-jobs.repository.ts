import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { VerificationJobEntity } from './verification-job.entity.js';

const LISTED = 50;
const ON_THEIR_WAY = ['queued', 'running'] as const;

/** Which verification. */
export type VerificationKey = Pick<VerificationJobEntity, 'ledgerId' | 'jobId'>;

/** Loads and writes verifications. */
@Injectable()
export class VerificationJobsRepository {
  /** Adds one; false where one of its kind is on its way. */
  async add(tx: LedgerTx, job: VerificationJobEntity): Promise<boolean> {
    const { raw } = await tx
      .createQueryBuilder()
      .insert()
      .into(VerificationJobEntity)
      .values(job as object)
      .orIgnore()
      .returning('job_id')
      .execute();
    return (raw as unknown[]).length === 1;
  }

  find(tx: LedgerTx, jobId: string): Promise<VerificationJobEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(VerificationJobEntity, { ledgerId, jobId });
  }

  findAll(tx: LedgerTx, jobIds: readonly string[]): Promise<VerificationJobEntity[]> {
    const { ledgerId } = tx;
    return tx.findBy(VerificationJobEntity, { ledgerId, jobId: In([...jobIds]) });
  }

  /** The one of a kind that is on its way. */
  onItsWay(
    tx: LedgerTx,
    kind: Pick<VerificationJobEntity, 'ledgerId' | 'isFull' | 'hasFiles'>,
  ): Promise<VerificationJobEntity | null> {
    const { ledgerId, isFull, hasFiles } = kind;
    const where = { ledgerId, isFull, hasFiles, state: In([...ON_THEIR_WAY]) };
    return tx.findOneBy(VerificationJobEntity, where);
  }

  /** All that are on their way. */
  onTheirWay(tx: LedgerTx): Promise<VerificationJobEntity[]> {
    const { ledgerId } = tx;
    return tx.findBy(VerificationJobEntity, { ledgerId, state: In([...ON_THEIR_WAY]) });
  }

  /** Changes one that has not ended, and gives it as it is then; null where it has ended. */
  async change(
    tx: LedgerTx,
    { ledgerId, jobId }: VerificationKey,
    change: Partial<VerificationJobEntity>,
  ): Promise<VerificationJobEntity | null> {
    const where = { ledgerId, jobId, state: In([...ON_THEIR_WAY]) };
    const { affected } = await tx.update(VerificationJobEntity, where, change as object);
    return affected === 1 ? this.find(tx, jobId) : null;
  }

  /** The place of one that ends now. */
  async nextPlace(tx: LedgerTx): Promise<number> {
    const [row] = await tx.query<{ place: string }[]>(
      `SELECT coalesce(max(place), 0) + 1 AS place FROM verification_job WHERE ledger_id = $1`,
      [tx.ledgerId],
    );
    return Number(row!.place);
  }

  /** The last that ended; of two in one place, the one that found something. */
  async last(
    tx: LedgerTx,
    { isFull }: { readonly isFull?: boolean } = {},
  ): Promise<VerificationJobEntity | null> {
    const { ledgerId } = tx;
    const [last] = await tx.find(VerificationJobEntity, {
      where: { ledgerId, state: 'done', ...(isFull === undefined ? {} : { isFull }) },
      order: { place: 'DESC', isClean: 'ASC', jobId: 'DESC' },
      take: 1,
    });
    return last ?? null;
  }

  /** The latest, newest first. */
  list(tx: LedgerTx): Promise<VerificationJobEntity[]> {
    const { ledgerId } = tx;
    return tx.find(VerificationJobEntity, {
      where: { ledgerId },
      order: { requestedAt: 'DESC', jobId: 'DESC' },
      take: LISTED,
    });
  }
}
