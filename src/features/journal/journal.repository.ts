import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { JournalBatchEntity } from './journal-batch.entity.js';

/** Loads and writes batches of entries. */
@Injectable()
export class JournalRepository {
  /** In the order in which they were handed over. */
  list(tx: EntityManager, ledgerId: string): Promise<JournalBatchEntity[]> {
    return tx.find(JournalBatchEntity, { where: { ledgerId }, order: { sequence: 'ASC' } });
  }

  find(tx: EntityManager, ledgerId: string, batchId: string): Promise<JournalBatchEntity | null> {
    return tx.findOneBy(JournalBatchEntity, { ledgerId, batchId });
  }

  ofEvent(tx: EntityManager, ledgerId: string, eventId: string): Promise<JournalBatchEntity[]> {
    return tx.findBy(JournalBatchEntity, { ledgerId, eventId });
  }

  async add(tx: EntityManager, batch: JournalBatchEntity): Promise<void> {
    await tx.insert(JournalBatchEntity, batch);
  }
}
