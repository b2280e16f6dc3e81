import { factorPlace } from '../../core/carbon/factor.js';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import type { MonthHour } from '../../core/matching/match-hour.js';
import type { Figure } from '../../core/statements/figure.js';
import { tenantSeries } from '../../core/statements/tenants.js';
import { formatInstant } from '../../core/time/interval.js';
import { factorText } from '../../core/units/emissions.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { AssetsService } from '../assets/assets.service.js';
import { type FactorVersion, FactorsService } from '../factors/factors.service.js';
import { HourTraceService, type TracedHour } from '../matching/questions/hour-trace.service.js';
import { MatchingService } from '../matching/runs/matching.service.js';
import type { MonthView } from '../matching/runs/month-view.service.js';
import { AllStatementsService, parseAny } from './all-statements.service.js';
import type { PeriodDocument } from './periods/period-statements.service.js';
import type { StatementDocument } from './statements.service.js';

/** A version of an emission factor that a figure rests on. */
export interface TracedFactor {
  readonly code: string;
  readonly version: number;
  readonly kind: string;
  readonly zone: string;
  readonly basis: string;
  readonly resolution: string;
  readonly publisher: string;
  readonly title: string;
  readonly vintage: string;
  readonly licence: string | null;
  readonly validFrom: string;
  readonly validTo: string;
  /** That sealed the version. */
  readonly eventId: string;
  readonly recordedAt: string;
  /** g CO2e per kWh in the hour that is opened; of an annual factor, of the year. Null without an hour. */
  readonly gPerKwh: string | null;
}

/** A figure, walked down. */
export interface Trace {
  readonly statementId: string;
  readonly figure: Figure;
  /** Of a period: the run that the opened hour is of. */
  readonly runId: string;
  /** Σ of the series below: for a figure in Wh, the figure itself. */
  readonly sumWh: number;
  /** Whether `sumWh` is the figure; null for figures that are not in Wh. */
  readonly tiesOut: boolean | null;
  readonly hours: readonly { readonly hour: string; readonly wh: number }[];
  /** Of carbon figures: the factors, in the order of the sources. */
  readonly factors: readonly TracedFactor[];
  /** The hour asked for, or the largest one. */
  readonly opened: TracedHour | null;
}

/** What one run gives of a figure, hour by hour. */
interface RunSeries {
  readonly runId: string;
  readonly view: MonthView;
  readonly hours: readonly { readonly hourMs: number; readonly wh: number }[];
}

/** Walks a figure of a statement down to certificates, blocks and file lines. */
@Injectable()
export class TraceService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly statements: AllStatementsService,
    private readonly matching: MatchingService,
    private readonly hourTraces: HourTraceService,
    private readonly factors: FactorsService,
    private readonly assets: AssetsService,
  ) {}

  /**
   * Traces one figure, as the ledger stood when the statement's run was made.
   *
   * @param hour  UTC instant of an hour to open; null opens the hour with the most energy.
   * @throws DomainError `statement.not_found`, `statement.figure_not_found`,
   *                     `matching.hour_not_covered`
   */
  trace(
    ledgerId: string,
    statementId: string,
    { figure: figureId, hour }: { readonly figure: string; readonly hour: string | null },
  ): Promise<Trace> {
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const statement = await this.statements.getIn(tx, statementId);
      const document = parseAny(statement);
      const figure = document.figures.find(({ id }) => id === figureId);
      if (figure === undefined) {
        const known = document.figures.map(({ id }) => id);
        throw new DomainError('statement.figure_not_found', {
          statementId,
          figure: figureId,
          known,
        });
      }
      const series: RunSeries[] = [];
      for (const runId of runIdsOf(document)) {
        const view = await this.matching.viewOfRun(tx, runId);
        const hours = await this.seriesOf(tx, { view, figure, document });
        series.push({ runId, view, hours: hours.filter(({ wh }) => wh > 0) });
      }
      const hours = addHours(series);
      const sumWh = hours.reduce((sum, { wh }) => sum + wh, 0);
      const largest = hours.reduce<string | null>(
        (best, one) => (best === null || one.wh > whOf(hours, best) ? one.hour : best),
        null,
      );
      const wanted = hour === null ? largest : formatInstant(Date.parse(hour));
      const at = wanted === null ? series[0]! : runAt(series, Date.parse(wanted));
      const opened =
        wanted === null ? null : await this.hourTraces.open(tx, { view: at.view, hour: wanted });
      const isSum = figure.unit === 'Wh' && typeof figure.value === 'number' && isPlainSum(figure);
      return {
        statementId,
        figure,
        runId: at.runId,
        sumWh,
        tiesOut: isSum ? sumWh === figure.value : null,
        hours,
        factors: await this.factorsOf(tx, figure, wanted),
        opened,
      };
    });
  }

  private async seriesOf(
    tx: LedgerTx,
    of: {
      readonly view: MonthView;
      readonly figure: Figure;
      readonly document: StatementDocument | PeriodDocument;
    },
  ): Promise<readonly { readonly hourMs: number; readonly wh: number }[]> {
    const { view, figure, document } = of;
    const { tenant } = document as Pick<StatementDocument, 'tenant'>;
    if (tenant !== undefined) return this.tenantSeries(tx, { view, figure, code: tenant.code });
    return view.matched.hours.map((one) => ({ hourMs: one.hourMs, wh: seriesWh(one, figure) }));
  }

  /** A tenant's part of each hour. */
  private async tenantSeries(
    tx: LedgerTx,
    of: { readonly view: MonthView; readonly figure: Figure; readonly code: string },
  ): Promise<readonly { readonly hourMs: number; readonly wh: number }[]> {
    const { view, figure, code } = of;
    const tenants = await this.assets.tenantsOf(tx, view.site.code);
    return tenantSeries(view.matched.hours, tenants, code).map(({ hourMs, loadWh, matchedWh }) => ({
      hourMs,
      wh: { load: loadWh, matched: matchedWh, residual: loadWh - matchedWh }[
        figure.measure as 'load' | 'matched' | 'residual'
      ],
    }));
  }

  private async factorsOf(
    tx: LedgerTx,
    { sources }: Figure,
    hour: string | null,
  ): Promise<TracedFactor[]> {
    const traced: TracedFactor[] = [];
    for (const { kind, id } of sources) {
      if (kind !== 'factor') continue;
      const at = id.lastIndexOf('@');
      const [code, version] = [id.slice(0, at), Number(id.slice(at + 1))];
      const factor = await this.factors.version(tx, code, version);
      traced.push(tracedFactor(factor, hour));
    }
    return traced;
  }
}

