import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../core/errors.js';
import { cellsOfHour } from '../../core/matching/explain.js';
import type { MonthHour } from '../../core/matching/match-hour.js';
import { QUALITY_NAMES } from '../../core/metering/quality.js';
import type { Figure } from '../../core/statements/figure.js';
import { tenantSeries } from '../../core/statements/tenants.js';
import { formatInstant, HOUR_MS, MINUTE_MS, utcDayOf } from '../../core/time/interval.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { AssetsService } from '../assets/assets.service.js';
import { CertificatesService } from '../certificates/certificates.service.js';
import type { FileLine } from '../imports/imports.service.js';
import { MatchingService } from '../matching/matching.service.js';
import type { MonthView } from '../matching/month-view.service.js';
import { MeteringService } from '../metering/metering.service.js';
import { parseStatement, StatementsService } from './statements.service.js';

/** One certificate behind an hour. */
export interface TracedCertificate {
  readonly certificateId: string;
  readonly plantCode: string;
  readonly externalId: string;
  readonly issuer: string;
  readonly wh: number;
  readonly matchedWh: number;
  /** Null where no file brought it: a storage device gave the energy back. */
  readonly file: FileLine | null;
}

/** One meter's readings behind an hour. */
export interface TracedMeter {
  readonly meterCode: string;
  readonly utcDay: string;
  readonly revision: number;
  readonly wh: number;
  readonly matchedWh: number;
  /** Of a SUSPECT hour: why it is taken as measured. Null for any other. */
  readonly acceptedBecause: string | null;
  readonly readings: readonly {
    readonly start: string;
    readonly wh: number;
    readonly quality: string;
    readonly file: FileLine | null;
  }[];
}

/** One hour, opened. */
export interface TracedHour {
  readonly hour: string;
  readonly loadWh: number;
  readonly generationWh: number;
  readonly matchedWh: number;
  /** Which plant covered which meter: as posted, or in a pool by the two-way rounding rule. */
  readonly pairs: readonly {
    readonly plantCode: string;
    readonly meterCode: string;
    readonly wh: number;
  }[];
  readonly certificates: readonly TracedCertificate[];
  readonly meters: readonly TracedMeter[];
}

/** A figure, walked down. */
export interface Trace {
  readonly statementId: string;
  readonly figure: Figure;
  readonly runId: string;
  /** Σ of the series below: for a figure in Wh, the figure itself. */
  readonly sumWh: number;
  /** Whether `sumWh` is the figure; null for figures that are not in Wh. */
  readonly tiesOut: boolean | null;
  readonly hours: readonly { readonly hour: string; readonly wh: number }[];
  /** The hour asked for, or the largest one. */
  readonly opened: TracedHour | null;
}

