import { Injectable } from '@nestjs/common';
import { engineStamp, ENGINES } from '../../../core/engines.js';
import { type Canonical, canonicalJson } from '../../../core/ledger/canonical.js';
import { sha256, toHex } from '../../../core/ledger/merkle.js';
import { MATCHER_VERSION } from '../../../core/matching/month.js';
import { METHODOLOGY_VERSION } from '../../../core/statements/carbon.js';
import {
  blockSources,
  dataQualityJson,
  distinctSources,
} from '../../../core/statements/document.js';
import { figureJson } from '../../../core/statements/figure.js';
import { exclusionsOf } from '../../../core/statements/lines.js';
import { addEstimated, estimatedBy } from '../../../core/statements/periods/estimates.js';
import { requirePeriodReleasable } from '../../../core/statements/periods/period-checks.js';
import {
  type PeriodFigures,
  periodFigures,
  type PeriodSources,
} from '../../../core/statements/periods/period-figures.js';
import {
  criteriaByMonths,
  estimationEffects,
  joinQuality,
  sumsJson,
  viewJson,
} from '../../../core/statements/periods/period-json.js';
import { sumsOfMonth } from '../../../core/statements/periods/period-month.js';
import { statementStatus } from '../../../core/statements/status.js';
import { formatInstant } from '../../../core/time/interval.js';
import { LEGAL_TIME_VERSION } from '../../../core/time/legal-time.js';
import type { ReportingPeriod } from '../../../core/time/reporting-period.js';
import { compareIds } from '../../../core/text.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { Site } from '../../assets/assets.service.js';
import {
  CarbonContentService,
  civilOf,
  type Content,
  plantJson,
} from '../carbon-content.service.js';
import { CarbonFactorsService, factorRefs, factorsJson } from '../carbon-factors.service.js';
import {
  PeriodInputsService,
  type PeriodInputs,
  type StatedMonth,
} from './period-inputs.service.js';
import { PeriodMonthsService } from './period-months.service.js';
import { criteriaJson, disclosuresOf, sitesJson, surplusJson } from './period-content.document.js';
import { PeriodViewsService } from './period-views.service.js';

/** The rules behind a statement of a period; their hash stands in each. */
const RULE_SET: Content = {
  methodology: METHODOLOGY_VERSION,
  engine: `carbon ${ENGINES.carbon}`,
  matcher: MATCHER_VERSION,
  criteria: 'GHGP-2015',
  factorOrder: 'hourly, monthly, annual; direct only',
  months: 'the current matching run of each month; all of them, or none is stated',
  volume2015:
    'matched Wh of the months, and surplus cancelled for the reporter, at most the load; each site by itself',
  fallback2015:
    'unweighted mean over the hours of the period of the residual mix, else the grid average',
  unansweredCriterion: 'not met; the instruments of the month are not applied',
  emissionsRounding: 'half up to 0.001 t, once',
  claimRounding: 'cut to 2 decimals',
};

/** What a carbon statement of a period says: the lines of METHOD 7.1, and Σ months = period (7.2). */
@Injectable()
export class PeriodContentService {
  constructor(
    private readonly months: PeriodMonthsService,
    private readonly inputs: PeriodInputsService,
    private readonly carbonContent: CarbonContentService,
    private readonly carbonFactors: CarbonFactorsService,
    private readonly views: PeriodViewsService,
  ) {}

