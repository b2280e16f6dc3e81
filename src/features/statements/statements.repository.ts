import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { StatementEntity } from './statement.entity.js';

/** Loads and writes statements. */
@Injectable()
export class StatementsRepository {
  latest(
    tx: EntityManager,
    of: Pick<StatementEntity, 'ledgerId' | 'kind' | 'siteCode' | 'month' | 'tenantCode'>,
  ): Promise<StatementEntity | null> {
    const { ledgerId, kind, siteCode, month, tenantCode } = of;
    return tx.findOne(StatementEntity, {
      where: { ledgerId, kind, siteCode, month, tenantCode: tenantCode ?? IsNull() },
      order: { version: 'DESC' },
    });
  }

  find(tx: EntityManager, ledgerId: string, statementId: string): Promise<StatementEntity | null> {
    return tx.findOneBy(StatementEntity, { ledgerId, statementId });
  }

  ofEvent(tx: EntityManager, ledgerId: string, eventId: string): Promise<StatementEntity[]> {
    return tx.findBy(StatementEntity, { ledgerId, eventId });
  }

  list(tx: EntityManager, ledgerId: string): Promise<StatementEntity[]> {
    return tx.find(StatementEntity, {
      where: { ledgerId },
      order: { month: 'ASC', kind: 'ASC', siteCode: 'ASC', tenantCode: 'ASC', version: 'ASC' },
    });
  }

  async add(tx: EntityManager, statement: StatementEntity): Promise<void> {
    await tx.insert(StatementEntity, statement);
  }
}
