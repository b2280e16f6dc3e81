import { Injectable } from '@nestjs/common';
import { joinFactorHours } from '../../../core/carbon/factor.js';
import type { StandingBundle } from '../../../core/certificates/standing.js';
import {
  areCertificatesApplied,
  type InstrumentClass,
  instrumentClasses,
} from '../../../core/statements/criteria.js';
import {
  distinctSources,
  statementHours,
  statementPlants,
} from '../../../core/statements/document.js';
import type { SourceRef } from '../../../core/statements/figure.js';
import { type CertificatesLine, certificatesLines } from '../../../core/statements/lines.js';
import type { PeriodMonth } from '../../../core/statements/periods/period-month.js';
import { cancelledFor } from '../../../core/statements/periods/surplus.js';
import { compareIds } from '../../../core/text.js';
import { HOUR_MS } from '../../../core/time/interval.js';
import { factorMgPerKwh } from '../../../core/units/emissions.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { BundlesService } from '../../certificates/bundles/bundles.service.js';
import type { FactorsFound } from '../../factors/factors.service.js';
import type { MatchingRun } from '../../matching/runs/matching.service.js';
import type { MonthView } from '../../matching/runs/month-view.service.js';
import { CarbonContentService } from '../carbon-content.service.js';
import {
  type ApartPart,
  CarbonFactorsService,
  type FactorBasis,
} from '../carbon-factors.service.js';
import type { MatchedSiteMonth } from './period-months.service.js';

/** A month of a site with all that its figures are computed from. */
export interface StatedMonth {
  readonly part: PeriodMonth;
  readonly run: MatchingRun;
  readonly view: MonthView;
  readonly classes: readonly InstrumentClass[];
  /** Wh of what was matched that are cancelled or claimed for the reporter, in the order of the plants. */
  readonly cancelledMatchedWh: readonly number[];
}

/** Certificates of a plant at a site over a period. */
export interface PeriodCertificates extends CertificatesLine {
  readonly siteCode: string;
  readonly technology: string;
  readonly commissionedOn: string;
  readonly beneficiary: string;
  /** Cancelled or claimed for the beneficiary: of what was matched, and beyond. */
  readonly cancelledMatchedWh: number;
  readonly surplusCancelledWh: number;
}

/** Everything that a statement of a period is made from. */
export interface PeriodInputs {
  readonly months: readonly StatedMonth[];
  readonly plants: MonthView['plants'];
  readonly certificates: readonly PeriodCertificates[];
  readonly certificateRefs: readonly SourceRef[];
  /** Grid average, fossil and residual mix over the hours of all sites, at the places of `of`. */
  readonly factors: readonly FactorsFound[];
  readonly of: { readonly grid: 0; readonly fossil: 1; readonly residualMix: 2 };
  readonly spans: readonly ApartPart[];
}

const PLACES = { grid: 0, fossil: 1, residualMix: 2 } as const;

/** Loads what stands beside the matched months of a period: factors, bundles, files. */
@Injectable()
export class PeriodInputsService {
  constructor(
    private readonly carbonFactors: CarbonFactorsService,
    private readonly carbonContent: CarbonContentService,
    private readonly bundles: BundlesService,
  ) {}

  /** @throws DomainError `factor.*` for the first hour of any site without one */
  async of(tx: LedgerTx, collected: readonly MatchedSiteMonth[]): Promise<PeriodInputs> {
    const months: StatedMonth[] = [];
    const certificates: PeriodCertificates[] = [];
    const bases: FactorBasis[] = [];
    const spans: ApartPart[] = [];
    for (const [, own] of Map.groupBy(collected, ({ site }) => site.code)) {
      const span = spanOf(own);
      const basis = await this.carbonFactors.over(tx, span);
      bases.push(basis);
      spans.push(span);
      const stated: StatedMonth[] = [];
      for (const one of own) {
        const bundles = await this.bundlesOf(tx, one.view);
        stated.push(statedMonth(one, { basis, firstMs: span.startMs, bundles }));
      }
      months.push(...stated);
      certificates.push(...certificatesOf(stated));
    }
    return {
      months,
      certificates,
      plants: plantsOf(collected),
      certificateRefs: await this.refsOf(tx, collected),
      factors: [
        joinFactorHours(bases.map(({ grid }) => grid)),
        joinFactorHours(bases.map(({ fossil }) => fossil)),
        joinFactorHours(bases.map(({ residualMix }) => residualMix)),
      ],
      of: PLACES,
      spans,
    };
  }

  private async bundlesOf(
    tx: LedgerTx,
    { inputs }: MonthView,
  ): Promise<ReadonlyMap<string, readonly StandingBundle[]>> {
    const ids = inputs.offers.map(({ certificate }) => certificate.certificateId);
    const touched = await this.bundles.touched(tx, ids, null);
    return Map.groupBy(touched, ({ certificateId }) => certificateId);
  }

