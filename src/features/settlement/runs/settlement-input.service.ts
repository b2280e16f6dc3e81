import { Injectable } from '@nestjs/common';
import { assert, DomainError } from '../../../core/errors.js';
import type { Elections } from '../../../core/settlement/elections/elections.shape.js';
import type { SettlementSeries } from '../../../core/settlement/hours/series.shape.js';
import { electionsOf } from '../../../core/settlement/parts/parts.js';
import {
  contractOf,
  electedParts,
  type PeriodWanted,
  spanOf,
  versionsIn,
} from '../../../core/settlement/period.js';
import { settledBounds } from '../../../core/settlement/parts/term.js';
import type { RunInput } from '../../../core/settlement/document.js';
import { civilDayOf, civilMonth, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { type Contract, ContractsService } from '../../contracts/contracts.service.js';
import { canonicalJson } from '../../../core/ledger/canonical.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { SettlementDocument, SettlementRun } from './settlement.document.js';
import { type MatchingRun, MatchingService } from '../../matching/runs/matching.service.js';
import type { MonthView } from '../../matching/runs/month-view.service.js';
import { PricesService } from '../../prices/prices.service.js';

/** What the ledger does not hold of a period, and who sends it says. */
export type GivenSeries = Omit<
  SettlementSeries,
  'generationWh' | 'loadWh' | 'estimatedGeneration' | 'estimatedLoad'
>;

/** What is to be settled. */
export interface SettlementWanted extends PeriodWanted {
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
  /** The months as they were matched. */
  readonly views: readonly MonthView[];
}

/** Told of a matching run that is not there, or old; what it would be is then used instead. */
type OnGap = (error: DomainError, month: string) => void;

/** Puts together what a settlement is computed from: matched months, dated figures, elections. */
@Injectable()
export class SettlementInputService {
  constructor(
    private readonly matching: MatchingService,
    private readonly contracts: ContractsService,
    private readonly prices: PricesService,
  ) {}

  /**
   * Asks of runs, whichever engine made them, whether the ledger holds what they say they were made
   * from: their matching runs, and the elections of their contract's version.
   *
   * @returns What is otherwise, in the words after "Settlement run X"; null where nothing is.
   */
  async sources(
    tx: LedgerTx,
  ): Promise<(run: SettlementRun, document: SettlementDocument) => string | null> {
    const matchedIn = new Map<string, string>();
    for (const { runId, month } of await this.matching.runsIn(tx)) {
      matchedIn.set(runId, month);
    }
    const elections = new Map<string, string>();
    for (const contract of await this.contracts.allVersions(tx)) {
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
      const versions = [...(input.earlier ?? []), { ...input, version: contractVersion }];
      const other = versions.find(
        (one) => elections.get(`${contractCode}@${one.version}`) !== textOf(one.elections),
      );
      if (other === undefined) return null;
      const contract = `${contractCode}@${other.version}`;
      return `was settled by other elections than those of contract ${contract}`;
    };
  }

  /**
   * @param draft  Elections to try instead of the contract's; null for the contract's.
   * @param asOf   Civil day of the settlement.
   * @param onGap  Who is told what is missing, instead of being refused it: for a list of all of it.
   * @throws DomainError `settlement.no_elections`, `settlement.run_refused`,
   *   `matching.run_not_found`, `matching.inputs_changed`, `settlement.reference_missing`
   */
  async basis(
    tx: LedgerTx,
    wanted: SettlementWanted,
    {
      draft,
      asOf,
      onGap = null,
    }: { readonly draft: Elections | null; readonly asOf: string; readonly onGap?: OnGap | null },
  ): Promise<SettlementBasis> {
    const { month, siteCode, run } = wanted;
    const last = await this.matched(tx, { month, siteCode, onGap });
    const { site } = last.view;
    const code = contractOf(last.view.parts, wanted);
    const ofMonth = electedParts(last.view.parts, code, { draft, wanted });
    const firstDay = await this.firstDayOf(tx, code);
    const isYear = run === 'RECONCILIATION';
    const span = spanOf(ofMonth, civilMonth(MOROCCO_LEGAL_TIME, month), { wanted, firstDay });
    const months = [];
    for (const name of span.months) {
      months.push(
        name === month ? last : await this.matched(tx, { month: name, siteCode: site.code, onGap }),
      );
    }
    const views = months.map(({ view }) => view);
    const held = views.flatMap(({ parts }) => parts);
    const parts = isYear ? electedParts(held, code, { draft, wanted }) : ofMonth;
    const year = isYear ? span.contractYear : null;
    const bounds = settledBounds(parts, year, MOROCCO_LEGAL_TIME);
    const versions = versionsIn(parts, bounds, firstDay);
    const { startMs, endMs } = bounds;
    const dated = await this.prices.references(tx, {
      gridCode: wanted.tariffGridCode,
      day: civilDayOf(MOROCCO_LEGAL_TIME, endMs - 1),
      firstDay: civilDayOf(MOROCCO_LEGAL_TIME, startMs),
    });
    const references = { ...dated, vat: await this.contracts.vatRows(tx) };
    const { series, hoursWithoutCertificates } = seriesOf(views, {
      bounds,
      given: wanted.series,
      isLoadNeeded: electionsOf(versions).some(needsLoad),
    });
    return {
      contract: parts.at(-1)!.contract,
      siteCode: site.code,
      hoursWithoutCertificates,
      contractYear: span.contractYear,
      monthsBefore: span.monthsBefore,
      period: isYear ? `Y${span.contractYear}` : month,
      months: months.map((one, at) => ({
        month: span.months[at]!,
        matchingRunId: one.run?.runId ?? '',
      })),
      views,
      input: { run, ...bounds, asOf, ...versions, series, references, margin: wanted.margin },
    };
  }

  /** The only tariff grid of the ledger; null where there is none, or several. */
  onlyGrid(tx: LedgerTx): Promise<string | null> {
    return this.prices.onlyGrid(tx);
  }

  /** A month as it was matched; with somebody to tell, as it would be where it was not. */
  private async matched(
    tx: LedgerTx,
    { onGap, ...wanted }: { month: string; siteCode: string | null; onGap: OnGap | null },
  ): Promise<{ readonly run: MatchingRun | null; readonly view: MonthView }> {
    try {
      return await this.matching.currentRun(tx, wanted);
    } catch (error) {
      const isGap = error instanceof DomainError && NOT_MATCHED.has(error.code);
      if (onGap === null || !isGap) throw error;
      onGap(error, wanted.month);
      return { run: null, view: await this.matching.viewNow(tx, wanted) };
    }
  }

  /** First civil day on which any version of a contract holds. */
  private async firstDayOf(tx: LedgerTx, code: string): Promise<string> {
    const versions = await this.contracts.allVersions(tx);
    const days = versions.filter((one) => one.code === code).map((one) => one.effectiveFrom);
    return days.toSorted()[0]!;
  }
}

const NOT_MATCHED = new Set(['matching.run_not_found', 'matching.inputs_changed']);

/** What the months say of the hours that are settled, beside what is given. */
function seriesOf(
  views: readonly MonthView[],
  of: {
    readonly bounds: { readonly startMs: number; readonly endMs: number };
    readonly given: GivenSeries;
    readonly isLoadNeeded: boolean;
  },
): { readonly series: SettlementSeries; readonly hoursWithoutCertificates: number } {
  const { bounds, isLoadNeeded } = of;
  const hours = views.flatMap(({ matched, meters }) => {
    // A SUSPECT hour that a statement takes as measured is not billable until somebody decides.
    const suspect = new Set(matched.suspect.map(({ hourMs }) => hourMs));
    return matched.hours
      .filter(({ hourMs }) => bounds.startMs <= hourMs && hourMs < bounds.endMs)
      .map(({ hourMs, supply, demand }) => ({
        generationWh: supply.reduce((sum, { contractedWh }) => sum + contractedWh, 0),
        isCertified: supply.length > 0,
        // A meter that says nothing of an hour leaves a gap: it is not zero.
        loadWh:
          demand.length < meters.length || suspect.has(hourMs)
            ? null
            : demand.reduce((sum, { wh }) => sum + wh, 0),
        isEstimated: demand.some(({ isEstimated }) => isEstimated),
      }));
  });
  assert(hours.length > 0, 'settlement: a period has hours');
  const loadWh = hours.map((hour) => hour.loadWh);
  const isLoadUsed = isLoadNeeded || !loadWh.includes(null);
  return {
    hoursWithoutCertificates: hours.filter(({ isCertified }) => !isCertified).length,
    series: {
      ...of.given,
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
