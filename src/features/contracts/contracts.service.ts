import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { LateDataTerms } from '../../core/contracts/late-data.js';
import { type ContractPart, contractParts } from '../../core/matching/contract-parts.js';
import { contractOn, contractsIn, rateInForce } from '../../core/contracts/in-force.js';
import { DomainError, type PointerProblem } from '../../core/errors.js';
import {
  contradictionsOf,
  loadContradictionsOf,
} from '../../core/settlement/elections/contradictions/contradictions.js';
import type { VatRow } from '../../core/settlement/references/references.js';
import {
  type CivilMonth,
  legalOffsetMinutes,
  MOROCCO_LEGAL_TIME,
} from '../../core/time/legal-time.js';
import { MINUTE_MS } from '../../core/time/interval.js';
import type { RecordStore } from '../../platform/http/record-controller.js';
import {
  type RecordKind,
  RecordsService,
  type Reference,
} from '../ledger/records/records.service.js';
import { ContractEntity } from './contract.entity.js';
import type { ContractAttributes, VatRateAttributes } from './contracts.schemas.js';
import { VatRateEntity } from './vat-rate.entity.js';

const CONTRACT: RecordKind<ContractEntity, ContractAttributes> = {
  kind: 'contract',
  entity: ContractEntity,
  references: ({ sellerCode, buyerCode, siteCode, plantCodes, vatCode, matching }) => [
    { field: 'sellerCode', code: sellerCode, kind: 'organisation' },
    { field: 'buyerCode', code: buyerCode, kind: 'organisation' },
    { field: 'siteCode', code: siteCode, kind: 'site' },
    { field: 'vatCode', code: vatCode, kind: 'vat-rate' },
    ...plantCodes.map((code) => ({ field: 'plantCodes', code, kind: 'plant' })),
    ...matchingReferences(matching),
  ],
  addedLater: { lateData: null, matching: null, coverageGuarantee: null, elections: null },
};

const VAT_RATE: RecordKind<VatRateEntity, VatRateAttributes> = {
  kind: 'vat-rate',
  entity: VatRateEntity,
  references: () => [],
};

function matchingReferences(terms: ContractAttributes['matching']): readonly Reference[] {
  if (terms === null) return [];
  const { demandTiers, supplyTiers, meterTiers, eligibility } = terms;
  const plants = [
    ...(supplyTiers ?? []).flat(),
    ...meterTiers.flatMap((meter) => meter.supplyTiers.flat()),
    ...eligibility.shares.map(({ plantCode }) => plantCode),
  ];
  const meters = [...(demandTiers ?? []).flat(), ...meterTiers.map(({ meterCode }) => meterCode)];
  const field = 'matching';
  return [
    ...plants.map((code) => ({ field, code, kind: 'plant' })),
    ...meters.map((code) => ({ field, code, kind: 'meter' })),
  ];
}

/**
 * A contract that can be settled.
 *
 * @throws DomainError `settlement.elections_conflict`; `request.invalid` where the contract and its
 *   elections say two things, or the form needs elections and there are none.
 */
function agreed(request: ContractAttributes): ContractAttributes {
  const { elections, deliveryForm, volumeProduct, matching } = request;
  const form = elections?.deliveryForm ?? 'PHYSICAL';
  const product = elections?.volume.product ?? 'PAY_AS_PRODUCED';
  const says = elections === null ? 'Without elections it is' : 'The elections say';
  const errors = [
    { pointer: '/deliveryForm', isSame: deliveryForm === form, detail: `${says} ${form}.` },
    { pointer: '/volumeProduct', isSame: volumeProduct === product, detail: `${says} ${product}.` },
    {
      pointer: '/elections/share',
      isSame: elections?.share == null || (matching?.eligibility.shares.length ?? 0) === 0,
      detail: 'The matching terms share plants already: the part of a plant is stated once.',
    },
  ].filter(({ isSame }) => !isSame);
  if (errors.length > 0) {
    const rule = 'contract.agrees_with_its_elections';
    throw new DomainError('request.invalid', {
      errors: errors.map(({ pointer, detail }) => ({ pointer, rule, detail })),
    });
  }
  const conflicts = elections === null ? [] : contradictionsOf(elections);
  if (conflicts.length === 0) return request;
  throw new DomainError('settlement.elections_conflict', { errors: inElections(conflicts) });
}

const inElections = (problems: readonly PointerProblem[]): readonly PointerProblem[] =>
  problems.map((one) => ({ ...one, pointer: `/elections${one.pointer}` }));

/** A contract version as other features see it. */
export type Contract = Readonly<ContractEntity>;
/** A VAT rate as other features see it. */
export type VatRate = Readonly<VatRateEntity>;

/** Tells whether a site has a meter of its consumption. */
export type LoadReader = (
  tx: EntityManager,
  ledgerId: string,
  siteCode: string,
) => Promise<boolean>;

