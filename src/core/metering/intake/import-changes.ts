import { DAY_MS, formatInstant, MINUTE_MS, utcDayStartMs } from '../../time/interval.js';
import { civilMonthOf, MOROCCO_LEGAL_TIME } from '../../time/legal-time.js';
import type { DayReadings, IntervalBlock, RevisedDay } from '../blocks/interval-block.js';
import { QUALITY, QUALITY_NAMES, type QualityName } from '../blocks/quality.js';

/** One reading that a file says otherwise than the record. */
export interface ChangedReading {
  readonly meterCode: string;
  readonly start: string;
  readonly oldWh: number | null;
  readonly newWh: number | null;
  readonly oldQuality: QualityName;
  readonly newQuality: QualityName;
  readonly line: number;
}

/** How complete a meter is over the days that a file touches. */
export interface MeterCompleteness {
  readonly meterCode: string;
  /** Σ of the file's readings, Wh. */
  readonly totalWh: number;
  readonly expectedCount: number;
  readonly presentCount: number;
  /** The first fifty UTC days that keep a gap. */
  readonly incompleteDays: readonly string[];
}

/** What a file does, day by day. */
export interface ImportChanges {
  /** @param block  The next revision, or null when the day stays as it is. */
  add(latest: IntervalBlock | null, delivery: DayReadings, block: RevisedDay | null): void;
  finish(): {
    readonly changes: readonly ChangedReading[];
    /** What committing adds to all meters together. */
    readonly changeWh: number;
    readonly meters: readonly MeterCompleteness[];
    /** New and changed readings by civil month. */
    readonly months: ReadonlyMap<string, number>;
  };
}

const DAYS_SHOWN = 50;

interface OpenCompleteness extends MeterCompleteness {
  totalWh: number;
  expectedCount: number;
  presentCount: number;
  readonly incompleteDays: string[];
}

/**
 * Gathers what a preview shows (API section 7): changed readings, completeness against the expected
 * grid, and the months that are touched.
 *
 * @param shown  Changed readings to keep.
 */
export function describeChanges(shown: number): ImportChanges {
  const changes: ChangedReading[] = [];
  const meters = new Map<string, OpenCompleteness>();
  const months = new Map<string, number>();
  let changeWh = 0;
  const monthOf = knownMonths();
  const addMonth = (startMs: number, count: number): void => {
    const month = monthOf(startMs);
    months.set(month, (months.get(month) ?? 0) + count);
  };
  return {
    add: (latest, delivery, block) => {
      const { meterCode, utcDay } = delivery;
      const now = block ?? latest!;
      const dayMs = utcDayStartMs(utcDay);
      const touched: number[] = [];
      let meter = meters.get(meterCode);
      if (meter === undefined) {
        meter = { meterCode, totalWh: 0, expectedCount: 0, presentCount: 0, incompleteDays: [] };
        meters.set(meterCode, meter);
      }
      let present = 0;
      for (let at = 0; at < now.wh.length; at += 1) {
        const quality = now.quality[at]!;
        if (quality !== QUALITY.MISSING) present += 1;
        const line = delivery.sourceLine[at]!;
        if (line === 0) continue;
        const wh = quality === QUALITY.MISSING ? null : now.wh[at]!;
        const sentWh = delivery.wh[at]!;
        if (sentWh > 0) meter.totalWh += sentWh;
        const oldWh = latest?.wh[at] ?? null;
        const oldQuality = latest?.quality[at] ?? QUALITY.MISSING;
        if (wh === oldWh && quality === oldQuality) continue;
        touched.push(at);
        changeWh += (wh ?? 0) - (oldWh ?? 0);
        if (oldQuality === QUALITY.MISSING || changes.length >= shown) continue;
        changes.push({
          meterCode,
          start: formatInstant(dayMs + at * now.intervalMinutes * MINUTE_MS),
          oldWh,
          newWh: wh,
          oldQuality: QUALITY_NAMES[oldQuality]!,
          newQuality: QUALITY_NAMES[quality]!,
          line,
        });
      }
      meter.expectedCount += now.wh.length;
      meter.presentCount += present;
      if (present < now.wh.length && meter.incompleteDays.length < DAYS_SHOWN) {
        meter.incompleteDays.push(utcDay);
      }
      if (touched.length === 0) return;
      const stepMs = now.intervalMinutes * MINUTE_MS;
      // Only a day with a month's bound in it is looked at interval by interval.
      if (monthOf(dayMs) === monthOf(dayMs + DAY_MS - 1)) addMonth(dayMs, touched.length);
      else for (const at of touched) addMonth(dayMs + at * stepMs, 1);
    },
    finish: () => ({ changes, changeWh, meters: [...meters.values()], months }),
  };
}

/** Civil months of instants, each looked up once. */
function knownMonths(): (instantMs: number) => string {
  const known = new Map<number, string>();
  return (instantMs) => {
    let month = known.get(instantMs);
    if (month === undefined) {
      month = civilMonthOf(MOROCCO_LEGAL_TIME, instantMs) ?? 'before legal time is known';
      known.set(instantMs, month);
    }
    return month;
  };
}
