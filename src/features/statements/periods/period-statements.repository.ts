import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { PeriodStatementEntity } from './period-statement.entity.js';

/** What a statement of a period is about. */
export type PeriodOf = Pick<PeriodStatementEntity, 'siteCode' | 'entityCode' | 'period'>;

/** Loads and writes statements of periods. */
@Injectable()
export class PeriodStatementsRepository {
  latest(
    tx: LedgerTx,
    { siteCode, entityCode, period }: PeriodOf,
  ): Promise<PeriodStatementEntity | null> {
    const { ledgerId } = tx;
    return tx.findOne(PeriodStatementEntity, {
      where: {
        ledgerId,
        siteCode: siteCode ?? IsNull(),
        entityCode: entityCode ?? IsNull(),
        period,
      },
      order: { version: 'DESC' },
    });
  }

  find(tx: LedgerTx, statementId: string): Promise<PeriodStatementEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(PeriodStatementEntity, { ledgerId, statementId });
  }

  /** The version after one; null where it is the last. */
  nextOf(tx: LedgerTx, statementId: string): Promise<PeriodStatementEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(PeriodStatementEntity, { ledgerId, supersedes: statementId });
  }

  ofEvent(tx: LedgerTx, eventId: string): Promise<PeriodStatementEntity[]> {
    const { ledgerId } = tx;
    return tx.findBy(PeriodStatementEntity, { ledgerId, eventId });
  }

  /** All of a ledger, by period, what they are about and version. */
  list(tx: LedgerTx): Promise<PeriodStatementEntity[]> {
    const { ledgerId } = tx;
    return tx.find(PeriodStatementEntity, {
      where: { ledgerId },
      order: { period: 'ASC', entityCode: 'ASC', siteCode: 'ASC', version: 'ASC' },
    });
  }

  async add(tx: LedgerTx, statement: PeriodStatementEntity): Promise<void> {
    await tx.insert(PeriodStatementEntity, statement);
  }
}
