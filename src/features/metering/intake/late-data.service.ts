import { DomainError } from '../../../core/errors.js';
import { Injectable } from '@nestjs/common';
import { type LateDataState, lateDataState } from '../../../core/contracts/late-data.js';
import { MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { Clock } from '../../../platform/clock.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { ContractsService } from '../../contracts/contracts.service.js';

/** What data that arrives now does to months that may be locked. */
@Injectable()
export class LateDataService {
  constructor(
    private readonly contracts: ContractsService,
    private readonly clock: Clock,
  ) {}

  /** Where a month of a site stands now; with no contract it is open. */
  async stateOf(
    tx: LedgerTx,
    { siteCode, month }: { readonly siteCode: string | null; readonly month: string },
  ): Promise<LateDataState> {
    const terms = await this.contracts.lateDataTerms(tx, siteCode, month);
    return lateDataState(terms, MOROCCO_LEGAL_TIME, month, this.clock.now().getTime());
  }

  /** What new and changed readings of each month will do, in words. */
  async effects(
    tx: LedgerTx,
    months: ReadonlyMap<string, number>,
  ): Promise<{ month: string; rowCount: number; effect: string }[]> {
    const effects: { month: string; rowCount: number; effect: string }[] = [];
    for (const [month, rowCount] of [...months].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const isCivil = /^\d{4}-\d{2}$/.test(month);
      const state = isCivil ? await this.stateOf(tx, { siteCode: null, month }) : null;
      effects.push({ month, rowCount, effect: state === null ? 'no civil month' : inWords(state) });
    }
    return effects;
  }

  /**
   * Refuses late data of a month that has locked: only a correction run books it (METHOD 2.7).
   *
   * @throws DomainError `period.locked`
   */
  async requireOpen(
    tx: LedgerTx,
    { siteCode, month }: { readonly siteCode: string; readonly month: string },
  ): Promise<void> {
    const state = await this.stateOf(tx, { siteCode, month });
    if (state.state === 'open') return;
    throw new DomainError('period.locked', {
      month,
      lockedSince: state.state === 'locked' ? state.lockedSince : state.reachedUntil,
      nextCorrectionRun: state.state === 'locked' ? state.nextCorrectionRun : null,
      fix:
        state.state === 'locked'
          ? 'What arrived since waits as a prior-period adjustment; book it with a correction run.'
          : 'The contract’s reach is over: book it, after a dispute, with a correction run.',
    });
  }
}

function inWords(state: LateDataState): string {
  if (state.state === 'open') return 'open: the next matching run takes it';
  return state.state === 'locked'
    ? `locked since ${state.lockedSince}: waits as a prior-period adjustment for the correction run of ${state.nextCorrectionRun}`
    : `beyond the contract’s reach (${state.reachedUntil}): kept, and booked only by dispute`;
}
