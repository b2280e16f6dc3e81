import { Injectable } from '@nestjs/common';
import {
  type CoverageBucket,
  coverageByBucket,
  type CoverageHour,
} from '../../../core/carbon/views.js';
import {
  type GuaranteeHour,
  type GuaranteeOutlook,
  guaranteeOutlook,
} from '../../../core/contracts/coverage-guarantee.js';
import { DomainError } from '../../../core/errors.js';
import { formatInstant, HOUR_MS, MINUTE_MS } from '../../../core/time/interval.js';
import { legalOffsetMinutes, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { sumWattHours } from '../../../core/units/energy.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { type Contract, ContractsService } from '../../contracts/contracts.service.js';
import { FactorsService } from '../../factors/factors.service.js';
import { type MonthView, MonthViewService } from '../../matching/runs/month-view.service.js';
import { type CoverageQuery, monthsOf, type OutlookRequest } from './coverage.schemas.js';

/** Coverage as it stands now, over any buckets, and against what a contract guarantees. */
@Injectable()
export class CoverageService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly months: MonthViewService,
    private readonly factors: FactorsService,
    private readonly contracts: ContractsService,
  ) {}

  /**
   * Coverage by bucket over civil months, matched as each month's contract says. Load that failed a check and that
   * nobody decided about counts at its conservative value (METHOD 2.5).
   *
   * @throws DomainError as matching those months; `factor.lifecycle_in_scope2`
   */
  byBucket(
    ledgerId: string,
    {
      from,
      to,
      by,
      siteCode = null,
    }: Omit<CoverageQuery, 'siteCode'> & { siteCode?: string | null | undefined },
  ): Promise<{
    readonly siteCode: string;
    readonly buckets: readonly (CoverageBucket & { readonly bucket: string })[];
  }> {
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const hours: CoverageHour[] = [];
      let site = siteCode ?? '';
      for (const month of monthsOf({ from, to })) {
        const view = await this.months.view(tx, { month, siteCode, beforeSeq: null });
        site = view.site.code;
        hours.push(...(await this.hoursOf(tx, view)));
      }
      return { siteCode: site, buckets: coverageByBucket(hours, BUCKET_OF[by]) };
    });
  }

  /**
   * Where the coverage guarantee of a month's contract stands: what has accrued, what it comes to
   * with the forecasts, and which forecast hours fall short.
   *
   * @throws DomainError `contract.no_guarantee`; `request.invalid` for forecasts that are not after
   *   what is measured, in order; as matching the months.
   */
  outlook(
    ledgerId: string,
    { month, siteCode, forecasts }: OutlookRequest,
  ): Promise<{
    readonly contractCode: string;
    readonly contractVersion: number;
    readonly metric: string;
    readonly levelPct: string;
    readonly measuredTo: string | null;
    readonly outlook: GuaranteeOutlook;
  }> {
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const wanted = { month, siteCode, beforeSeq: null };
      const current = await this.months.view(tx, wanted);
      const { contract, site } = current;
      const guarantee = contract.coverageGuarantee;
      if (guarantee === null) {
        throw new DomainError('contract.no_guarantee', {
          contractCode: contract.code,
          version: contract.version,
        });
      }
      const first = guarantee.period === 'year' ? `${month.slice(0, 4)}-01` : month;
      const measured: GuaranteeHour[] = [];
      for (const one of await this.monthsUnder(tx, { first, month, contract })) {
        const view =
          one === month
            ? current
            : await this.months.view(tx, {
                month: one,
                siteCode: site.code,
                beforeSeq: null,
              });
        measured.push(...measuredHours(view));
      }
      const hours = [...measured, ...toCome(measured.at(-1)?.hourMs ?? -Infinity, forecasts)];
      const last = measured.at(-1);
      return {
        contractCode: contract.code,
        contractVersion: contract.version,
        metric: guarantee.metric,
        levelPct: guarantee.levelPct,
        measuredTo: last === undefined ? null : formatInstant(last.hourMs + HOUR_MS),
        outlook: guaranteeOutlook(guarantee, hours),
      };
    });
  }

  /** The months of the period in which the contract, in any version, is in force. */
  private async monthsUnder(
    tx: LedgerTx,
    { first, month, contract }: { first: string; month: string; contract: Contract },
  ): Promise<string[]> {
    const versions = await this.contracts.allVersions(tx);
    const starts = versions
      .filter(({ code }) => code === contract.code)
      .map(({ effectiveFrom }) => effectiveFrom)
      .toSorted();
    return monthsOf({ from: first, to: month }).filter((one) => one >= starts[0]!.slice(0, 7));
  }

  private async hoursOf(tx: LedgerTx, view: MonthView): Promise<CoverageHour[]> {
    const { site, inputs, matched } = view;
    const { startMs, endMs } = inputs;
    const wanted = { kind: 'grid_average', zone: site.boundary, startMs, endMs } as const;
    const grid = await this.factors.found(tx, wanted);
    const undecided = Map.groupBy(
      await this.months.undecidedLoad(tx, view),
      ({ hourMs }) => hourMs,
    );
    return matched.hours.map(({ hourMs, loadWh, generationWh, matchedWh }, at) => {
      const left = undecided.get(hourMs) ?? [];
      const undecidedWh = sumWattHours(left.map(({ wh }) => wh));
      return {
        hourMs,
        loadWh: loadWh + undecidedWh,
        generationWh,
        matchedWh,
        undecidedHours: left.length,
        undecidedWh,
        gridCfePpm: grid.cfePpm[at]!,
      };
    });
  }
}

const civilStamp = (hourMs: number): string => {
  const offsetMs = legalOffsetMinutes(MOROCCO_LEGAL_TIME, hourMs) * MINUTE_MS;
  return formatInstant(hourMs + offsetMs);
};

const BUCKET_OF: Readonly<Record<CoverageQuery['by'], (hourMs: number) => string>> = {
  hour: formatInstant,
  day: (hourMs) => civilStamp(hourMs).slice(0, 10),
  month: (hourMs) => civilStamp(hourMs).slice(0, 7),
  year: (hourMs) => civilStamp(hourMs).slice(0, 4),
};

/** Hours up to the last one of which anything is known. */
function measuredHours({ matched }: MonthView): GuaranteeHour[] {
  const end = matched.hours.findLastIndex(
    ({ demand, supply }) => demand.length + supply.length > 0,
  );
  return matched.hours.slice(0, end + 1).map(({ hourMs, loadWh, generationWh, matchedWh }) => ({
    hourMs,
    loadWh,
    generationWh,
    matchedWh,
    isForecast: false,
  }));
}

function toCome(lastMs: number, forecasts: OutlookRequest['forecasts']): GuaranteeHour[] {
  let beforeMs = lastMs;
  return forecasts.map(({ hour, loadWh, generationWh }, at) => {
    const hourMs = Date.parse(hour);
    if (hourMs % HOUR_MS !== 0 || hourMs <= beforeMs) {
      const detail =
        'Forecasts are of whole UTC hours after what is measured, in order, each once.';
      throw new DomainError('request.invalid', {
        errors: [{ pointer: `/forecasts/${at}/hour`, rule: 'forecast.to_come', detail }],
      });
    }
    beforeMs = hourMs;
    const matchedWh = Math.min(loadWh, generationWh);
    return { hourMs, loadWh, generationWh, matchedWh, isForecast: true };
  });
}
