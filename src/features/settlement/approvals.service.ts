import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../core/errors.js';
import { sealedJson } from '../../core/ledger/canonical.js';
import { formatInstant } from '../../core/time/interval.js';
import type { Actor } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { LedgerService } from '../ledger/ledger.service.js';
import type { SettlementApprovalEntity } from './settlement-approval.entity.js';
import type { SettlementRunEntity } from './settlement-run.entity.js';
import { SettlementRepository } from './settlement.repository.js';

/** Where a run stands (SETTLEMENT 9): made, approved by somebody else, or replaced by a later one. */
export type RunState = 'DRAFT' | 'APPROVED' | 'SUPERSEDED';

const ROWS = 'mizan/row/settlement-approval/1';

/** Approvals of settlement runs: who checks is not who made it. */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly runs: SettlementRepository,
    private readonly clock: Clock,
  ) {
    ledger.registerRows(ROWS, async (tx, { ledgerId, eventId }) =>
      (await this.runs.approvalsOf(tx, ledgerId, eventId)).map(approvalRow),
    );
  }

  /**
   * Approves the last run of a period. Approved already: nothing is written.
   *
   * @throws DomainError `settlement.run_not_found`, `settlement.run_superseded`,
   *   `settlement.own_run`
   */
  approve(actor: Actor, runId: string): Promise<void> {
    return this.scope.write(
      { ledgerId: actor.ledgerId, lock: 'settlement approvals' },
      async (tx) => {
        const { ledgerId } = actor;
        const run = await this.runs.find(tx, ledgerId, runId);
        if (run === null) throw new DomainError('settlement.run_not_found', { runId });
        const [state] = await this.statesIn(tx, ledgerId, [run]);
        if (state === 'APPROVED') return;
        if (state === 'SUPERSEDED') {
          const fix = 'Approve the last run of the period.';
          throw new DomainError('settlement.run_superseded', { runId, period: run.period, fix });
        }
        const author = await this.ledger.authorOf(tx, ledgerId, run.eventId);
        if (author?.actor === actor.id) {
          const fix = 'Somebody else approves it, with a key of their own.';
          throw new DomainError('settlement.own_run', { runId, fix });
        }
        await this.write(tx, actor, run);
      },
    );
  }

  /** States of runs, in their order. */
  statesOf(ledgerId: string, runs: readonly SettlementRunEntity[]): Promise<RunState[]> {
    return this.scope.read(ledgerId, (tx) => this.statesIn(tx, ledgerId, runs));
  }

  private async statesIn(
    tx: EntityManager,
    ledgerId: string,
    runs: readonly SettlementRunEntity[],
  ): Promise<RunState[]> {
    const ids = runs.map(({ runId }) => runId);
    const corrected = await this.runs.corrected(tx, ledgerId, ids);
    const approved = await this.runs.approved(tx, ledgerId, ids);
    return ids.map((id) =>
      corrected.has(id) ? 'SUPERSEDED' : approved.has(id) ? 'APPROVED' : 'DRAFT',
    );
  }

  private async write(tx: EntityManager, actor: Actor, run: SettlementRunEntity): Promise<void> {
    const { ledgerId, runId, period } = run;
    const eventId = this.ledger.nextId();
    const recordedAt = this.clock.now();
    const approval: SettlementApprovalEntity = { ledgerId, runId, eventId, recordedAt };
    await this.runs.approve(tx, approval);
    await this.ledger.append(tx, actor, {
      ...{ eventId, type: 'settlement.approved', validFrom: null, validTo: null, sourceRef: null },
      supersedes: [],
      body: { rows: ROWS, runId, period, sha256: run.sha256.toString('hex') },
      rows: [approvalRow(approval)],
    });
  }
}

function approvalRow({ runId, recordedAt }: SettlementApprovalEntity): string {
  return sealedJson(ROWS, { runId, recordedAt: formatInstant(recordedAt.getTime()) });
}
