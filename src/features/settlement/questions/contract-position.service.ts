import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import { openingsOf } from '../../../core/settlement/accounts/carry-over.js';
import { contractYearOf } from '../../../core/settlement/hours/hours.js';
import { type ContractPosition, positionOf } from '../../../core/settlement/accounts/position.js';
import { civilDayOf, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { ContractsService } from '../../contracts/contracts.service.js';
import { asEarlier, latestOf } from '../runs/settlement.document.js';
import { SettlementRepository } from '../runs/settlement.repository.js';

/** Where contracts stand. */
@Injectable()
export class ContractPositionService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly contracts: ContractsService,
    private readonly runs: SettlementRepository,
  ) {}

  /**
   * Where the accounts of a contract stand after the months that end by a civil day.
   *
   * @throws DomainError `record.not_found`, `contract.none_in_force`, `settlement.no_elections`
   */
  position(
    ledgerId: string,
    contractCode: string,
    asOf: string,
  ): Promise<ContractPosition & { readonly settledPeriods: readonly string[] }> {
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const { elections, version } = await this.contracts.versionOn(tx, contractCode, asOf);
      if (elections === null) {
        const fix = 'Add a version of the contract with its elections.';
        throw new DomainError('settlement.no_elections', { contractCode, version, fix });
      }
      const all = await this.runs.list(tx, contractCode);
      const earlier = latestOf(all).filter(
        ({ document }) => civilDayOf(MOROCCO_LEGAL_TIME, document.input.endMs - 1) <= asOf,
      );
      const anchor = elections.contractYear.anchor ?? elections.codDate;
      const year = contractYearOf(elections, anchor, asOf);
      const openings = openingsOf(earlier.map(asEarlier), year);
      return {
        ...positionOf(elections, openings, year),
        settledPeriods: earlier.map(({ run }) => run.period),
      };
    });
  }
}
