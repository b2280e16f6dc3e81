import { Injectable } from '@nestjs/common';
import type { MatchingTerms } from '../../../core/contracts/matching-terms.js';
import { type ContractPart, partsMatched } from '../../../core/matching/contract-parts.js';
import { type MatchedMonth, matchMonth, type MonthInputs } from '../../../core/matching/month.js';
import {
  acceptance,
  type AcceptedSuspect,
  type SuspectHour,
  undecided,
} from '../../../core/matching/suspect.js';
import {
  LOOK_BACK_DAYS,
  type UndecidedLoad,
  undecidedLoad,
} from '../../../core/matching/undecided-load.js';
import { hoursOfBlock } from '../../../core/metering/blocks/interval-block.js';
import { QUALITY } from '../../../core/metering/blocks/quality.js';
import { DAY_MS, utcDayOf } from '../../../core/time/interval.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { AssetsService, type Meter, type Plant, type Site } from '../../assets/assets.service.js';
import { BundlesService } from '../../certificates/bundles/bundles.service.js';
import { CertificatesService } from '../../certificates/certificates/certificates.service.js';
import { type Contract, ContractsService } from '../../contracts/contracts.service.js';
import {
  IntervalBlocksService,
  type StoredBlock,
} from '../../metering/blocks/interval-blocks.service.js';
import { EnergyBookRepository } from '../book/energy-book.repository.js';

/** A month of a site: who, under which contract, from what, and what came out. */
export interface MonthView {
  readonly site: Site;
  /** The version that holds at the end of the month. */
  readonly contract: Contract;
  /** The hours under each version, in order of time: one, unless another takes effect inside the month. */
  readonly parts: readonly ContractPart<Contract>[];
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
    private readonly metering: IntervalBlocksService,
    private readonly certificates: CertificatesService,
    private readonly bundles: BundlesService,
    private readonly book: EnergyBookRepository,
  ) {}

  /**
   * The month, matched by the terms of its contract; nothing is written.
   *
   * @param wanted  `siteCode` null for the only site; `beforeSeq` null for what holds now;
   *   `accepted` are SUSPECT hours that are taken as measured, without it those of the last run;
   *   `acceptSuspect` is why all others are taken too.
   * @throws DomainError `month.invalid`, `legal_time.not_covered`, `site.ambiguous`,
   *   `contract.none_in_force`
   */
  async view(
    tx: LedgerTx,
    wanted: {
      readonly month: string;
      readonly siteCode: string | null;
      readonly beforeSeq: number | null;
      readonly accepted?: readonly AcceptedSuspect[];
      readonly acceptSuspect?: string | null;
      /** Terms to try instead of the contract's. */
      readonly terms?: MatchingTerms;
    },
  ): Promise<MonthView> {
    const { ledgerId } = tx;
    const month = civilMonth(MOROCCO_LEGAL_TIME, wanted.month);
    const { startMs, endMs } = month;
    const { beforeSeq } = wanted;
    const site = await this.assets.siteOf(tx, wanted.siteCode);
    const parts = await this.contracts.partsOf(tx, site.code, { month, beforeSeq });
    const { contract } = parts.at(-1)!;
    const contracted = new Set(parts.flatMap((part) => part.contract.plantCodes));
    const meters = await this.assets.bookedMetersOf(tx, {
      siteCode: site.code,
      beforeSeq,
    });
    const allPlants = await this.assets.allPlants(tx, beforeSeq);
    const plants = allPlants.filter(({ code }) => contracted.has(code));
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
    const offered = partsMatched(parts, {
      certificates,
      bundles: await this.bundles.touched(
        tx,
        certificates.map(({ certificateId }) => certificateId),
        beforeSeq,
      ),
      plants,
      boundary: site.boundary,
      terms: wanted.terms ?? null,
    });
    const accepted = wanted.accepted ?? (await this.lastAccepted(tx, site.code, wanted.month));
    const accepts = acceptance(accepted, wanted.acceptSuspect ?? null);
    const inputs = { startMs, endMs, meters, blocks, ...offered, accepts };
    return { site, contract, parts, plants, meters, blocks, inputs, matched: matchMonth(inputs) };
  }

  /** SUSPECT hours of the meters that the contracted plants are read by, as they stand. */
  async suspectProduction(
    tx: LedgerTx,
    { plants, inputs: { startMs, endMs } }: MonthView,
  ): Promise<SuspectHour[]> {
    const { ledgerId } = tx;
    const meterCodes = plants.flatMap(({ generationMeterCode }) => generationMeterCode ?? []);
    if (meterCodes.length === 0) return [];
    const blocks = await this.metering.latest(tx, {
      ledgerId,
      meterCodes,
      beforeSeq: null,
      firstDay: utcDayOf(startMs),
      lastDay: utcDayOf(endMs - 1),
    });
    return blocks.flatMap((block) =>
      hoursOfBlock(block)
        .filter(({ hourMs }) => startMs <= hourMs && hourMs < endMs)
        .flatMap(({ hourMs, wh, quality }) =>
          wh === null || quality !== QUALITY.SUSPECT
            ? []
            : [{ meterCode: block.meterCode, hourMs, wh, acceptedBecause: null }],
        ),
    );
  }

  /** What the hours of load count at that failed a check and that nobody decided about (METHOD 2.5). */
  async undecidedLoad(
    tx: LedgerTx,
    { meters, matched, inputs: { startMs, endMs } }: MonthView,
  ): Promise<readonly UndecidedLoad[]> {
    const { ledgerId } = tx;
    const left = undecided(matched.suspect);
    if (left.length === 0) return [];
    const blocks = await this.metering.latest(tx, {
      ledgerId,
      beforeSeq: null,
      meterCodes: [...new Set(left.map(({ meterCode }) => meterCode))],
      // A civil day may begin on the UTC day before that of its name.
      firstDay: utcDayOf(startMs - (LOOK_BACK_DAYS + 1) * DAY_MS),
      lastDay: utcDayOf(endMs - 1),
    });
    const accepted = matched.suspect.filter(({ acceptedBecause }) => acceptedBecause !== null);
    const measured = blocks.flatMap((block) =>
      hoursOfBlock(block).flatMap(({ hourMs, wh, quality }) =>
        wh === null || quality !== QUALITY.ACTUAL
          ? []
          : [{ meterCode: block.meterCode, hourMs, wh }],
      ),
    );
    const powers = new Map(meters.map(({ code, ratedPowerW }) => [code, ratedPowerW]));
    return undecidedLoad(left, [...measured, ...accepted], (code) => powers.get(code)!);
  }

  private async lastAccepted(
    tx: LedgerTx,
    siteCode: string,
    month: string,
  ): Promise<readonly AcceptedSuspect[]> {
    const { ledgerId } = tx;
    const last = await this.book.latestRun(tx, { ledgerId, siteCode, month });
    return last?.acceptedSuspect ?? [];
  }
}
