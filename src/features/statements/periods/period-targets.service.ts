import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import { type ReportingPeriod, reportingPeriod } from '../../../core/time/reporting-period.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { AssetsService } from '../../assets/assets.service.js';
import { PartiesService } from '../../parties/parties.service.js';
import type { PeriodWanted } from './period-content.service.js';

/** What is asked for: a period of one site, or of all sites of an organisation. */
export interface PeriodRequest {
  readonly period: string;
  /** Null with `entityCode` null: the only site of the ledger. */
  readonly siteCode: string | null;
  readonly entityCode: string | null;
}

/** Of which sites and months a statement is asked for. */
@Injectable()
export class PeriodTargetsService {
  constructor(
    private readonly assets: AssetsService,
    private readonly parties: PartiesService,
  ) {}

  /**
   * The sites and months that are asked for.
   *
   * @throws DomainError `period.invalid`, `period.no_reporting_year`, `record.not_found`, `site.ambiguous`,
   *   `statement.sites_missing`
   */
  async wantedOf(
    tx: LedgerTx,
    { period, siteCode, entityCode }: PeriodRequest,
  ): Promise<PeriodWanted> {
    if (entityCode === null) {
      const site = await this.assets.siteOf(tx, siteCode);
      const of = await this.periodOf(tx, period, site.organisationCode);
      return { sites: [site], isOfEntity: false, period: of };
    }
    const of = await this.periodOf(tx, period, entityCode);
    const sites = await this.assets.sitesOf(tx, entityCode);
    if (sites.length === 0) {
      const fix = 'Name the organisation that runs the sites (`organisationCode` of a site).';
      throw new DomainError('statement.sites_missing', { entityCode, fix });
    }
    return { sites, isOfEntity: true, period: of };
  }

  private async periodOf(tx: LedgerTx, name: string, code: string): Promise<ReportingPeriod> {
    const { carbonReporting } = await this.parties.organisationIn(tx, code);
    return reportingPeriod(name, carbonReporting?.firstMonth ?? null);
  }
}
