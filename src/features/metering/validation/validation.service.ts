import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import type { BlockContent } from '../../../core/metering/blocks/interval-block.js';
import type { VeeFinding } from '../../../core/metering/vee/finding.js';
import {
  type Estimate,
  estimateGaps,
  generationLeft,
  HISTORY_MS,
  type LeftStretch,
  type RegisterDelta,
} from '../../../core/metering/vee/estimate.js';
import { sameLengthRuns } from '../../../core/metering/blocks/interval-lengths.js';
import { combineSeries } from '../../../core/metering/vee/combine.js';
import { readVeeChanges } from '../../../core/metering/vee/rule-changes.shape.js';
import { type DatedVeeChanges, veeParameters } from '../../../core/metering/vee/rules.js';
import type { Calendar, Series } from '../../../core/metering/vee/series.js';
import { instantOf, positionOf, rangeOf } from '../../../core/metering/vee/series.js';
import {
  type DayCompleteness,
  graded,
  validateReadings,
} from '../../../core/metering/vee/validate.js';
import type { ValueContext } from '../../../core/metering/vee/value-rules.js';
import { DAY_MS, formatInstant, utcDayOf } from '../../../core/time/interval.js';
import { MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { Meter } from '../../assets/assets.service.js';
import { AssetsService } from '../../assets/assets.service.js';
import { INTAKE_LOCK } from '../../imports/imports.service.js';
import { ReadingChangesService } from './reading-changes.service.js';
import { SeriesService } from '../blocks/series.service.js';
import type { VeeFindingEntity } from './vee-finding.entity.js';
import type { VeeRuleSet } from '../rules/vee-rule-set.kind.js';
import { VeeRulesService } from '../rules/vee-rules.service.js';

/** What to validate or estimate. */
export interface ReadingsStretch {
  readonly startMs: number;
  readonly endMs: number;
  /** Null = every meter that measures. */
  readonly meterCodes: readonly string[] | null;
  readonly registers?: readonly (RegisterDelta & { readonly meterCode: string })[];
  readonly clockDriftS?: number | null;
}

/** What validation did. */
export interface ValidationResult {
  /** Null when nothing was new. */
  readonly eventId: string | null;
  readonly findings: readonly Readonly<VeeFindingEntity>[];
  readonly revisedDays: number;
  readonly meters: readonly {
    readonly meterCode: string;
    readonly days: readonly DayCompleteness[];
  }[];
}

/** What estimation did. */
export interface EstimationResult {
  readonly eventId: string | null;
  readonly estimates: readonly {
    readonly meterCode: string;
    readonly startMs: number;
    readonly endMs: number;
    readonly method: string;
    readonly confidence: string;
    readonly wh: readonly number[];
  }[];
  /** What stays as it is, and why. */
  readonly left: readonly (LeftStretch & { readonly meterCode: string })[];
  readonly revisedDays: number;
}

/** What a part of a stretch is looked at with. */
interface View {
  /** Every meter that measures, and those that were asked for. */
  readonly all: readonly Meter[];
  readonly meters: readonly Meter[];
  readonly series: ReadonlyMap<string, Series>;
  readonly sets: readonly VeeRuleSet[];
  readonly stretch: ReadingsStretch;
}

/** Validates readings, and estimates what may be estimated; every change is a sealed revision. */
@Injectable()
export class ValidationService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly assets: AssetsService,
    private readonly series: SeriesService,
    private readonly rules: VeeRulesService,
    private readonly record: ReadingChangesService,
  ) {}

  /**
   * Runs every rule on a stretch: RAW readings that pass become ACTUAL, what fails becomes SUSPECT,
   * and each finding is listed once. What someone accepted is not found again.
   *
   * @throws DomainError `readings.nothing_there`, `record.not_found`
   */
  validate(actor: Actor, stretch: ReadingsStretch): Promise<ValidationResult> {
    return this.scope.write({ ledgerId: actor.ledgerId, lock: INTAKE_LOCK }, async (tx) => {
      const known = await this.record.listed(tx, stretch);
      const blocks: BlockContent[] = [];
      const found: { readonly meterCode: string; readonly finding: VeeFinding }[] = [];
      const meters = new Map<string, readonly DayCompleteness[]>();
      for (const view of await this.viewsOf(tx, stretch)) {
        for (const meter of view.meters) {
          const context = contextOf(meter, view.series.get(meter.code)!, view.stretch);
          const basis = this.basisOf(meter, view, view.stretch);
          const validation = validateReadings(context, basis);
          const settled = validation.findings.filter((one) => !known.isAccepted(meter.code, one));
          for (const finding of settled) {
            if (!known.isListed(meter.code, finding))
              found.push({ meterCode: meter.code, finding });
          }
          meters.set(meter.code, daysWith(meters.get(meter.code) ?? [], validation.days));
          blocks.push(...(await this.regrade(tx, context, meter, graded(context, settled))));
        }
      }
      const event = await this.record.seal(tx, actor, {
        type: 'readings.validated',
        startMs: stretch.startMs,
        endMs: stretch.endMs,
        blocks,
        findings: found,
        body: { meterCodes: [...meters.keys()] },
      });
      return {
        eventId: event.eventId,
        findings: event.findings,
        revisedDays: blocks.length,
        meters: [...meters].map(([meterCode, days]) => ({ meterCode, days })),
      };
    });
  }

  /**
   * Fills what is missing in consumption (METHOD 2.5), and says what it left and why. What was measured
   * stays, but for a value that holds a gap's energy too, unless someone decided about it. Generation is
   * never estimated here: an estimate could not be certified, and must not look as if it were.
   */
  estimate(actor: Actor, stretch: ReadingsStretch): Promise<EstimationResult> {
    return this.scope.write({ ledgerId: actor.ledgerId, lock: INTAKE_LOCK }, async (tx) => {
      const known = await this.record.listed(tx, {
        startMs: stretch.startMs - HISTORY_MS,
        endMs: stretch.endMs + DAY_MS,
      });
      const blocks: BlockContent[] = [];
      const made: { readonly meterCode: string; readonly estimate: Estimate }[] = [];
      const left: EstimationResult['left'][number][] = [];
      // A day beyond: what follows a gap at the end may hold its energy.
      const views = await this.viewsOf(tx, stretch, DAY_MS);
      for (const { view, meter } of views.flatMap((one) =>
        one.meters.map((each) => ({ view: one, meter: each })),
      )) {
        const { code: meterCode, direction } = meter;
        const series = view.series.get(meterCode)!;
        const bounds = [view.stretch.startMs, view.stretch.endMs] as const;
        if (direction === 'generation') {
          const gaps = generationLeft(series, rangeOf(series, ...bounds));
          left.push(...gaps.map((one) => ({ meterCode, ...one })));
          continue;
        }
        const { calendar, check, registers, parameters } = this.basisOf(meter, view, view.stretch);
        const estimation = estimateGaps(series, bounds, {
          calendar,
          check,
          registers,
          catchUp: parameters.V21,
          isDecided: (at) => known.isDecided(meterCode, instantOf(series, at)),
        });
        const changes = estimation.estimates.map(({ startMs, wh, quality }) => ({
          at: positionOf(series, startMs),
          wh,
          quality,
        }));
        blocks.push(...(await this.record.revised(tx, meter, { series, changes })));
        made.push(...estimation.estimates.map((estimate) => ({ meterCode, estimate })));
        left.push(...estimation.left.map((one) => ({ meterCode, ...one })));
      }
      const event = await this.record.seal(tx, actor, {
        type: 'readings.estimated',
        startMs: stretch.startMs,
        endMs: stretch.endMs,
        blocks,
        estimates: made,
        body: { meterCodes: views[0]!.meters.map(({ code }) => code) },
      });
      const estimates = made.map(({ meterCode, estimate }) => ({ meterCode, ...estimate }));
      return { eventId: event.eventId, estimates, left, revisedDays: blocks.length };
    });
  }

  /** What a stretch is looked at with, in parts in which no meter's intervals change their length. */
  private async viewsOf(tx: LedgerTx, stretch: ReadingsStretch, aheadMs = 0) {
    const all = (await this.assets.allMeters(tx)).filter(({ formula }) => formula === null);
    const { meterCodes } = stretch;
    const unknown = meterCodes?.find((code) => all.every((meter) => meter.code !== code));
    if (unknown !== undefined) {
      throw new DomainError('record.not_found', { kind: 'meter', recordCode: unknown });
    }
    const meters = all.filter(({ code }) => meterCodes === null || meterCodes.includes(code));
    const sets = await this.rules.sets(tx);
    const views: View[] = [];
    let isEmpty = true;
    for (const run of sameLengthRuns(all, stretch)) {
      const startMs = Math.floor((run.startMs - HISTORY_MS) / DAY_MS) * DAY_MS;
      const endMs = run.endMs + aheadMs;
      const series = await this.series.of(tx, all, { startMs, endMs, lengthsOf: run });
      isEmpty &&= meters.every(({ code }) => {
        const one = series.get(code)!;
        const [from, to] = rangeOf(one, run.startMs, run.endMs);
        return one.wh.subarray(from, to).every((wh) => Number.isNaN(wh));
      });
      views.push({ all, meters, series, sets, stretch: { ...stretch, ...run } });
    }
    if (isEmpty) {
      const detail = `No meter has a reading from ${formatInstant(stretch.startMs)} to ${formatInstant(stretch.endMs)}.`;
      throw new DomainError('readings.nothing_there', { detail, fix: 'Import readings first.' });
    }
    return views;
  }

  private basisOf(meter: Meter, view: View, stretch: ReadingsStretch) {
    const day = utcDayOf(stretch.startMs);
    const mine = view.sets.filter(
      ({ meterCodes, validFrom }) =>
        validFrom <= day && (meterCodes.length === 0 || meterCodes.includes(meter.code)),
    );
    const calendar: Calendar = {
      rules: MOROCCO_LEGAL_TIME,
      holidays: new Set(mine.flatMap(({ holidays }) => holidays)),
    };
    const checkCode = mine.findLast(
      ({ checkMeterCode }) => checkMeterCode !== null,
    )?.checkMeterCode;
    const children = view.all.filter(
      ({ parentCode, code }) =>
        parentCode === meter.code &&
        view.series.get(code)!.stepMs === view.series.get(meter.code)!.stepMs,
    );
    return {
      parameters: veeParameters(view.sets.map(toDated), meter.code, day),
      calendar,
      check:
        checkCode === undefined || checkCode === null ? null : (view.series.get(checkCode) ?? null),
      children:
        children.length === 0
          ? null
          : combineSeries(
              children.map(({ code }) => ({ series: view.series.get(code)!, sign: 1 as const })),
            ).series,
      registers: (stretch.registers ?? []).filter(({ meterCode }) => meterCode === meter.code),
      clockDriftS: stretch.clockDriftS ?? null,
    };
  }

  private regrade(
    tx: LedgerTx,
    { series, fromMs, toMs }: ValueContext,
    meter: Meter,
    quality: Uint8Array,
  ): Promise<BlockContent[]> {
    const [from] = rangeOf(series, fromMs, toMs);
    const changes = [...quality].flatMap((code, at) =>
      code === series.quality[from + at] ? [] : [{ at: from + at, wh: null, quality: code }],
    );
    return this.record.revised(tx, meter, { series, changes });
  }
}

/** Days with those of a later part; a civil day may lie in both. */
function daysWith(
  days: readonly DayCompleteness[],
  more: readonly DayCompleteness[],
): readonly DayCompleteness[] {
  const [last, first] = [days.at(-1), more[0]];
  if (last === undefined || first?.civilDay !== last.civilDay) return [...days, ...more];
  const both = {
    civilDay: last.civilDay,
    expectedCount: last.expectedCount + first.expectedCount,
    presentCount: last.presentCount + first.presentCount,
    estimatedCount: last.estimatedCount + first.estimatedCount,
  };
  return [...days.slice(0, -1), both, ...more.slice(1)];
}

const toDated = ({ code, meterCodes, validFrom, rules }: VeeRuleSet): DatedVeeChanges => ({
  code,
  meterCodes,
  validFrom,
  rules: readVeeChanges(rules),
});

const contextOf = (
  meter: Meter,
  series: Series,
  { startMs, endMs }: ReadingsStretch,
): ValueContext => ({
  series,
  fromMs: startMs,
  toMs: endMs,
  ratedPowerW: meter.ratedPowerW,
  direction: meter.direction,
});