/** Power purchase agreements and the VAT rates by date. */
@Injectable()
export class ContractsService {
  readonly contracts: RecordStore<ContractAttributes, ContractEntity>;
  readonly vatRates: RecordStore<VatRateAttributes, VatRateEntity>;

  private readonly loads: LoadReader[] = [];

  /** A feature that knows of meters says so here: some elections rest on a metered load. */
  registerLoads(reader: LoadReader): void {
    this.loads.push(reader);
  }

  constructor(private readonly records: RecordsService) {
    const contracts = records.store({
      ...CONTRACT,
      admit: (tx, ledgerId, attributes) => this.requireLoad(tx, ledgerId, attributes),
    });
    this.contracts = {
      ...contracts,
      create: async (actor, code, request) => contracts.create(actor, code, agreed(request)),
      revise: async (actor, code, request, seen) =>
        contracts.revise(actor, code, agreed(request), seen),
    };
    this.vatRates = records.store(VAT_RATE);
  }

  /**
   * The hours of a month under each version of the site's contract, in order of time: a version that takes
   * effect inside the month cuts it.
   *
   * @throws DomainError `contract.none_in_force`
   */
  async partsOf(
    tx: EntityManager,
    ledgerId: string,
    siteCode: string,
    { month, beforeSeq }: { readonly month: CivilMonth; readonly beforeSeq: number | null },
  ): Promise<readonly ContractPart<Contract>[]> {
    const all = await this.records.versionsOfAll(tx, ledgerId, CONTRACT, { beforeSeq });
    const parts = contractParts(all, siteCode, { month, rules: MOROCCO_LEGAL_TIME });
    if (parts.length > 0) return parts;
    throw new DomainError('contract.none_in_force', {
      siteCode,
      month: month.month,
      fix: 'Create a contract for the site that is effective in the month.',
    });
  }

  /** @throws DomainError `settlement.elections_conflict` for what rests on a load that nothing meters */
  private async requireLoad(
    tx: EntityManager,
    ledgerId: string,
    { elections, siteCode }: ContractAttributes,
  ): Promise<void> {
    const errors = elections === null ? [] : loadContradictionsOf(elections);
    if (errors.length === 0) return;
    for (const reader of this.loads) if (await reader(tx, ledgerId, siteCode)) return;
    throw new DomainError('settlement.elections_conflict', { errors: inElections(errors) });
  }

  /** Every version of every contract, by code. */
  allVersions(tx: EntityManager, ledgerId: string): Promise<Contract[]> {
    return this.records.versionsOfAll(tx, ledgerId, CONTRACT);
  }

  /** Every VAT rate, oldest version of a code first. */
  async vatRows(tx: EntityManager, ledgerId: string): Promise<readonly VatRow[]> {
    const versions = await this.records.versionsOfAll(tx, ledgerId, VAT_RATE);
    return versions.map(({ code, version, confidence, ratePct, validFrom, validTo }) => ({
      ...{ id: `${code}@${version}`, confidence, code, ratePct, from: validFrom, to: validTo },
    }));
  }

  /**
   * The version of a contract that holds on a civil day.
   *
   * @throws DomainError `record.not_found`; `contract.none_in_force` before its first version holds.
   */
  async versionOn(
    tx: EntityManager,
    ledgerId: string,
    code: string,
    civilDay: string,
  ): Promise<Contract> {
    const { siteCode } = await this.records.latestIn(tx, ledgerId, CONTRACT, code);
    const versions = await this.records.versionsOfAll(tx, ledgerId, CONTRACT, { code });
    const contract = contractOn(versions, siteCode, civilDay);
    if (contract !== null) return contract;
    const fix = `No version of ${code} is effective on ${civilDay}.`;
    throw new DomainError('contract.none_in_force', {
      ...{ siteCode, month: civilDay.slice(0, 7), fix },
    });
  }

  /**
   * What the contract at the end of a month says of late data; null without a contract, or when it says nothing.
   *
   * @param siteCode  Null for the only contract of all sites that holds; the first by code.
   */
  async lateDataTerms(
    tx: EntityManager,
    ledgerId: string,
    siteCode: string | null,
    month: string,
  ): Promise<LateDataTerms | null> {
    const all = await this.records.versionsOfAll(tx, ledgerId, CONTRACT);
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
  async vatRateAt(
    tx: EntityManager,
    ledgerId: string,
    code: string,
    instantMs: number,
  ): Promise<VatRate> {
    const offsetMs = legalOffsetMinutes(MOROCCO_LEGAL_TIME, instantMs) * MINUTE_MS;
    const civilDay = new Date(instantMs + offsetMs).toISOString().slice(0, 10);
    const versions = await this.records.versionsOfAll(tx, ledgerId, VAT_RATE, { code });
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