  /**
   * The content of a statement of a period, after its release checks.
   *
   * @param sites       Of one organisation, by code; at least one.
   * @param isOfEntity  Whether it is of all sites of the organisation.
   * @throws DomainError `statement.months_missing`, `factor.*`, `statement.check_failed`
   */
  async carbon(tx: LedgerTx, { sites, isOfEntity, period }: PeriodWanted): Promise<Content> {
    const collected = await this.months.collect(tx, sites, period);
    const inputs = await this.inputs.of(tx, collected.months);
    const { months } = inputs;
    const found = periodFigures(
      months.map(({ part }) => part),
      sourcesOf(inputs),
    );
    const views = months.map(({ view }) => view);
    const quality = joinQuality(views.map(({ matched }) => matched.quality));
    const criteria = criteriaByMonths(
      months.map(({ part: { siteCode, month }, classes }) => ({ siteCode, month, classes })),
    );
    const span = {
      startMs: Math.min(...views.map((view) => view.inputs.startMs)),
      endMs: Math.max(...views.map((view) => view.inputs.endMs)),
    };
    const releaseChecks = requirePeriodReleasable({
      isPreliminary: statementStatus() === 'preliminary',
      figures: found.figures,
      certificates: inputs.certificates,
      tiers: found.tiers,
      criteria,
      factors: inputs.factors.flatMap(({ used }) => used.map(({ factor }) => factor)),
      period: span,
      quality,
      sumOfMonths: found.sumOfMonths,
      sites: found.sites,
    });
    const organisationCode = sites[0]!.organisationCode;
    return {
      kind: 'carbon',
      title: 'Carbon statement',
      ...engineStamp('carbon'),
      status: statementStatus(),
      scope: isOfEntity ? 'entity' : 'site',
      siteCode: isOfEntity ? null : sites[0]!.code,
      entity: await this.carbonContent.entityOf(tx, organisationCode),
      sites: sitesJson(sites, views, found.sites),
      period: periodJson(period, span, months),
      civil: civilOf(span.startMs, span.endMs),
      methodology: METHODOLOGY_VERSION,
      ruleSet: { sha256: toHex(sha256(canonicalJson(RULE_SET))), rules: RULE_SET },
      standard: 'GHG Protocol Scope 2 Guidance (2015)',
      months: months.map(monthJson),
      sumOfMonths: found.sumOfMonths.map((line) => ({ ...line })),
      dataQuality: {
        ...(dataQualityJson({
          quality,
          suspect: views.flatMap(({ matched }) => matched.suspect),
        }) as Content),
        wh: { ...quality.whByShare },
      },
      estimation: estimationJson(months, found),
      certificates: inputs.certificates.map((line) => ({
        ...line,
        trackingSystems: [...line.trackingSystems],
        productionIntervalsMinutes: [...line.productionIntervalsMinutes],
      })),
      surplus: surplusJson(found),
      criteria: criteria.map(criteriaJson),
      tiers: found.tiers.map((line) => ({ ...line })),
      exclusions: [
        ...(exclusionsOf(quality) as Canonical[]),
        ...collected.before.map(({ siteCode, month }) => ({
          what: 'monthBeforeFirstReading',
          count: 1,
          siteCode,
          month,
          reason: 'the site had no reading yet',
        })),
      ],
      uncertainty: { meterClass: null, factor: null },
      apart: await this.carbonFactors.apartOver(tx, inputs.spans, inputs.plants),
      views: (
        await this.views.of(tx, {
          inputs,
          found,
          from: civilOf(span.startMs, span.endMs)['from'] as string,
        })
      ).map(viewJson),
      releaseChecks: [...releaseChecks],
      factors: inputs.factors.flatMap(factorsJson),
      disclosures: disclosuresOf(found, inputs),
      plants: inputs.plants.map(plantJson),
      figures: found.figures.map((figure) =>
        figureJson({ ...figure, sources: distinctSources(figure.sources) }),
      ),
    };
  }
}

/** What a statement is wanted of. */
export interface PeriodWanted {
  readonly sites: readonly Site[];
  readonly isOfEntity: boolean;
  readonly period: ReportingPeriod;
}

function sourcesOf({ months, plants, factors, certificateRefs, of }: PeriodInputs): PeriodSources {
  const views = months.map(({ view }) => view);
  const contracts = views.flatMap(({ parts }) =>
    parts.map(({ contract: { code, version } }) => ({
      kind: 'contract' as const,
      id: `${code}@${version}`,
    })),
  );
  return {
    runs: months.map(({ run }) => ({ kind: 'matching-run', id: run.runId })),
    blocks: distinctSources(views.flatMap(({ blocks }) => blockSources(blocks))),
    certificates: certificateRefs,
    plants: plants.map(({ code, version }) => ({ kind: 'plant', id: `${code}@${version}` })),
    contracts: distinctSources(contracts),
    gridFactors: factorRefs(factors[of.grid]!),
    residualMix: factorRefs(factors[of.residualMix]!),
    fossilFactors: factorRefs(factors[of.fossil]!),
  };
}

function periodJson(
  { name, kind, months }: ReportingPeriod,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  stated: readonly StatedMonth[],
): Canonical {
  const hours = new Set(stated.flatMap(({ part }) => part.hours.map(({ hourMs }) => hourMs)));
  return {
    name,
    kind,
    firstMonth: months[0]!,
    lastMonth: months.at(-1)!,
    start: formatInstant(startMs),
    end: formatInstant(endMs),
    hours: hours.size,
    legalTime: LEGAL_TIME_VERSION,
  };
}

function monthJson({ part, run, view }: StatedMonth): Canonical {
  const contracts = view.parts.map(({ contract: { code, version } }) => `${code}@${version}`);
  return {
    siteCode: part.siteCode,
    month: part.month,
    start: formatInstant(view.inputs.startMs),
    end: formatInstant(view.inputs.endMs),
    hours: part.hours.length,
    contracts: [...new Set(contracts)].toSorted(compareIds),
    instrumentsApplied: part.areInstrumentsApplied,
    runId: run.runId,
    policy: run.policy,
    inputSha256: run.inputSha256,
    resultRoot: run.resultRoot,
    figures: sumsJson(sumsOfMonth(part)),
  };
}

function estimationJson(months: readonly StatedMonth[], { figures }: PeriodFigures): Canonical {
  const hours = months.flatMap(({ view }) => view.matched.hours);
  const estimated = hours.flatMap(({ demand }) => demand.filter(({ isEstimated }) => isEstimated));
  const methods = months.map(({ view }) => estimatedBy(view.blocks, view.inputs));
  return {
    wh: estimated.reduce((sum, { wh }) => sum + wh, 0),
    meterHours: estimated.length,
    byMethod: addEstimated(methods).map((one) => ({ ...one })),
    effects: estimationEffects(figures),
  };
}
