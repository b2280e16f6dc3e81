import { Injectable } from '@nestjs/common';
import type { FactorKind } from '../../core/carbon/factor.js';
import type { Canonical } from '../../core/ledger/canonical.js';
import { type BilledPart, billParts } from '../../core/statements/billing.js';
import { engineStamp } from '../../core/engines.js';
import { carbonFigures, METHODOLOGY_VERSION } from '../../core/statements/carbon.js';
import {
  billingJson,
  blockSources,
  dataQualityJson,
  distinctSources,
  statementHours,
  statementPlants,
} from '../../core/statements/document.js';
import { DomainError } from '../../core/errors.js';
import { tenantFigures } from '../../core/statements/tenant-figures.js';
import { figureJson, type SourceRef } from '../../core/statements/figure.js';
import { STORAGE_TECHNOLOGIES } from '../../core/storage/record-row.js';
import { LEGAL_TIME_VERSION } from '../../core/time/legal-time.js';
import { formatInstant } from '../../core/time/interval.js';
import { factorMgPerKwh, factorText } from '../../core/units/emissions.js';
import { Decimal } from '../../core/units/money.js';
import { claimPct } from '../../core/units/ratio.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { ContractsService, type VatRate } from '../contracts/contracts.service.js';
import { type FactorsFound, FactorsService } from '../factors/factors.service.js';
import { ImportsService } from '../imports/imports.service.js';
import type { MatchingRun } from '../matching/runs/matching.service.js';
import type { MonthView } from '../matching/runs/month-view.service.js';
import { StorageViewService } from '../storage/storage-view.service.js';
import { REMAINDER_RULE, TenantsService, type TenantWanted } from './tenants/tenants.service.js';

type Content = { readonly [key: string]: Canonical };

const NO_RESIDUAL_MIX =
  'No residual mix is published for this market; the grid average stands in for it.';

/** What a statement says, apart from its number and its time: from the month and its sources. */
@Injectable()
export class StatementContentService {
  constructor(
    private readonly factors: FactorsService,
    private readonly contracts: ContractsService,
    private readonly imports: ImportsService,
    private readonly storage: StorageViewService,
    private readonly tenants: TenantsService,
  ) {}

  /**
   * The content of a carbon statement (METHOD 7.1).
   *
   * @throws DomainError `factor.not_in_force`, `factor.lifecycle_in_scope2`
   */
  async carbon(tx: LedgerTx, run: MatchingRun, view: MonthView): Promise<Content> {
    const { startMs, endMs } = view.inputs;
    const { boundary: zone } = view.site;
    const wanted = (kind: FactorKind) => ({ kind, zone, startMs, endMs });
    const grid = await this.factors.requireSeries(tx, wanted('grid_average'));
    const fossil = await this.factors.requireSeries(tx, wanted('fossil'));
    const residualMix = await this.factors.found(tx, wanted('residual_mix'));
    const plants = view.plants.map(({ code, directFactorGPerKwh }) => ({
      code,
      directFactorMgPerKwh: factorMgPerKwh(directFactorGPerKwh),
    }));
    const figures = carbonFigures({
      hours: statementHours(view.matched.hours, { grid, residualMix, fossil }),
      plants: statementPlants(view.matched.hours, plants),
      sources: {
        run: { kind: 'matching-run', id: run.runId },
        blocks: blockSources(view.blocks),
        certificates: await this.certificateRefs(tx, run, view),
        plants: view.plants.map(({ code, version }) => ({
          kind: 'plant',
          id: `${code}@${version}`,
        })),
        gridFactors: factorRefs(grid),
        residualMix: factorRefs(residualMix),
        fossilFactors: factorRefs(fossil),
      },
    });
    return {
      ...common(run, view),
      ...engineStamp('carbon'),
      kind: 'carbon',
      dataQuality: dataQualityJson(view.matched),
      standard: 'GHG Protocol Scope 2 Guidance (2015)',
      factors: [grid, fossil, residualMix].flatMap(factorsJson),
      disclosures: [
        ...residualMixSaid(residualMix),
        'The hourly market-based figures are an additional, proposed method.',
        'The market-based figure of the 2015 Guidance is annual; this one uses the volumes of the month.',
        'Missing and incomplete meter-hours are in no figure; they are counted in the data-quality line.',
      ],
      plants: view.plants.map(plantJson),
      ...(await this.storageOf(tx, view)),
      figures: figures.map(figureJson),
    };
  }

