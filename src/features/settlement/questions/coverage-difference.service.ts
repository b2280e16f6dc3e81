import { Injectable } from '@nestjs/common';
import type { Offer } from '../../../core/matching/eligibility.js';
import { isFromStorage } from '../../../core/matching/offers.js';
import {
  type CoverageDifference,
  coverageDifference,
  type StatementHour,
} from '../../../core/settlement/coverage-difference.js';
import { MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { MatchingService } from '../../matching/runs/matching.service.js';
import { parseRun } from '../runs/settlement.document.js';
import { SettlementService } from '../runs/settlement.service.js';

/** The coverage of a run beside that of a statement. */
export interface SettlementCoverage extends CoverageDifference {
  readonly runId: string;
  readonly period: string;
  readonly contractCode: string;
  /** Matching runs that the statement's side is of. */
  readonly matching: { readonly month: string; readonly matchingRunId: string }[];
}

const lostOf = (sum: number, { barred }: Pick<Offer, 'barred'>): number =>
  barred.filter(({ rule }) => rule === 'loss').reduce((all, { wh }) => all + wh, sum);

/** Says why the coverage of a settlement is not that of the month's statement. */
@Injectable()
export class CoverageDifferenceService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly settlement: SettlementService,
    private readonly matching: MatchingService,
  ) {}

  /**
   * The statement's side is what a carbon statement says of the matching runs that the run rests on.
   *
   * @throws DomainError `settlement.run_not_found`, `engine.not_here`
   */
  async of(ledgerId: string, runId: string): Promise<SettlementCoverage> {
    const run = await this.settlement.get(ledgerId, runId);
    const { input, matching } = parseRun(run);
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const hours: StatementHour[] = [];
      for (const { matchingRunId } of matching) {
        const { matched } = await this.matching.viewOfRun(tx, matchingRunId);
        hours.push(
          ...matched.hours.map(({ hourMs, loadWh, matchedWh, supply }) => ({
            hourMs,
            loadWh,
            matchedWh,
            storageWh: supply.filter(isFromStorage).reduce((sum, one) => sum + one.matchedWh, 0),
            contractedWh: supply.reduce((sum, one) => sum + one.contractedWh, 0),
            lostWh: supply.filter((one) => !isFromStorage(one)).reduce(lostOf, 0),
          })),
        );
      }
      const { period, contractCode } = run;
      return {
        runId,
        period,
        contractCode,
        matching: matching.map(({ month, matchingRunId }) => ({ month, matchingRunId })),
        ...coverageDifference(input, hours, MOROCCO_LEGAL_TIME),
      };
    });
  }
}
