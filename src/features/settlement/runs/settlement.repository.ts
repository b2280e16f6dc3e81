import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { SettlementApprovalEntity } from './settlement-approval.entity.js';
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

  /** Which of some runs a later run of the period corrects. */
  async corrected(
    tx: EntityManager,
    ledgerId: string,
    runIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const later = await tx.find(SettlementRunEntity, {
      select: { ledgerId: true, runId: true, corrects: true },
      where: { ledgerId, corrects: In([...runIds]) },
    });
    return new Set(later.map(({ corrects }) => corrects!));
  }

  /** Which of some runs are approved. */
  async approved(
    tx: EntityManager,
    ledgerId: string,
    runIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const where = { ledgerId, runId: In([...runIds]) };
    const approvals = await tx.find(SettlementApprovalEntity, { where });
    return new Set(approvals.map(({ runId }) => runId));
  }

  approvalsOf(
    tx: EntityManager,
    ledgerId: string,
    eventId: string,
  ): Promise<SettlementApprovalEntity[]> {
    return tx.findBy(SettlementApprovalEntity, { ledgerId, eventId });
  }

  async approve(tx: EntityManager, approval: SettlementApprovalEntity): Promise<void> {
    await tx.insert(SettlementApprovalEntity, approval);
  }
}
