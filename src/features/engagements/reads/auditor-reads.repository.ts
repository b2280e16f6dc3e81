import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { AuditorReadEntity } from './auditor-read.entity.js';

/** A read as it is kept. */
export type AuditorRead = Omit<Readonly<AuditorReadEntity>, 'ledgerId'>;

/** Loads and writes what auditors read. */
@Injectable()
export class AuditorReadsRepository {
  /** Adds reads; one that is there already stays as it is. */
  async add(tx: LedgerTx, reads: readonly AuditorRead[]): Promise<void> {
    const { ledgerId } = tx;
    await tx
      .createQueryBuilder()
      .insert()
      .into(AuditorReadEntity)
      .values(reads.map((one) => ({ ...one, ledgerId })))
      .orIgnore()
      .execute();
  }

  find(
    tx: LedgerTx,
    of: { readonly principalId: string; readonly readId: string },
  ): Promise<AuditorReadEntity | null> {
    return tx.findOneBy(AuditorReadEntity, { ...of, ledgerId: tx.ledgerId });
  }

  /** Reads of a principal from an instant up to another, the latest first, from one on. */
  list(
    tx: LedgerTx,
    of: {
      readonly principalId: string;
      readonly from: Date;
      readonly to: Date;
      /** Null: from the latest on. */
      readonly before: Pick<AuditorReadEntity, 'readAt' | 'readId'> | null;
      readonly limit: number;
    },
  ): Promise<AuditorReadEntity[]> {
    const { principalId, from, to, before, limit } = of;
    const query = tx
      .createQueryBuilder(AuditorReadEntity, 'r')
      .where('r.ledgerId = :ledgerId AND r.principalId = :principalId', {
        ledgerId: tx.ledgerId,
        principalId,
      })
      .andWhere('r.readAt >= :from AND r.readAt < :to', { from, to });
    if (before !== null) {
      const { readAt, readId } = before;
      query.andWhere('(r.readAt, r.readId) < (:readAt, :readId)', { readAt, readId });
    }
    return query.orderBy('r.readAt', 'DESC').addOrderBy('r.readId', 'DESC').take(limit).getMany();
  }
}