function tracedFactor(factor: FactorVersion, hour: string | null): TracedFactor {
  const { code, version, kind, zone, basis, resolution, publisher, title, vintage } = factor;
  const known = {
    ...factor,
    validFromMs: factor.validFrom.getTime(),
    validToMs: factor.validTo.getTime(),
  };
  const place = hour === null ? null : factorPlace(known, Date.parse(hour));
  const mg = place === null ? null : factor.mgPerKwh[place]!;
  return {
    code,
    version,
    kind,
    zone,
    basis,
    resolution,
    publisher,
    title,
    vintage,
    licence: factor.licence,
    eventId: factor.eventId,
    validFrom: factor.validFrom.toISOString(),
    validTo: factor.validTo.toISOString(),
    recordedAt: factor.recordedAt.toISOString(),
    gPerKwh: mg === null ? null : factorText(mg),
  };
}

/** The runs that a statement rests on: one, or one of each month of each site. */
function runIdsOf(document: StatementDocument | PeriodDocument): readonly string[] {
  if ('months' in document) return (document as PeriodDocument).months.map(({ runId }) => runId);
  return [(document as StatementDocument).matching.runId];
}

/** Hours of all runs in order; sites that have the same hour are added up. */
function addHours(series: readonly RunSeries[]): Trace['hours'] {
  const sums = new Map<number, number>();
  for (const { hourMs, wh } of series.flatMap(({ hours }) => hours)) {
    sums.set(hourMs, (sums.get(hourMs) ?? 0) + wh);
  }
  return [...sums]
    .toSorted(([a], [b]) => a - b)
    .map(([hourMs, wh]) => ({ hour: formatInstant(hourMs), wh }));
}

/** The run that gives most of an hour; where none gives any, one that the hour lies in, else the first. */
function runAt(series: readonly RunSeries[], hourMs: number): RunSeries {
  const whIn = ({ hours }: RunSeries): number =>
    hours.find((one) => one.hourMs === hourMs)?.wh ?? 0;
  const covers = ({ view: { inputs } }: RunSeries): boolean =>
    inputs.startMs <= hourMs && hourMs < inputs.endMs;
  const covering = series.filter(covers);
  const [first] = covering.length === 0 ? series : covering;
  return covering.reduce((best, one) => (whIn(one) > whIn(best) ? one : best), first!);
}

function whOf(hours: Trace['hours'], hour: string): number {
  return hours.find((one) => one.hour === hour)!.wh;
}

/** The hour's part of the series that a figure sums. */
function seriesWh(hour: MonthHour, { measure, plantCode }: Figure): number {
  if (plantCode !== null) {
    const ofPlant = hour.supply.filter(({ certificate }) => certificate.plantCode === plantCode);
    return ofPlant.reduce(
      (sum, { contractedWh, matchedWh }) =>
        sum + (measure === 'generation' ? contractedWh : matchedWh),
      0,
    );
  }
  const series = {
    load: hour.loadWh,
    generation: hour.generationWh,
    matched: hour.matchedWh,
    residual: hour.loadWh - hour.matchedWh,
    excess: hour.generationWh - hour.matchedWh,
  };
  return series[measure];
}

/** Figures in Wh that are the sum of their series, not a part of it. */
function isPlainSum({ id }: Figure): boolean {
  return !PARTS_OF_A_SERIES.includes(id);
}

const PARTS_OF_A_SERIES = [
  'gridCfeWh',
  'gridCfeUnknownWh',
  'ownWh',
  'commonWh',
  'surplusCancelledWh',
  'surplusCountedWh',
  'cancelledBeyondNeedWh',
  'surplusNotCancelledWh',
];
