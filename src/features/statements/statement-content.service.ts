import { Injectable } from '@nestjs/common';
import { engineStamp } from '../../core/engines.js';
import { DomainError } from '../../core/errors.js';
import { type BilledPart, billParts } from '../../core/statements/billing.js';
import {
  billingJson,
  blockSources,
  dataQualityJson,
  distinctSources,
  statementPlants,
} from '../../core/statements/document.js';
import { figureJson, type SourceRef } from '../../core/statements/figure.js';
import { tenantFigures } from '../../core/statements/tenant-figures.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { ContractsService, type VatRate } from '../contracts/contracts.service.js';
import type { MatchingRun } from '../matching/runs/matching.service.js';
import type { MonthView } from '../matching/runs/month-view.service.js';
import { CarbonContentService, common, type Content, plantJson } from './carbon-content.service.js';
import { factorRefs, factorsJson } from './carbon-factors.service.js';
import { REMAINDER_RULE, TenantsService, type TenantWanted } from './tenants/tenants.service.js';

/** What a statement says, apart from its number and its time: from the month and its sources. */
@Injectable()
export class StatementContentService {
  constructor(
    private readonly carbonContent: CarbonContentService,
    private readonly contracts: ContractsService,
    private readonly tenants: TenantsService,
  ) {}

  /** @see CarbonContentService.carbon */
  carbon(tx: LedgerTx, run: MatchingRun, view: MonthView): Promise<Content> {
    return this.carbonContent.carbon(tx, run, view);
  }

  /**
   * The content of a billing statement: energy × strike price, VAT on each line.
   *
   * @throws DomainError `vat.not_in_force`; `statement.contract_has_elections`
   */
  async billing(tx: LedgerTx, run: MatchingRun, view: MonthView): Promise<Content> {
    const { contract } = view;
    const certificates = await this.carbonContent.certificateRefs(tx, run, view);
    const parts: (BilledPart & { readonly vat: VatRate })[] = [];
    for (const part of view.parts) parts.push(await this.billed(tx, run, view, part, certificates));
    const billing = billParts(parts);
    const rates = [
      ...new Map(parts.map(({ vat }) => [`${vat.code}@${vat.version}`, vat])).values(),
    ];
    const vat = parts.at(-1)!.vat;
    return {
      ...common(run, view),
      ...engineStamp('billing'),
      kind: 'billing',
      sellerCode: contract.sellerCode,
      buyerCode: contract.buyerCode,
      vat: { code: vat.code, ratePct: vat.ratePct, source: vat.source, confidence: vat.confidence },
      disclosures: [
        'A billing statement is no invoice: it has no number of the invoice series.',
        ...rates
          .filter(({ confidence }) => confidence.startsWith('M') || confidence.includes('M+'))
          .map(
            ({ confidence }) =>
              `The VAT rate is marked ${confidence}: confirm it before an invoice is issued.`,
          ),
      ],
      billing: billingJson(billing),
      figures: billing.figures.map((figure) =>
        figureJson({ ...figure, sources: distinctSources(figure.sources) }),
      ),
    };
  }

  /** The part of a month that one version of the contract prices. */
  private async billed(
    tx: LedgerTx,
    run: MatchingRun,
    view: MonthView,
    { contract, from, startMs, endMs }: MonthView['parts'][number],
    certificates: readonly SourceRef[],
  ): Promise<BilledPart & { readonly vat: VatRate }> {
    if (contract.elections !== null) {
      const fix = 'Its amounts are those of a settlement run, not of one strike price.';
      throw new DomainError('statement.contract_has_elections', {
        contractCode: contract.code,
        version: contract.version,
        fix,
      });
    }
    const { vatCode, strikePriceMadPerMwh } = contract;
    const vat = await this.contracts.vatRateAt(tx, vatCode, endMs - 1);
    const plants = view.plants.filter(({ code }) => contract.plantCodes.includes(code));
    const totals = statementPlants(
      view.matched.hours.filter(({ hourMs }) => startMs <= hourMs && hourMs < endMs),
      plants.map(({ code }) => ({ code, directFactorMgPerKwh: 0 })),
    );
    return {
      from,
      vat,
      plants: plants.map(({ code, version, lossFactor }, at) => ({
        plantCode: code,
        generationWh: totals[at]!.contractedWh,
        lossFactor,
        sources: [{ kind: 'plant', id: `${code}@${version}` }, ...certificates],
      })),
      terms: {
        strikePriceMadPerMwh,
        vatCode,
        vatRatePct: vat.ratePct,
        sources: [
          { kind: 'contract', id: `${contract.code}@${contract.version}` },
          { kind: 'vat-rate', id: `${vat.code}@${vat.version}` },
        ],
      },
    };
  }

  /**
   * The content of one tenant's statement: its part of the month beside the site's whole, which all
   * tenants' parts sum to.
   *
   * @throws DomainError `tenant.none`, `record.not_found`, `factor.*`
   */
  async tenant(
    tx: LedgerTx,
    run: MatchingRun,
    view: MonthView,
    { code, gpuHours }: TenantWanted,
  ): Promise<Content> {
    const supplied = gpuHours === null ? [] : [{ tenantCode: code, gpuHours }];
    const { shares, tenants, grid } = await this.tenants.shareIn(tx, view, supplied);
    const tenant = tenants.find((one) => one.code === code);
    if (tenant === undefined) {
      throw new DomainError('record.not_found', { kind: 'tenant', recordCode: code });
    }
    const figures = tenantFigures(shares, code, [
      { kind: 'matching-run', id: run.runId },
      ...blockSources(view.blocks),
      { kind: 'tenant', id: `${code}@${tenant.version}` },
      ...factorRefs(grid),
    ]);
    const { loadWh, matchedWh, locationBasedKg, marketHourlyKg } = shares;
    const { name, version, meterCodes } = tenant;
    return {
      ...common(run, view),
      ...engineStamp('carbon'),
      kind: 'tenant',
      tenant: { code, name, version, meterCodes, gpuHours },
      remainderRule: REMAINDER_RULE,
      site: { loadWh, matchedWh, locationBasedKg, marketHourlyKg, tenantCount: tenants.length },
      dataQuality: dataQualityJson(view.matched),
      factors: factorsJson(grid),
      disclosures: [
        'The figures of all tenants sum to the site’s, by the stated remainder rule.',
        'The hourly market-based figure is an additional, proposed method; what was not matched takes the grid average.',
        ...(gpuHours === null ? [] : ['GPU-hours are as the tenant supplied them.']),
      ],
      plants: view.plants.map(plantJson),
      figures: figures.map(figureJson),
    };
  }
}