  /**
   * The content of a billing statement: energy × strike price, VAT on each line.
   *
   * @throws DomainError `vat.not_in_force`; `statement.contract_has_elections`
   */
  async billing(tx: LedgerTx, run: MatchingRun, view: MonthView): Promise<Content> {
    const { contract } = view;
    const certificates = await this.certificateRefs(tx, run, view);
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

  /** What contracted storage devices took and gave, losses on their own line (METHOD 4.4). */
  private async storageOf(tx: LedgerTx, { plants, inputs }: MonthView): Promise<Content> {
    const { ledgerId } = tx;
    const devices = plants.filter(({ technology }) => STORAGE_TECHNOLOGIES.includes(technology));
    if (devices.length === 0) return {};
    const storage: Canonical[] = [];
    for (const { code: deviceCode } of devices) {
      const span = { from: new Date(inputs.startMs), to: new Date(inputs.endMs) };
      const sums = await this.storage.sums(tx, { ledgerId, deviceCode, ...span });
      storage.push({ deviceCode, ...sums });
    }
    return { storage };
  }

  /** The imports that brought the month's certificates. */
  private async certificateRefs(
    tx: LedgerTx,
    run: MatchingRun,
    view: MonthView,
  ): Promise<SourceRef[]> {
    const ids = view.inputs.offers.map(({ certificate }) => certificate.certificateId);
    const imports = await this.imports.certificateImports(tx, ids);
    return imports.map((id) => ({ kind: 'certificate-import', id }));
  }
}

function common(run: MatchingRun, view: MonthView): Content {
  const { site, contract, parts, inputs, matched, meters } = view;
  return {
    siteCode: site.code,
    siteName: site.name,
    boundary: site.boundary,
    deliveryPoint: site.deliveryPoint,
    meterCodes: meters.map(({ code }) => code),
    period: {
      month: run.month,
      start: formatInstant(inputs.startMs),
      end: formatInstant(inputs.endMs),
      hours: matched.hours.length,
      legalTime: LEGAL_TIME_VERSION,
    },
    methodology: METHODOLOGY_VERSION,
    contract: contractJson(contract),
    ...(parts.length === 1
      ? {}
      : { contracts: parts.map(({ contract: one, from }) => ({ from, ...contractJson(one) })) }),
    matching: {
      runId: run.runId,
      policy: run.policy,
      inputSha256: run.inputSha256,
      resultRoot: run.resultRoot,
    },
  };
}

function contractJson({
  code,
  version,
  name,
  strikePriceMadPerMwh,
  clause,
}: MonthView['contract']): Content {
  return { code, version, name, strikePriceMadPerMwh, clause };
}

function plantJson(plant: MonthView['plants'][number]): Canonical {
  const { code, version, name, technology, capacityW, commissionedOn } = plant;
  const { lossFactor, directFactorGPerKwh } = plant;
  const facts = { technology, capacityW, commissionedOn, lossFactor, directFactorGPerKwh };
  return { code, version, name, ...facts };
}

const factorRefs = ({ used }: FactorsFound): SourceRef[] =>
  used.map(({ factor: { code, version } }) => ({ kind: 'factor', id: `${code}@${version}` }));

/** The rows that hours took their factor from, each pinned by version and event, with its share of hours. */
function factorsJson({ used, mgPerKwh }: FactorsFound): Canonical[] {
  return used.map(({ factor, hours }) => {
    const { code, version, eventId, kind, zone, basis, resolution } = factor;
    const { publisher, title, vintage, licence, gases, gwpSet, isEstimated } = factor;
    const value = resolution === 'annual' ? factor.mgPerKwh[0]! : null;
    return {
      code,
      version,
      eventId,
      kind,
      zone,
      basis,
      resolution,
      publisher,
      title,
      vintage,
      licence,
      gases,
      gwpSet,
      isEstimated,
      validFrom: factor.validFrom.toISOString(),
      validTo: factor.validTo.toISOString(),
      hours,
      hoursPct: claimPct(new Decimal(hours), new Decimal(mgPerKwh.length)),
      gPerKwh: value === null ? null : factorText(value),
    };
  });
}

/** What a statement says of a residual mix that is absent, or absent in some hours. */
function residualMixSaid({ mgPerKwh }: FactorsFound): string[] {
  const without = mgPerKwh.filter((value) => value === null).length;
  if (without === 0) return [];
  if (without === mgPerKwh.length) return [NO_RESIDUAL_MIX];
  return [
    `A residual mix is published for ${mgPerKwh.length - without} of ${mgPerKwh.length} hours; ` +
      'the grid average stands in for it in the others.',
  ];
}
