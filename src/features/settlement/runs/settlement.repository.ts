import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { SettlementApprovalEntity } from './settlement-approval.entity.js';
import { SettlementRunEntity } from './settlement-run.entity.js';

/** Loads and writes settlement runs. */
@Injectable()
export class SettlementRepository {
  find(tx: LedgerTx, runId: string): Promise<SettlementRunEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(SettlementRunEntity, { ledgerId, runId });
  }

  ofEvent(tx: LedgerTx, eventId: string): Promise<SettlementRunEntity[]> {
    const { ledgerId } = tx;
    return tx.findBy(SettlementRunEntity, { ledgerId, eventId });
  }

  /** All runs, of one contract or of all, by contract, period and version. */
  list(tx: LedgerTx, contractCode: string | null = null): Promise<SettlementRunEntity[]> {
    const { ledgerId } = tx;
    return tx.find(SettlementRunEntity, {
      where: { ledgerId, ...(contractCode === null ? {} : { contractCode }) },
      order: { contractCode: 'ASC', period: 'ASC', version: 'ASC' },
    });
  }

  /** Runs that a log of a size had, in the order in which it got them. */
  before(tx: LedgerTx, size: number): Promise<SettlementRunEntity[]> {
    return tx
      .createQueryBuilder(SettlementRunEntity, 'run')
      .innerJoin(
        'LedgerEventEntity',
        'event',
        'event.ledgerId = run.ledgerId AND event.eventId = run.eventId',
      )
      .where('run.ledgerId = :ledgerId AND event.seq < :size', { ledgerId: tx.ledgerId, size })
      .orderBy('event.seq')
      .getMany();
  }

  async add(tx: LedgerTx, run: SettlementRunEntity): Promise<void> {
    await tx.insert(SettlementRunEntity, run);
  }

  /** Which of some runs a later run of the period corrects. */
  async corrected(tx: LedgerTx, runIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { ledgerId } = tx;
    const later = await tx.find(SettlementRunEntity, {
      select: { ledgerId: true, runId: true, corrects: true },
      where: { ledgerId, corrects: In([...runIds]) },
    });
    return new Set(later.map(({ corrects }) => corrects!));
  }

  /** Which of some runs are approved. */
  async approved(tx: LedgerTx, runIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { ledgerId } = tx;
    const where = { ledgerId, runId: In([...runIds]) };
    const approvals = await tx.find(SettlementApprovalEntity, { where });
    return new Set(approvals.map(({ runId }) => runId));
  }

  approvalsOf(tx: LedgerTx, eventId: string): Promise<SettlementApprovalEntity[]> {
    const { ledgerId } = tx;
    return tx.findBy(SettlementApprovalEntity, { ledgerId, eventId });
  }

  async approve(tx: LedgerTx, approval: SettlementApprovalEntity): Promise<void> {
    await tx.insert(SettlementApprovalEntity, approval);
  }
}
