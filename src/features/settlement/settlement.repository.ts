import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SettlementRunEntity } from './settlement-run.entity.js';

/** Loads and writes settlement runs. */
@Injectable()
export class SettlementRepository {
  find(tx: EntityManager, ledgerId: string, runId: string): Promise<SettlementRunEntity | null> {
    return tx.findOneBy(SettlementRunEntity, { ledgerId, runId });
  }

  ofEvent(tx: EntityManager, ledgerId: string, eventId: string): Promise<SettlementRunEntity[]> {
    return tx.findBy(SettlementRunEntity, { ledgerId, eventId });
  }

  /** All runs, of one contract or of all, by contract, period and version. */
  list(
    tx: EntityManager,
    ledgerId: string,
    contractCode: string | null = null,
  ): Promise<SettlementRunEntity[]> {
    return tx.find(SettlementRunEntity, {
      where: { ledgerId, ...(contractCode === null ? {} : { contractCode }) },
      order: { contractCode: 'ASC', period: 'ASC', version: 'ASC' },
    });
  }

  async add(tx: EntityManager, run: SettlementRunEntity): Promise<void> {
    await tx.insert(SettlementRunEntity, run);
  }
}