  private async refsOf(tx: LedgerTx, months: readonly MatchedSiteMonth[]): Promise<SourceRef[]> {
    const refs: SourceRef[] = [];
    for (const { run, view } of months) {
      refs.push(...(await this.carbonContent.certificateRefs(tx, run, view)));
    }
    return distinctSources(refs);
  }
}

/** The hours of a site's months, which follow each other. */
function spanOf(months: readonly MatchedSiteMonth[]): ApartPart {
  return {
    zone: months[0]!.site.boundary,
    startMs: months[0]!.view.inputs.startMs,
    endMs: months.at(-1)!.view.inputs.endMs,
    hours: months.flatMap(({ view }) => view.matched.hours),
  };
}

function statedMonth(
  { site, month, run, view }: MatchedSiteMonth,
  of: {
    readonly basis: FactorBasis;
    readonly firstMs: number;
    readonly bundles: ReadonlyMap<string, readonly StandingBundle[]>;
  },
): StatedMonth {
  const { basis, firstMs, bundles } = of;
  const from = (view.inputs.startMs - firstMs) / HOUR_MS;
  const to = from + view.matched.hours.length;
  const cut = <Value>(values: readonly Value[]): readonly Value[] => values.slice(from, to);
  const residual = { mgPerKwh: cut(basis.residualMix.mgPerKwh) };
  const { buyerCode } = view.contract;
  const supply = Map.groupBy(
    view.matched.hours.flatMap((hour) => hour.supply),
    ({ certificate }) => certificate.plantCode,
  );
  const cancelled = view.plants.map(({ code }) =>
    cancelledFor(supply.get(code) ?? [], bundles, buyerCode),
  );
  const cancelledWh = cancelled.reduce((sum, { matchedWh }) => sum + matchedWh, 0);
  const matchedWh = view.matched.hours.reduce((sum, hour) => sum + hour.matchedWh, 0);
  const classes = instrumentClasses({
    contracts: view.parts.map(({ contract }) => contract),
    boundary: site.boundary,
    beneficiaryCode: buyerCode,
    hasResidualMix: !residual.mgPerKwh.includes(null),
    supplierCodes: basis.supplierCodes,
    isCancelled: matchedWh > 0 && cancelledWh === matchedWh,
  });
  return {
    run,
    view,
    classes,
    cancelledMatchedWh: cancelled.map((one) => one.matchedWh),
    part: {
      siteCode: site.code,
      month,
      hours: statementHours(view.matched.hours, {
        grid: { mgPerKwh: cut(basis.grid.mgPerKwh), cfePpm: cut(basis.grid.cfePpm) },
        fossil: { mgPerKwh: cut(basis.fossil.mgPerKwh) },
        residualMix: residual,
      }),
      plants: statementPlants(
        view.matched.hours,
        view.plants.map(({ code, directFactorGPerKwh }) => ({
          code,
          directFactorMgPerKwh: factorMgPerKwh(directFactorGPerKwh),
        })),
      ),
      areInstrumentsApplied: areCertificatesApplied(classes),
      surplusCancelledWh: cancelled.map(({ surplusWh }) => surplusWh),
    },
  };
}

/** Certificates of a site's plants over its months (METHOD 7.1, line 8). */
function certificatesOf(months: readonly StatedMonth[]): readonly PeriodCertificates[] {
  const plants = plantsOf(months.map(({ view }) => ({ view })));
  const lines = certificatesLines(
    months.flatMap(({ view }) => view.matched.hours),
    plants.map(({ code }) => code),
  );
  const { siteCode } = months[0]!.part;
  const beneficiary = [...new Set(months.map(({ view }) => view.contract.buyerCode))].join(', ');
  return lines.map((line, at) => {
    const { technology, commissionedOn } = plants[at]!;
    let [surplusCancelledWh, cancelledMatchedWh] = [0, 0];
    for (const { part, cancelledMatchedWh: cancelledWh } of months) {
      const place = part.plants.findIndex(({ plantCode }) => plantCode === line.plantCode);
      if (place < 0) continue;
      surplusCancelledWh += part.surplusCancelledWh[place]!;
      cancelledMatchedWh += cancelledWh[place]!;
    }
    return {
      ...line,
      siteCode,
      technology,
      commissionedOn,
      beneficiary,
      cancelledMatchedWh,
      surplusCancelledWh,
    };
  });
}

/** Plants that any month buys from, by code, as they hold. */
function plantsOf(months: readonly Pick<MatchedSiteMonth, 'view'>[]): MonthView['plants'] {
  const byCode = new Map(
    months.flatMap(({ view }) => view.plants.map((plant) => [plant.code, plant] as const)),
  );
  return [...byCode.values()].toSorted((a, b) => compareIds(a.code, b.code));
}
