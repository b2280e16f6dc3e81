import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import { QUALITY_NAMES, type QualityName } from '../../../core/metering/blocks/quality.js';
import { type LossHour, reconcileLosses } from '../../../core/metering/vee/combine.js';
import { rangeOf, type Series } from '../../../core/metering/vee/series.js';
import { formatInstant, MINUTE_MS, utcDayStartMs } from '../../../core/time/interval.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { Meter } from '../../assets/assets.service.js';
import { AssetsService } from '../../assets/assets.service.js';
import type { FileLine } from '../../imports/imports.service.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { ImportJobsService } from '../uploads/import-jobs.service.js';
import type { ImportJob } from '../uploads/import-attempts.service.js';
import { IntervalBlocksService, type StoredBlock } from '../blocks/interval-blocks.service.js';
import { SeriesService } from '../blocks/series.service.js';

/** A reading that a program sends. */
export interface SentReading {
  readonly meter: string;
  readonly start: string;
  readonly wh: number | null;
  readonly quality: QualityName;
}

/** One interval that two revisions of a day say differently. */
export interface ReadingChange {
  readonly start: string;
  readonly oldWh: number | null;
  readonly newWh: number | null;
  readonly oldQuality: QualityName;
  readonly newQuality: QualityName;
  /** Where the new value stands in its file; null when no file said it. */
  readonly line: FileLine | null;
}

/** Two revisions of a day side by side, and who made the later one. */
export interface DayDifference {
  readonly from: StoredBlock | null;
  readonly to: StoredBlock;
  readonly actor: string;
  readonly eventType: string;
  readonly changes: readonly ReadingChange[];
}

/** Reads meters as they are known, or were; sends readings; compares revisions and meters. */
@Injectable()
export class ReadingsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly assets: AssetsService,
    private readonly series: SeriesService,
    private readonly metering: IntervalBlocksService,
    private readonly jobs: ImportJobsService,
  ) {}

  /**
   * Takes in readings one by one, or all or none. They are kept as a file in the house's own form, so
   * that each has its line like any other. A preview can be committed as that of a file.
   *
   * @throws DomainError `import.rows_rejected` when they are to be taken all or none, or none is good.
   */
  send(
    actor: Actor,
    items: readonly SentReading[],
    { isAtomic, dryRun }: { readonly isAtomic: boolean; readonly dryRun: boolean },
  ): Promise<ImportJob> {
    const cell = (text: string): string =>
      /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const lines = items.map(
      ({ meter, start, wh, quality }) => `${cell(meter)},${cell(start)},${wh ?? ''},${quality}`,
    );
    const text = `meter,start,wh,quality\n${lines.join('\n')}\n`;
    const rejectsMode = isAtomic ? 'refuse' : 'set-aside';
    const goal = dryRun ? 'preview' : 'commit';
    const upload = { fileName: 'readings.csv', rejectsMode, goal } as const;
    const bytes = Readable.from([Buffer.from(text)]);
    return this.jobs.runNow(actor, upload, bytes, { problemsShown: items.length });
  }

  /**
   * Readings of a meter, virtual or not, as known now or as the log held them before.
   *
   * @param asOf  Size of the log or an instant; null = now.
   */
  read(
    ledgerId: string,
    code: string,
    stretch: {
      readonly startMs: number;
      readonly endMs: number;
      readonly asOf: number | Date | null;
    },
  ): Promise<{
    readonly meter: Meter;
    readonly series: Series;
    readonly asOf: number;
    readonly range: readonly [number, number];
  }> {
    return this.scope.readOver(ledgerId, stretch, async (tx) => {
      const meter = await this.meterOf(tx, code);
      const asOf = await this.ledger.sizeAt(tx, stretch.asOf ?? Number.MAX_SAFE_INTEGER);
      const { startMs, endMs } = stretch;
      const series = await this.series.of(tx, [meter], {
        startMs,
        endMs,
        beforeSeq: asOf,
      });
      const one = series.get(code)!;
      const size = Math.min(asOf, await this.ledger.sizeAt(tx, new Date(8.64e15)));
      return { meter, series: one, asOf: size, range: rangeOf(one, startMs, endMs) };
    });
  }

  /**
   * What changed between two revisions of a meter's UTC day: who, when, which file and line.
   *
   * @param from  The earlier revision; 0 = before the day was known.
   * @throws DomainError `record.not_found` for a revision that is not there
   */
  difference(
    ledgerId: string,
    day: { readonly meterCode: string; readonly utcDay: string },
    [from, to]: readonly [number, number | null],
  ): Promise<DayDifference> {
    return this.scope.read(ledgerId, async (tx) => {
      const revisions = await this.metering.revisionsIn(tx, { ledgerId, ...day });
      const later =
        to === null ? revisions.at(-1) : revisions.find(({ revision }) => revision === to);
      const earlier = revisions.find(({ revision }) => revision === from) ?? null;
      if (later === undefined || (from > 0 && earlier === null)) {
        const recordCode = `${day.meterCode} ${day.utcDay} revision ${later === undefined ? to : from}`;
        throw new DomainError('record.not_found', { kind: 'interval block', recordCode });
      }
      const changes: ReadingChange[] = [];
      const startMs = utcDayStartMs(day.utcDay);
      for (let at = 0; at < later.wh.length; at += 1) {
        const [oldWh, newWh] = [earlier?.wh[at] ?? null, later.wh[at]!];
        const [oldQuality, newQuality] = [earlier?.quality[at] ?? 0, later.quality[at]!];
        if (oldWh === newWh && oldQuality === newQuality) continue;
        changes.push({
          start: formatInstant(startMs + at * later.intervalMinutes * MINUTE_MS),
          oldWh,
          newWh,
          oldQuality: QUALITY_NAMES[oldQuality]!,
          newQuality: QUALITY_NAMES[newQuality]!,
          line: await this.metering.lineOf(tx, later, at),
        });
      }
      const author = (await this.ledger.authorOf(tx, later.eventId))!;
      return { from: earlier, to: later, actor: author.actor, eventType: author.type, changes };
    });
  }

  /** A meter and those below it, hour by hour: what is measured above and not below. */
  losses(
    ledgerId: string,
    code: string,
    { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  ): Promise<{ readonly children: readonly string[]; readonly hours: readonly LossHour[] }> {
    return this.scope.readOver(ledgerId, { startMs, endMs }, async (tx) => {
      const meter = await this.meterOf(tx, code);
      const all = await this.assets.allMeters(tx);
      const children = all.filter(({ parentCode }) => parentCode === code);
      const series = await this.series.of(tx, [meter, ...children], { startMs, endMs });
      const below = children.map((child) => series.get(child.code)!);
      const hours = reconcileLosses(series.get(code)!, below).filter(
        ({ hourMs }) => hourMs >= startMs && hourMs < endMs,
      );
      return { children: children.map((child) => child.code), hours };
    });
  }

  private async meterOf(tx: LedgerTx, code: string): Promise<Meter> {
    const found = (await this.assets.allMeters(tx)).find((one) => one.code === code);
    if (found === undefined)
      throw new DomainError('record.not_found', { kind: 'meter', recordCode: code });
    return found;
  }
}
