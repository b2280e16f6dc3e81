import { Injectable } from '@nestjs/common';
import { engineStamp, ENGINES } from '../../core/engines.js';
import { type Canonical, canonicalJson } from '../../core/ledger/canonical.js';
import { sha256, toHex } from '../../core/ledger/merkle.js';
import { MATCHER_VERSION } from '../../core/matching/month.js';
import { carbonFigures, METHODOLOGY_VERSION } from '../../core/statements/carbon.js';
import { areCertificatesApplied, type InstrumentClass } from '../../core/statements/criteria.js';
import {
  blockSources,
  dataQualityJson,
  statementHours,
  statementPlants,
} from '../../core/statements/document.js';
import { figureJson, type SourceRef } from '../../core/statements/figure.js';
import {
  type CertificatesLine,
  certificatesLines,
  civilDates,
  exclusionsOf,
} from '../../core/statements/lines.js';
import { requireReleasable } from '../../core/statements/release-checks.js';
import { statementStatus } from '../../core/statements/status.js';
import { marketBased2015, type TierLine } from '../../core/statements/tiers.js';
import { STORAGE_TECHNOLOGIES } from '../../core/storage/record-row.js';
import { formatInstant } from '../../core/time/interval.js';
import { civilDayOf, LEGAL_TIME_VERSION, MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import { factorMgPerKwh } from '../../core/units/emissions.js';
import { Decimal } from '../../core/units/money.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import type { FactorsFound } from '../factors/factors.service.js';
import { ImportsService } from '../imports/imports.service.js';
import type { MatchingRun } from '../matching/runs/matching.service.js';
import type { MonthView } from '../matching/runs/month-view.service.js';
import { PartiesService } from '../parties/parties.service.js';
import { StorageViewService } from '../storage/storage-view.service.js';
import {
  CarbonFactorsService,
  factorRefs,
  factorsJson,
  residualMixSaid,
} from './carbon-factors.service.js';

/** What a statement says, as canonical JSON. */
export type Content = { readonly [key: string]: Canonical };

/** The rules behind a carbon statement; their hash stands in each. */
const RULE_SET: Content = {
  methodology: METHODOLOGY_VERSION,
  engine: `carbon ${ENGINES.carbon}`,
  matcher: MATCHER_VERSION,
  criteria: 'GHGP-2015',
  factorOrder: 'hourly, monthly, annual; direct only',
  volume2015: 'matched Wh of the month, reserved for the reporter',
  fallback2015: 'unweighted mean of the hourly factors of residual mix, else grid average',
  unansweredCriterion: 'not met; the instruments are not applied',
  emissionsRounding: 'half up to 0.001 t, once',
  claimRounding: 'cut to 2 decimals',
};

/** What a carbon statement says: the lines of METHOD 7.1. */
@Injectable()
export class CarbonContentService {
  constructor(
    private readonly carbonFactors: CarbonFactorsService,
    private readonly imports: ImportsService,
    private readonly storage: StorageViewService,
    private readonly parties: PartiesService,
  ) {}

  /**
   * The content of a carbon statement (METHOD 7.1), after its release checks (7.2).
   *
   * @throws DomainError `factor.not_in_force`, `factor.lifecycle_in_scope2`, `statement.check_failed`
   */
  async carbon(tx: LedgerTx, run: MatchingRun, view: MonthView): Promise<Content> {
    const { startMs, endMs } = view.inputs;
    const { grid, fossil, residualMix, criteria } = await this.carbonFactors.basisOf(tx, view);
    const areInstrumentsApplied = areCertificatesApplied(criteria);
    const hours = statementHours(view.matched.hours, { grid, residualMix, fossil });
    const plants = statementPlants(
      view.matched.hours,
      view.plants.map(({ code, directFactorGPerKwh }) => ({
        code,
        directFactorMgPerKwh: factorMgPerKwh(directFactorGPerKwh),
      })),
    );
    const figures = carbonFigures({
      hours,
      plants,
      areInstrumentsApplied,
      sources: {
        run: { kind: 'matching-run', id: run.runId },
        blocks: blockSources(view.blocks),
        certificates: await this.certificateRefs(tx, run, view),
        plants: view.plants.map(({ code, version }) => ({
          kind: 'plant',
          id: `${code}@${version}`,
        })),
        contracts: view.parts.map(({ contract: { code, version } }) => ({
          kind: 'contract',
          id: `${code}@${version}`,
        })),
        gridFactors: factorRefs(grid),
        residualMix: factorRefs(residualMix),
        fossilFactors: factorRefs(fossil),
      },
    });
    const certificates = certificatesLines(
      view.matched.hours,
      view.plants.map(({ code }) => code),
    );
    const { lines: tiers } = marketBased2015(hours, plants, areInstrumentsApplied);
    const { quality } = view.matched;
    const releaseChecks = requireReleasable({
      isPreliminary: statementStatus() === 'preliminary',
      figures,
      certificates,
      tiers,
      criteria,
      factors: [grid, fossil, residualMix].flatMap(({ used }) => used.map(({ factor }) => factor)),
      period: { startMs, endMs },
      quality,
    });
    const estimatedWh = hours.reduce((sum, hour) => sum + hour.estimatedLoadWh, 0);
    const excessWh = figures.find(({ id }) => id === 'excessWh')!.value as number;
    return {
      ...common(run, view),
      ...engineStamp('carbon'),
      kind: 'carbon',
      title: 'Carbon statement',
      status: statementStatus(),
      entity: await this.entityOf(tx, view.site.organisationCode),
      civil: civilOf(startMs, endMs),
      ruleSet: { sha256: toHex(sha256(canonicalJson(RULE_SET))), rules: RULE_SET },
      dataQuality: { ...(dataQualityJson(view.matched) as Content), wh: { ...quality.whByShare } },
      standard: 'GHG Protocol Scope 2 Guidance (2015)',
      certificates: certificates.map((line) => certificatesJson(line, view)),
      instrumentsApplied: areInstrumentsApplied,
      criteria: criteria.map(criteriaJson),
      tiers: tiers.map(tierJson),
      estimation: { wh: estimatedWh, meterHours: estimatedHours(view) },
      exclusions: exclusionsOf(quality),
      uncertainty: { meterClass: null, factor: null },
      apart: await this.carbonFactors.apartOf(tx, view),
      releaseChecks: [...releaseChecks],
      factors: [grid, fossil, residualMix].flatMap(factorsJson),
      disclosures: disclosuresOf({ residualMix, areInstrumentsApplied, excessWh }),
      plants: view.plants.map(plantJson),
      ...(await this.storageOf(tx, view)),
      figures: figures.map(figureJson),
    };
  }

  /** Who reports (METHOD 7.1, lines 2, 20 and 24): the organisation that runs the sites. */
  async entityOf(tx: LedgerTx, organisationCode: string): Promise<Content> {
    const organisation = await this.parties.organisationIn(tx, organisationCode);
    const { code, version, name, legalForm, ice, taxId, tradeRegister, country } = organisation;
    const { carbonReporting } = organisation;
    return {
      code,
      version,
      name,
      legalForm,
      ice,
      taxId,
      tradeRegister,
      country,
      consolidationApproach: carbonReporting?.consolidationApproach ?? null,
      baseYear: carbonReporting?.baseYear ?? null,
      recalculationPolicy: carbonReporting?.recalculationPolicy ?? null,
      responsibility: `The management of ${name} is responsible for this statement and for its controls.`,
      signatory: carbonReporting?.signatory ?? null,
      signature: null,
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
  async certificateRefs(tx: LedgerTx, run: MatchingRun, view: MonthView): Promise<SourceRef[]> {
    const ids = view.inputs.offers.map(({ certificate }) => certificate.certificateId);
    const imports = await this.imports.certificateImports(tx, ids);
    return imports.map((id) => ({ kind: 'certificate-import', id }));
  }
}

function disclosuresOf(of: {
  readonly residualMix: FactorsFound;
  readonly areInstrumentsApplied: boolean;
  readonly excessWh: number;
}): string[] {
  const surplusMwh = new Decimal(of.excessWh).dividedBy(1_000_000).toFixed();
  return [
    'PRELIMINARY: the month is not closed. What is matched is reserved; it is cancelled at close.',
    ...residualMixSaid(of.residualMix),
    ...(of.areInstrumentsApplied
      ? []
      : [
          'A quality criterion is not met: the certificates count in no market-based figure (see the criteria).',
        ]),
    `Surplus not cancelled: ${surplusMwh} MWh; it is in no figure of emissions.`,
    'The hourly market-based figures are an additional, proposed method.',
    'The market-based figure of the 2015 Guidance is annual; this one uses the volumes of the month.',
    'Missing and incomplete meter-hours are in no figure; they are counted in the data-quality line.',
  ];
}

export function civilOf(startMs: number, endMs: number): Content {
  return { ...civilDates(startMs, endMs, (ms) => civilDayOf(MOROCCO_LEGAL_TIME, ms)) };
}

export function estimatedHours({ matched }: MonthView): number {
  return matched.hours.reduce(
    (sum, { demand }) => sum + demand.filter(({ isEstimated }) => isEstimated).length,
    0,
  );
}

export function certificatesJson(
  line: CertificatesLine,
  { plants, contract }: MonthView,
): Canonical {
  const plant = plants.find(({ code }) => code === line.plantCode)!;
  const { trackingSystems, productionIntervalsMinutes, ...rest } = line;
  return {
    ...rest,
    technology: plant.technology,
    commissionedOn: plant.commissionedOn,
    trackingSystems: [...trackingSystems],
    productionIntervalsMinutes: [...productionIntervalsMinutes],
    beneficiary: contract.buyerCode,
    cancellation: null,
    cancelledOn: null,
  };
}

export function criteriaJson({ instrumentClass, isApplied, answers }: InstrumentClass): Canonical {
  return {
    instrumentClass,
    isApplied,
    answers: answers.map(({ criterion, answer, evidence }) => ({ criterion, answer, evidence })),
  };
}

export function tierJson({
  tier,
  instrumentClass,
  plantCode,
  wh,
  gPerKwh,
  emissionsT,
}: TierLine): Canonical {
  return { tier, instrumentClass, plantCode, wh, gPerKwh, emissionsT };
}

/** What every statement says of its month, its site and its contract. */
export function common(run: MatchingRun, view: MonthView): Content {
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

export function contractJson({
  code,
  version,
  name,
  strikePriceMadPerMwh,
  clause,
}: MonthView['contract']): Content {
  return { code, version, name, strikePriceMadPerMwh, clause };
}

/** A plant as a statement names it. */
export function plantJson(plant: MonthView['plants'][number]): Canonical {
  const { code, version, name, technology, capacityW, commissionedOn } = plant;
  const { lossFactor, directFactorGPerKwh } = plant;
  const facts = { technology, capacityW, commissionedOn, lossFactor, directFactorGPerKwh };
  return { code, version, name, ...facts };
}