/** Walks a figure of a statement down to certificates, blocks and file lines. */
@Injectable()
export class TraceService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly statements: StatementsService,
    private readonly matching: MatchingService,
    private readonly metering: MeteringService,
    private readonly certificates: CertificatesService,
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
      const document = parseStatement(await this.statements.getIn(tx, ledgerId, statementId));
      const figure = document.figures.find(({ id }) => id === figureId);
      if (figure === undefined) {
        const known = document.figures.map(({ id }) => id);
        throw new DomainError('statement.figure_not_found', {
          statementId,
          figure: figureId,
          known,
        });
      }
      const { runId } = document.matching;
      const view = await this.matching.viewOfRun(tx, ledgerId, runId);
      const series =
        document.tenant === undefined
          ? view.matched.hours.map((one) => ({ hourMs: one.hourMs, wh: seriesWh(one, figure) }))
          : await this.tenantSeries(tx, ledgerId, { view, figure, code: document.tenant.code });
      const hours = series
        .map(({ hourMs, wh }) => ({ hour: formatInstant(hourMs), wh }))
        .filter(({ wh }) => wh > 0);
      const sumWh = hours.reduce((sum, { wh }) => sum + wh, 0);
      const largest = hours.reduce<string | null>(
        (best, one) => (best === null || one.wh > whOf(hours, best) ? one.hour : best),
        null,
      );
      const wanted = hour === null ? largest : formatInstant(Date.parse(hour));
      const opened = wanted === null ? null : await this.open(tx, ledgerId, { view, hour: wanted });
      const isSum = figure.unit === 'Wh' && typeof figure.value === 'number' && isPlainSum(figure);
      return {
        statementId,
        figure,
        runId,
        sumWh,
        tiesOut: isSum ? sumWh === figure.value : null,
        hours,
        opened,
      };
    });
  }

  /** A tenant's part of each hour. */
  private async tenantSeries(
    tx: EntityManager,
    ledgerId: string,
    of: { readonly view: MonthView; readonly figure: Figure; readonly code: string },
  ): Promise<readonly { readonly hourMs: number; readonly wh: number }[]> {
    const { view, figure, code } = of;
    const tenants = await this.assets.tenantsOf(tx, ledgerId, view.site.code);
    return tenantSeries(view.matched.hours, tenants, code).map(({ hourMs, loadWh, matchedWh }) => ({
      hourMs,
      wh: { load: loadWh, matched: matchedWh, residual: loadWh - matchedWh }[
        figure.measure as 'load' | 'matched' | 'residual'
      ],
    }));
  }

  private async open(
    tx: EntityManager,
    ledgerId: string,
    { view, hour }: { readonly view: MonthView; readonly hour: string },
  ): Promise<TracedHour> {
    const found = view.matched.hours.find(({ hourMs }) => formatInstant(hourMs) === hour);
    if (found === undefined) {
      const from = formatInstant(view.inputs.startMs);
      const to = formatInstant(view.inputs.endMs);
      throw new DomainError('matching.hour_not_covered', { hour, from, to });
    }
    const certificates: TracedCertificate[] = [];
    for (const { certificate, matchedWh } of found.supply) {
      const { certificateId, plantCode, externalId, issuer, wh } = certificate;
      const file = await this.certificates.originOf(tx, ledgerId, certificateId);
      certificates.push({ certificateId, plantCode, externalId, issuer, wh, matchedWh, file });
    }
    const meters: TracedMeter[] = [];
    for (const row of found.demand) meters.push(await this.openMeter(tx, { view, found, row }));
    return {
      hour,
      loadWh: found.loadWh,
      generationWh: found.generationWh,
      matchedWh: found.matchedWh,
      pairs: pairsOf(found),
      certificates,
      meters,
    };
  }

  private async openMeter(
    tx: EntityManager,
    where: {
      readonly view: MonthView;
      readonly found: MonthHour;
      readonly row: MonthHour['demand'][number];
    },
  ): Promise<TracedMeter> {
    const { meterCode, wh, matchedWh } = where.row;
    const utcDay = utcDayOf(where.found.hourMs);
    const block = where.view.blocks.find(
      (one) => one.meterCode === meterCode && one.utcDay === utcDay,
    )!;
    const partCount = 60 / block.intervalMinutes;
    const first = ((where.found.hourMs / HOUR_MS) % 24) * partCount;
    const readings: TracedMeter['readings'][number][] = [];
    for (let at = first; at < first + partCount; at += 1) {
      const part = (at - first) * block.intervalMinutes * MINUTE_MS;
      readings.push({
        start: formatInstant(where.found.hourMs + part),
        wh: block.wh[at]!,
        quality: QUALITY_NAMES[block.quality[at]!]!,
        file: await this.metering.lineOf(tx, block, at),
      });
    }
    const suspect = where.view.matched.suspect.find(
      (one) => one.meterCode === meterCode && one.hourMs === where.found.hourMs,
    );
    return {
      ...{ meterCode, utcDay, revision: block.revision, wh, matchedWh, readings },
      acceptedBecause: suspect?.acceptedBecause ?? null,
    };
  }
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
  return !['gridCfeWh', 'gridCfeUnknownWh', 'ownWh', 'commonWh'].includes(id);
}

function pairsOf(hour: MonthHour): TracedHour['pairs'] {
  return cellsOfHour(hour).map((cell) => ({
    plantCode: hour.supply[cell.supply]!.certificate.plantCode,
    meterCode: hour.demand[cell.demand]!.meterCode,
    wh: cell.wh,
  }));
}
