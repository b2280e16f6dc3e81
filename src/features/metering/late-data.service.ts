import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type LateDataState, lateDataState } from '../../core/contracts/late-data.js';
import { MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import { Clock } from '../../platform/clock.js';
import { ContractsService } from '../contracts/contracts.service.js';

/** What data that arrives now does to months that may be locked. */
@Injectable()
export class LateDataService {
  constructor(
    private readonly contracts: ContractsService,
    private readonly clock: Clock,
  ) {}

  /** Where a month of a site stands now; with no contract it is open. */
  async stateOf(
    tx: EntityManager,
    ledgerId: string,
    { siteCode, month }: { readonly siteCode: string | null; readonly month: string },
  ): Promise<LateDataState> {
    const terms = await this.contracts.lateDataTerms(tx, ledgerId, siteCode, month);
    return lateDataState(terms, MOROCCO_LEGAL_TIME, month, this.clock.now().getTime());
  }

  /** What new and changed readings of each month will do, in words. */
  async effects(
    tx: EntityManager,
    ledgerId: string,
    months: ReadonlyMap<string, number>,
  ): Promise<{ month: string; rowCount: number; effect: string }[]> {
    const effects: { month: string; rowCount: number; effect: string }[] = [];
    for (const [month, rowCount] of [...months].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const isCivil = /^\d{4}-\d{2}$/.test(month);
      const state = isCivil ? await this.stateOf(tx, ledgerId, { siteCode: null, month }) : null;
      effects.push({ month, rowCount, effect: state === null ? 'no civil month' : inWords(state) });
    }
    return effects;
  }
}

function inWords(state: LateDataState): string {
  if (state.state === 'open') return 'open: the next matching run takes it';
  return state.state === 'locked'
    ? `locked since ${state.lockedSince}: waits as a prior-period adjustment for the correction run of ${state.nextCorrectionRun}`
    : `beyond the contract’s reach (${state.reachedUntil}): kept, and booked only by dispute`;
}
