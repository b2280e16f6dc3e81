import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DEFAULT_MATCHING_TERMS, type MatchingTerms } from '../../core/contracts/matching-terms.js';
import { type MatchedMonth, matchMonth, type MonthInputs } from '../../core/matching/month.js';
import { offersOf } from '../../core/matching/offers.js';
import { utcDayOf } from '../../core/time/interval.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import { AssetsService, type Meter, type Plant, type Site } from '../assets/assets.service.js';
import { BundlesService } from '../certificates/bundles.service.js';
import { CertificatesService } from '../certificates/certificates.service.js';
import { type Contract, ContractsService } from '../contracts/contracts.service.js';
import { MeteringService, type StoredBlock } from '../metering/metering.service.js';

/** A month of a site: who, under which contract, from what, and what came out. */
export interface MonthView {
  readonly site: Site;
  readonly contract: Contract;
  /** The contracted plants, by code. */
  readonly plants: readonly Plant[];
  readonly meters: readonly Meter[];
  readonly blocks: readonly StoredBlock[];
  readonly inputs: MonthInputs;
  readonly matched: MatchedMonth;
}

/** Puts a month of a site together from what the log holds, or held, and matches it. */
@Injectable()
export class MonthViewService {
  constructor(
    private readonly assets: AssetsService,
    private readonly contracts: ContractsService,
    private readonly metering: MeteringService,
    private readonly certificates: CertificatesService,
    private readonly bundles: BundlesService,
  ) {}

  /**
   * The month, matched by the terms of its contract; nothing is written.
   *
   * @param wanted  `siteCode` null for the only site; `beforeSeq` null for what holds now.
   * @throws DomainError `month.invalid`, `legal_time.not_covered`, `site.ambiguous`,
   *   `contract.none_in_force`, `contract.version_straddles_month`
   */
  async view(
    tx: EntityManager,
    ledgerId: string,
    wanted: {
      readonly month: string;
      readonly siteCode: string | null;
      readonly beforeSeq: number | null;
      /** Terms to try instead of the contract's. */
      readonly terms?: MatchingTerms;
    },
  ): Promise<MonthView> {
    const month = civilMonth(MOROCCO_LEGAL_TIME, wanted.month);
    const { startMs, endMs } = month;
    const { beforeSeq } = wanted;
    const site = await this.assets.siteOf(tx, ledgerId, wanted.siteCode);
    const contract = await this.contracts.inForce(tx, ledgerId, site.code, { month, beforeSeq });
    const meters = await this.assets.bookedMetersOf(tx, ledgerId, {
      siteCode: site.code,
      beforeSeq,
    });
    const allPlants = await this.assets.allPlants(tx, ledgerId, beforeSeq);
    const plants = allPlants.filter(({ code }) => contract.plantCodes.includes(code));
    const blocks = await this.metering.latest(tx, {
      ledgerId,
      meterCodes: meters.map(({ code }) => code),
      firstDay: utcDayOf(startMs),
      lastDay: utcDayOf(endMs - 1),
      beforeSeq,
    });
    const certificates = await this.certificates.inPeriod(tx, {
      ledgerId,
      plantCodes: plants.map(({ code }) => code),
      startMs,
      endMs,
      beforeSeq,
    });
    const terms = wanted.terms ?? contract.matching ?? DEFAULT_MATCHING_TERMS;
    const offers = offersOf({
      certificates,
      bundles: await this.bundles.touched(
        tx,
        ledgerId,
        certificates.map(({ certificateId }) => certificateId),
        beforeSeq,
      ),
      plants,
      buyerCode: contract.buyerCode,
      sellerCode: contract.sellerCode,
      boundary: site.boundary,
      terms,
    });
    const inputs = { startMs, endMs, meters, blocks, offers, terms };
    return { site, contract, plants, meters, blocks, inputs, matched: matchMonth(inputs) };
  }
}
