import { Injectable } from '@nestjs/common';
import type { LateDataTerms } from '../../core/contracts/late-data.js';
import { type ContractPart, contractParts } from '../../core/matching/contract-parts.js';
import { contractOn, contractsIn, rateInForce } from '../../core/contracts/in-force.js';
import { DomainError } from '../../core/errors.js';
import type { VatRow } from '../../core/settlement/references/references.shape.js';
import {
  type CivilMonth,
  legalOffsetMinutes,
  MOROCCO_LEGAL_TIME,
} from '../../core/time/legal-time.js';
import { MINUTE_MS } from '../../core/time/interval.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import type { RowOf } from '../../platform/records/record-kind.js';
import { RecordsService } from '../ledger/records/records.service.js';
import { CONTRACT } from './contract.kind.js';
import { VAT_RATE } from './vat-rate.kind.js';

/** A contract version as other features see it. */
export type Contract = RowOf<typeof CONTRACT>;
/** A VAT rate as other features see it. */
export type VatRate = RowOf<typeof VAT_RATE>;

/** Power purchase agreements and the VAT rates by date. */
@Injectable()
export class ContractsService {
  constructor(private readonly records: RecordsService) {}

  /**
   * The hours of a month under each version of the site's contract, in order of time: a version that takes
   * effect inside the month cuts it.
   *
   * @throws DomainError `contract.none_in_force`
   */
  async partsOf(
    tx: LedgerTx,
    siteCode: string,
    { month, beforeSeq }: { readonly month: CivilMonth; readonly beforeSeq: number | null },
  ): Promise<readonly ContractPart<Contract>[]> {
    const all = await this.records.versionsOfAll(tx, CONTRACT, { beforeSeq });
    const parts = contractParts(all, siteCode, { month, rules: MOROCCO_LEGAL_TIME });
    if (parts.length > 0) return parts;
    throw new DomainError('contract.none_in_force', {
      siteCode,
      month: month.month,
      fix: 'Create a contract for the site that is effective in the month.',
    });
  }

  /** Every version of every contract, by code. */
  allVersions(tx: LedgerTx): Promise<Contract[]> {
    return this.records.versionsOfAll(tx, CONTRACT);
  }

  /** Every VAT rate, oldest version of a code first. */
  async vatRows(tx: LedgerTx): Promise<readonly VatRow[]> {
    const versions = await this.records.versionsOfAll(tx, VAT_RATE);
    return versions.map(({ code, version, confidence, ratePct, validFrom, validTo }) => ({
      id: `${code}@${version}`,
      confidence,
      code,
      ratePct,
      from: validFrom,
      to: validTo,
    }));
  }

  /**
   * The version of a contract that holds on a civil day.
   *
   * @throws DomainError `record.not_found`; `contract.none_in_force` before its first version holds.
   */
  async versionOn(tx: LedgerTx, code: string, civilDay: string): Promise<Contract> {
    const { siteCode } = await this.records.latestIn(tx, CONTRACT, code);
    const versions = await this.records.versionsOfAll(tx, CONTRACT, { code });
    const contract = contractOn(versions, siteCode, civilDay);
    if (contract !== null) return contract;
    const fix = `No version of ${code} is effective on ${civilDay}.`;
    throw new DomainError('contract.none_in_force', {
      siteCode,
      month: civilDay.slice(0, 7),
      fix,
    });
  }

  /**
   * What the contract at the end of a month says of late data; null without a contract, or when it says nothing.
   *
   * @param siteCode  Null for the only contract of all sites that holds; the first by code.
   */
  async lateDataTerms(
    tx: LedgerTx,
    siteCode: string | null,
    month: string,
  ): Promise<LateDataTerms | null> {
    const all = await this.records.versionsOfAll(tx, CONTRACT);
    const site = siteCode ?? all[0]?.siteCode;
    return site === undefined
      ? null
      : (contractsIn(all, site, month).at(-1)?.contract.lateData ?? null);
  }

  /**
   * The VAT rate of a code on a civil day. The versions of a code are its rates over time; where two
   * cover the day, the later version supersedes.
   *
   * @param instantMs  Instant of the supply; for a month, its last.
   * @throws DomainError `vat.not_in_force`: nothing is extrapolated or carried forward.
   */
  async vatRateAt(tx: LedgerTx, code: string, instantMs: number): Promise<VatRate> {
    const offsetMs = legalOffsetMinutes(MOROCCO_LEGAL_TIME, instantMs) * MINUTE_MS;
    const civilDay = new Date(instantMs + offsetMs).toISOString().slice(0, 10);
    const versions = await this.records.versionsOfAll(tx, VAT_RATE, { code });
    const rate = rateInForce(versions, civilDay);
    if (rate === null) {
      throw new DomainError('vat.not_in_force', {
        vatCode: code,
        instant: new Date(instantMs).toISOString(),
        fix: `Add a version of VAT rate ${code} that covers ${civilDay}.`,
      });
    }
    return rate;
  }
}
