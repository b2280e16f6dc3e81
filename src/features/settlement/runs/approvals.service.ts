import { Injectable } from '@nestjs/common';
import { requirePerson } from '../../../core/access/key.js';
import { DomainError } from '../../../core/errors.js';
import { sealedJson } from '../../../core/ledger/canonical.js';
import { formatInstant } from '../../../core/time/interval.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import type { SettlementApprovalEntity } from './settlement-approval.entity.js';
import type { SettlementRunEntity } from './settlement-run.entity.js';
import { SettlementRepository } from './settlement.repository.js';
import type { Replayed, Replays, RowReader } from '../../ledger/replay/replay.port.js';

/** Where a run stands (SETTLEMENT 9): made, approved by somebody else, or replaced by a later one. */
export type RunState = 'DRAFT' | 'APPROVED' | 'SUPERSEDED';

const ROWS = 'mizan/row/settlement-approval/2';
const EARLIER_ROWS = 'mizan/row/settlement-approval/1';

/** Approvals of settlement runs: who checks is not who made it. */
@Injectable()
export class ApprovalsService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly runs: SettlementRepository,
  ) {}

  /** Approvals, as they are and were sealed. */
  replayed(): Replayed {
    const rows: RowReader = async (tx, { eventId }) =>
      (await this.runs.approvalsOf(tx, eventId)).map(approvalRow);
    return {
      rows: { [ROWS]: rows, [EARLIER_ROWS]: rows },
    };
  }

  /**
   * Approves the last run of a period. Approved already: nothing is written.
   *
   * @throws DomainError `settlement.run_not_found`, `settlement.run_superseded`,
   *   `settlement.own_run` when it is of the same principal, under whatever key;
   *   `auth.person_required`
   */
  async approve(actor: Actor, runId: string): Promise<void> {
    requirePerson(actor.principalId, 'approve a settlement');
    return this.scope.write(
      { ledgerId: actor.ledgerId, lock: 'settlement approvals' },
      async (tx) => {
        const run = await this.runs.find(tx, runId);
        if (run === null) throw new DomainError('settlement.run_not_found', { runId });
        const [state] = await this.statesIn(tx, [run]);
        if (state === 'APPROVED') return;
        if (state === 'SUPERSEDED') {
          const fix = 'Approve the last run of the period.';
          throw new DomainError('settlement.run_superseded', { runId, period: run.period, fix });
        }
        const { principalId: madeBy } = (await this.ledger.authorOf(tx, run.eventId))!;
        if (madeBy === actor.principalId) {
          const fix = 'Somebody else approves it, under their own name.';
          throw new DomainError('settlement.own_run', { runId, fix });
        }
        await this.write(tx, actor, { run, madeBy });
      },
    );
  }

  /** States of runs, in their order. */
  statesOf(ledgerId: string, runs: readonly SettlementRunEntity[]): Promise<RunState[]> {
    return this.scope.read(ledgerId, (tx) => this.statesIn(tx, runs));
  }

  private async statesIn(tx: LedgerTx, runs: readonly SettlementRunEntity[]): Promise<RunState[]> {
    const ids = runs.map(({ runId }) => runId);
    const corrected = await this.runs.corrected(tx, ids);
    const approved = await this.runs.approved(tx, ids);
    return ids.map((id) =>
      corrected.has(id) ? 'SUPERSEDED' : approved.has(id) ? 'APPROVED' : 'DRAFT',
    );
  }

  private async write(
    tx: LedgerTx,
    actor: Actor,
    { run, madeBy }: { readonly run: SettlementRunEntity; readonly madeBy: string },
  ): Promise<void> {
    const { runId, period } = run;
    const approvedBy = actor.principalId;
    await this.ledger.record(tx, actor, async (at) => {
      const approval: SettlementApprovalEntity = { ...at, runId, madeBy, approvedBy };
      await this.runs.approve(tx, approval);
      return {
        type: 'settlement.approved',
        body: { rows: ROWS, runId, period, sha256: run.sha256.toString('hex') },
        rows: [approvalRow(approval)],
        result: null,
      };
    });
  }
}

/** A row as it was sealed: those of before name nobody. */
function approvalRow(row: SettlementApprovalEntity): string {
  const { runId, madeBy, approvedBy } = row;
  const recordedAt = formatInstant(row.recordedAt.getTime());
  return madeBy === null || approvedBy === null
    ? sealedJson(EARLIER_ROWS, { runId, recordedAt })
    : sealedJson(ROWS, { runId, recordedAt, madeBy, approvedBy });
}
