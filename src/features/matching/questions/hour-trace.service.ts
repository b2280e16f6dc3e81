import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import { cellsOfHour } from '../../../core/matching/explain.js';
import type { MonthHour } from '../../../core/matching/match-hour.js';
import { QUALITY_NAMES } from '../../../core/metering/blocks/quality.js';
import { formatInstant, HOUR_MS, MINUTE_MS, utcDayOf } from '../../../core/time/interval.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { CertificatesService } from '../../certificates/certificates/certificates.service.js';
import type { FileLine } from '../../imports/imports.service.js';
import {
  type ReadingOrigin,
  ReadingOriginService,
} from '../../metering/questions/reading-origin.service.js';
import type { MonthView } from '../runs/month-view.service.js';

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
  readonly readings: readonly ({
    readonly start: string;
    readonly wh: number;
    readonly quality: string;
  } & ReadingOrigin)[];
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

/** Opens an hour of a matched month: its certificates and readings, down to file, decision or estimate. */
@Injectable()
export class HourTraceService {
  constructor(
    private readonly origins: ReadingOriginService,
    private readonly certificates: CertificatesService,
  ) {}

  /** @throws DomainError `matching.hour_not_covered` */
  async open(
    tx: LedgerTx,
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
      const file = await this.certificates.originOf(tx, certificateId);
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
    tx: LedgerTx,
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
        ...(await this.origins.of(tx, block, at)),
      });
    }
    const suspect = where.view.matched.suspect.find(
      (one) => one.meterCode === meterCode && one.hourMs === where.found.hourMs,
    );
    return {
      meterCode,
      utcDay,
      revision: block.revision,
      wh,
      matchedWh,
      readings,
      acceptedBecause: suspect?.acceptedBecause ?? null,
    };
  }
}

function pairsOf(hour: MonthHour): TracedHour['pairs'] {
  return cellsOfHour(hour).map((cell) => ({
    plantCode: hour.supply[cell.supply]!.certificate.plantCode,
    meterCode: hour.demand[cell.demand]!.meterCode,
    wh: cell.wh,
  }));
}
