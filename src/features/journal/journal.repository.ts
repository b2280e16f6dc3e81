import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { JournalBatchEntity } from './journal-batch.entity.js';

/** Loads and writes batches of entries. */
@Injectable()
export class JournalRepository {
  /** In the order in which they were handed over. */
  list(tx: LedgerTx): Promise<JournalBatchEntity[]> {
    const { ledgerId } = tx;
    return tx.find(JournalBatchEntity, { where: { ledgerId }, order: { sequence: 'ASC' } });
  }

  find(tx: LedgerTx, batchId: string): Promise<JournalBatchEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(JournalBatchEntity, { ledgerId, batchId });
  }

  ofEvent(tx: LedgerTx, eventId: string): Promise<JournalBatchEntity[]> {
    const { ledgerId } = tx;
    return tx.findBy(JournalBatchEntity, { ledgerId, eventId });
  }

  async add(tx: LedgerTx, batch: JournalBatchEntity): Promise<void> {
    await tx.insert(JournalBatchEntity, batch);
  }
}
