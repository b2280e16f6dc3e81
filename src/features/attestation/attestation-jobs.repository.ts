import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import type { RowOf } from '../../platform/database/rows/row-of.js';
import { AttestationJobEntity } from './attestation-job.entity.js';

/** A job as others see it. */
export type AttestationJob = Readonly<RowOf<AttestationJobEntity>>;

const LISTED = 50;
const ON_THEIR_WAY = ['queued', 'running'] as const;

/** Loads and writes the jobs that make packs. */
@Injectable()
export class AttestationJobsRepository {
  /** Adds one; false where one of its kind is on its way. */
  async add(tx: LedgerTx, job: AttestationJob): Promise<boolean> {
    const { raw } = await tx
      .createQueryBuilder()
      .insert()
      .into(AttestationJobEntity)
      .values(job as object)
      .orIgnore()
      .returning('job_id')
      .execute();
    return (raw as unknown[]).length === 1;
  }

  find(tx: LedgerTx, jobId: string): Promise<AttestationJob | null> {
    return tx.findOneBy(AttestationJobEntity, { ledgerId: tx.ledgerId, jobId });
  }

  /** The one of a kind that is on its way. */
  onItsWay(tx: LedgerTx, kind: AttestationJob): Promise<AttestationJob | null> {
    const { siteCode, month, since } = kind;
    const state = In([...ON_THEIR_WAY]);
    const where = { ledgerId: tx.ledgerId, siteCode, month, since, state };
    return tx.findOneBy(AttestationJobEntity, where);
  }

  /** All that are on their way. */
  onTheirWay(tx: LedgerTx): Promise<AttestationJob[]> {
    const state = In([...ON_THEIR_WAY]);
    return tx.findBy(AttestationJobEntity, { ledgerId: tx.ledgerId, state });
  }

  /** Changes one that has not ended, and gives it as it is then; null where it has ended. */
  async change(
    tx: LedgerTx,
    jobId: string,
    change: Partial<AttestationJob>,
  ): Promise<AttestationJob | null> {
    const where = { ledgerId: tx.ledgerId, jobId, state: In([...ON_THEIR_WAY]) };
    const { affected } = await tx.update(AttestationJobEntity, where, change as object);
    return affected === 1 ? this.find(tx, jobId) : null;
  }

  /** The latest, newest first. */
  list(tx: LedgerTx): Promise<AttestationJob[]> {
    return tx.find(AttestationJobEntity, {
      where: { ledgerId: tx.ledgerId },
      order: { requestedAt: 'DESC', jobId: 'DESC' },
      take: LISTED,
    });
  }
}
