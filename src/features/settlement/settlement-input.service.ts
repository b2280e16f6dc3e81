import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { assert, DomainError } from '../../core/errors.js';
import type { Elections } from '../../core/settlement/elections.js';
import {
  contractYearOf,
  type RunType,
  type SettlementSeries,
} from '../../core/settlement/hours.js';
import { monthsOfYear } from '../../core/settlement/run-order.js';
import type { RunInput } from '../../core/settlement/document.js';
import { formatInstant } from '../../core/time/interval.js';
import { civilDayOf, MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import { AssetsService } from '../assets/assets.service.js';
import { type Contract, ContractsService } from '../contracts/contracts.service.js';
import { canonicalJson } from '../../core/ledger/canonical.js';
import type { SettlementDocument, SettlementRun } from './settlement.document.js';
import { MatchingService } from '../matching/matching.service.js';
import type { MonthView } from '../matching/month-view.service.js';
import { PricesService } from '../prices/prices.service.js';

/** What the ledger does not hold of a period, and who sends it says. */
export type GivenSeries = Omit<
  SettlementSeries,
  'generationWh' | 'loadWh' | 'estimatedGeneration' | 'estimatedLoad'
>;

/** What is to be settled. */
export interface SettlementWanted {
  readonly run: RunType;
  /** Of a reconciliation: the last month of the contract year. */
  readonly month: string;
  readonly siteCode: string | null;
  readonly tariffGridCode: string | null;
  readonly series: GivenSeries;
  readonly margin: RunInput['margin'];
}

/** A period ready to be settled, but for where the accounts open. */
export interface SettlementBasis {
  readonly contract: Contract;
  readonly siteCode: string;
  /** A civil month, or `Y` and the contract year. */
  readonly period: string;
  readonly contractYear: number;
  readonly months: readonly { readonly month: string; readonly matchingRunId: string }[];
  /** Months from the COD on that come before in the contract year. */
  readonly monthsBefore: readonly string[];
  /** Hours of which no certificate of a contracted plant is known: they count as no generation. */
  readonly hoursWithoutCertificates: number;
  readonly input: Omit<RunInput, 'openings'>;
}

/** Puts together what a settlement is computed from: matched months, dated figures, elections. */
@Injectable()
export class SettlementInputService {
  constructor(
    private readonly matching: MatchingService,
    private readonly contracts: ContractsService,
    private readonly prices: PricesService,
    assets: AssetsService,
  ) {
    contracts.registerLoads(async (tx, ledgerId, siteCode) => {
      const meters = await assets.bookedMetersOf(tx, ledgerId, { siteCode, beforeSeq: null });
      return meters.length > 0;
    });
  }

  /**
   * Asks of runs, whichever engine made them, whether the ledger holds what they say they were made
   * from: their matching runs, and the elections of their contract's version.
   *
   * @returns What is otherwise, in the words after "Settlement run X"; null where nothing is.
   */
  async sources(
    tx: EntityManager,
    ledgerId: string,
  ): Promise<(run: SettlementRun, document: SettlementDocument) => string | null> {
    const matchedIn = new Map<string, string>();
    for (const { runId, month } of await this.matching.runsIn(tx, ledgerId)) {
      matchedIn.set(runId, month);
    }
    const elections = new Map<string, string>();
    for (const contract of await this.contracts.allVersions(tx, ledgerId)) {
      elections.set(`${contract.code}@${contract.version}`, textOf(contract.elections));
    }
    return ({ contractCode, contractVersion }, { matching, input }) => {
      const foreign = matching.find(
        ({ month, matchingRunId }) => matchedIn.get(matchingRunId) !== month,
      );
      if (foreign !== undefined) {
        const { month, matchingRunId } = foreign;
        return `rests on matching run ${matchingRunId} of ${month}, which the ledger does not hold`;
      }
      const contract = `${contractCode}@${contractVersion}`;
      if (elections.get(contract) === textOf(input.elections)) return null;
      return `was settled by other elections than those of contract ${contract}`;
    };
  }

  /**
   * @param draft  Elections to try instead of the contract's; null for the contract's.
   * @param asOf   Civil day of the settlement.
   * @throws DomainError `settlement.no_elections`, `settlement.run_refused`,
   *   `matching.run_not_found`, `matching.inputs_changed`, `settlement.reference_missing`
   */
  async basis(
    tx: EntityManager,
    ledgerId: string,
    wanted: SettlementWanted,
    { draft, asOf }: { readonly draft: Elections | null; readonly asOf: string },
  ): Promise<SettlementBasis> {
    const { month, siteCode, run } = wanted;
    const last = await this.matching.currentRun(tx, ledgerId, { month, siteCode });
    const { contract, site } = last.view;
    const elections = draft ?? contract.elections;
    if (elections === null) {
      const fix = 'Add a version of the contract with its elections.';
      throw new DomainError('settlement.no_elections', {
        ...{ contractCode: contract.code, version: contract.version, fix },
      });
    }
    const yearOf = (civilDay: string): number =>
      contractYearOf(elections, elections.contractYear.anchor ?? elections.codDate, civilDay);
    const contractYear = yearOf(`${month}-01`);
    const isYear = run === 'RECONCILIATION';
    const ofYear = monthsOfYear(month, yearOf);
    const names = isYear ? ofYear : [month];
    const months = [];
    for (const name of names) {
      months.push(
        name === month
          ? last
          : await this.matching.currentRun(tx, ledgerId, { month: name, siteCode: site.code }),
      );
    }
    const views = months.map(({ view }) => view);
    requireWholePeriods(views, { elections, contract, wanted, yearOf });
    const { startMs } = views[0]!.inputs;
    const { endMs } = last.view.inputs;
    const day = civilDayOf(MOROCCO_LEGAL_TIME, endMs - 1);
    const dated = await this.prices.references(tx, ledgerId, {
      ...{ gridCode: wanted.tariffGridCode, day },
      firstDay: civilDayOf(MOROCCO_LEGAL_TIME, startMs),
    });
    const references = { ...dated, vat: await this.contracts.vatRows(tx, ledgerId) };
    const { series, hoursWithoutCertificates } = seriesOf(views, elections, wanted.series);
    return {
      ...{ contract, siteCode: site.code, contractYear, hoursWithoutCertificates },
      period: isYear ? `Y${contractYear}` : month,
      monthsBefore: ofYear.slice(0, -1).filter((one) => one >= elections.codDate.slice(0, 7)),
      months: months.map((one, at) => ({ month: names[at]!, matchingRunId: one.run.runId })),
      input: { run, startMs, endMs, asOf, elections, series, references, margin: wanted.margin },
    };
  }
}

/** A period is whole civil months under one contract; the ledger settles no others. */
function requireWholePeriods(
  views: readonly MonthView[],
  {
    elections,
    contract,
    wanted,
    yearOf,
  }: {
    readonly elections: Elections;
    readonly contract: Contract;
    readonly wanted: SettlementWanted;
    readonly yearOf: (civilDay: string) => number;
  },
): void {
  const { run, month } = wanted;
  const refuse = (reason: string): never => {
    throw new DomainError('settlement.run_refused', { run, period: month, reason });
  };
  const { startMs } = views[0]!.inputs;
  const { endMs } = views.at(-1)!.inputs;
  if (elections.settlementCalendar === 'UTC_MONTH') {
    const isUtc = [startMs, endMs].every((ms) => formatInstant(ms).endsWith('-01T00:00:00Z'));
    if (!isUtc) refuse('The contract settles months of UTC, and this civil month is not one.');
  }
  const other = views.find((view) => view.contract.code !== contract.code);
  if (other !== undefined) refuse(`A month of the year is under contract ${other.contract.code}.`);
  if (run !== 'RECONCILIATION') return;
  const [firstDay, nextDay] = [startMs, endMs].map((ms) => civilDayOf(MOROCCO_LEGAL_TIME, ms));
  const year = yearOf(firstDay!);
  const before = civilDayOf(MOROCCO_LEGAL_TIME, startMs - 1);
  if (yearOf(nextDay!) === year) refuse(`Contract year ${year} does not end with ${month}.`);
  if (yearOf(before) === year) {
    refuse(`Contract year ${year} does not begin with a civil month.`);
  }
}

/** What the months say, hour by hour, beside what is given. */
function seriesOf(
  views: readonly MonthView[],
  elections: Elections,
  given: GivenSeries,
): { readonly series: SettlementSeries; readonly hoursWithoutCertificates: number } {
  const hours = views.flatMap(({ matched, meters }) =>
    matched.hours.map(({ supply, demand }) => ({
      generationWh: supply.reduce((sum, { contractedWh }) => sum + contractedWh, 0),
      isCertified: supply.length > 0,
      // A meter that says nothing of an hour leaves a gap: it is not zero.
      loadWh: demand.length < meters.length ? null : demand.reduce((sum, { wh }) => sum + wh, 0),
      isEstimated: demand.some(({ isEstimated }) => isEstimated),
    })),
  );
  assert(hours.length > 0, 'settlement: a period has hours');
  const loadWh = hours.map((hour) => hour.loadWh);
  const isLoadNeeded = needsLoad(elections);
  const isLoadUsed = isLoadNeeded || !loadWh.includes(null);
  return {
    hoursWithoutCertificates: hours.filter(({ isCertified }) => !isCertified).length,
    series: {
      ...given,
      generationWh: hours.map(({ generationWh }) => generationWh),
      loadWh: isLoadUsed ? loadWh : null,
      estimatedGeneration: null,
      // What nothing is priced by may be estimated.
      estimatedLoad: isLoadNeeded ? hours.map(({ isEstimated }) => isEstimated) : null,
    },
  };
}

/** Whether anything that is elected rests on the load. */
function needsLoad({ volume, obligations, adders }: Elections): boolean {
  return (
    ['AS_CONSUMED', 'COVERAGE_24_7'].includes(volume.product) ||
    ['BUYER_TAKES', 'SOLD_TO_GRID'].includes(volume.excess.rule) ||
    obligations.coverageGuarantee !== null ||
    adders.regulatedCharges.some(({ basis }) => basis === 'WITHDRAWN')
  );
}

const textOf = (value: unknown): string => canonicalJson(JSON.parse(JSON.stringify(value ?? null)));
