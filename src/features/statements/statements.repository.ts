import { Injectable } from '@nestjs/common';
import { Between, IsNull } from 'typeorm';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { StatementEntity } from './statement.entity.js';

/** Loads and writes statements. */
@Injectable()
export class StatementsRepository {
  latest(
    tx: LedgerTx,
    of: Pick<StatementEntity, 'ledgerId' | 'kind' | 'siteCode' | 'month' | 'tenantCode'>,
  ): Promise<StatementEntity | null> {
    const { ledgerId, kind, siteCode, month, tenantCode } = of;
    return tx.findOne(StatementEntity, {
      where: { ledgerId, kind, siteCode, month, tenantCode: tenantCode ?? IsNull() },
      order: { version: 'DESC' },
    });
  }

  /** All versions of one kind about one thing, from `first` to `month`, by month and version. */
  upTo(
    tx: LedgerTx,
    of: Pick<StatementEntity, 'kind' | 'siteCode' | 'month' | 'tenantCode'> & {
      readonly first: string;
    },
  ): Promise<StatementEntity[]> {
    const { ledgerId } = tx;
    const { kind, siteCode, tenantCode, first, month } = of;
    return tx.find(StatementEntity, {
      where: {
        ledgerId,
        kind,
        siteCode,
        tenantCode: tenantCode ?? IsNull(),
        month: Between(first, month),
      },
      order: { month: 'ASC', version: 'ASC' },
    });
  }

  find(tx: LedgerTx, statementId: string): Promise<StatementEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(StatementEntity, { ledgerId, statementId });
  }

  /** The version after one; null where it is the last. */
  nextOf(tx: LedgerTx, statementId: string): Promise<StatementEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(StatementEntity, { ledgerId, supersedes: statementId });
  }

  ofEvent(tx: LedgerTx, eventId: string): Promise<StatementEntity[]> {
    const { ledgerId } = tx;
    return tx.findBy(StatementEntity, { ledgerId, eventId });
  }

  list(tx: LedgerTx): Promise<StatementEntity[]> {
    const { ledgerId } = tx;
    return tx.find(StatementEntity, {
      where: { ledgerId },
      order: { month: 'ASC', kind: 'ASC', siteCode: 'ASC', tenantCode: 'ASC', version: 'ASC' },
    });
  }

  async add(tx: LedgerTx, statement: StatementEntity): Promise<void> {
    await tx.insert(StatementEntity, statement);
  }
}
