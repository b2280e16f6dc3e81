import { assert } from '../errors.js';
import { type Canonical, sealedJson } from '../ledger/canonical.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/interval.js';
import { assertWattHours } from '../units/energy.js';
import { QUALITY } from './quality.js';

/** Interval lengths that are taken in, minutes. */
export const INTERVAL_MINUTES = [5, 10, 15, 30, 60] as const;

/** One UTC day of one meter: n = 1440 / `intervalMinutes` intervals, in order. */
export interface DayReadings {
  readonly meterCode: string;
  /** `YYYY-MM-DD`, 24 hours long whatever the clocks on the wall do. */
  readonly utcDay: string;
  readonly intervalMinutes: number;
  /** Wh per interval, length n; null = missing, 0 = measured zero. */
  readonly wh: readonly (number | null)[];
  /** One `QUALITY` code per interval, length n; MISSING exactly where `wh` is null. */
  readonly quality: readonly number[];
  /** Line of the file per interval, length n; null where this delivery says nothing. */
  readonly sourceLine: readonly (number | null)[];
}

/** One row of the record: a day as it was known, numbered from 1. The highest revision holds. */
export interface IntervalBlock extends DayReadings {
  readonly revision: number;
}

/** What a delivery does to a day. */
export interface RevisionOutcome {
  /** The next revision; null when the delivery changes nothing. */
  readonly block: IntervalBlock | null;
  readonly newCount: number;
  readonly identicalCount: number;
  readonly changedCount: number;
}

/**
 * Merges a delivery into a day (METHOD 1.8, 2.7): intervals that the file does not mention keep
 * their value, and a file that says nothing new makes no revision. A reading never silently turns
 * into a gap: an interval delivered as MISSING over a value counts as changed.
 *
 * @param latest    The revision that holds, or null; read under a lock.
 * @param delivery  What the file says of that meter and day, same interval length.
 */
export function reviseDay(latest: IntervalBlock | null, delivery: DayReadings): RevisionOutcome {
  const count = (24 * 60) / delivery.intervalMinutes;
  assert(delivery.wh.length === count, 'interval block: a block is one day');
  assert(delivery.quality.length === count, 'interval block: every interval has a quality');
  assert(
    latest === null || latest.intervalMinutes === delivery.intervalMinutes,
    'interval block: a meter keeps its interval length',
  );
  const wh: (number | null)[] = [];
  const quality: number[] = [];
  const sourceLine: (number | null)[] = [];
  let [newCount, identicalCount, changedCount] = [0, 0, 0];
  for (let at = 0; at < count; at += 1) {
    const known = { wh: latest?.wh[at] ?? null, quality: latest?.quality[at] ?? QUALITY.MISSING };
    const line = delivery.sourceLine[at] ?? null;
    const sent = { wh: delivery.wh[at] ?? null, quality: delivery.quality[at]! };
    assert((sent.wh === null) === (sent.quality === QUALITY.MISSING), 'block: a gap has no value');
    if (sent.wh !== null) assertWattHours(sent.wh, 'interval');
    if (line === null || (sent.wh === known.wh && sent.quality === known.quality)) {
      if (line !== null) identicalCount += 1;
      wh.push(known.wh);
      quality.push(known.quality);
      sourceLine.push(null);
      continue;
    }
    if (known.quality === QUALITY.MISSING) newCount += 1;
    else changedCount += 1;
    wh.push(sent.wh);
    quality.push(sent.quality);
    sourceLine.push(line);
  }
  const changesNothing = newCount + changedCount === 0 && latest !== null;
  const { meterCode, utcDay, intervalMinutes } = delivery;
  const revision = (latest?.revision ?? 0) + 1;
  return {
    block: changesNothing
      ? null
      : { meterCode, utcDay, intervalMinutes, wh, quality, sourceLine, revision },
    newCount,
    identicalCount,
    changedCount,
  };
}

/** Canonical row of a block, as an event seals it. */
export function blockRow(block: IntervalBlock): string {
  const row: Record<string, Canonical> = {
    meterCode: block.meterCode,
    utcDay: block.utcDay,
    revision: block.revision,
    intervalMinutes: block.intervalMinutes,
    wh: block.wh,
    quality: block.quality,
    sourceLine: block.sourceLine,
  };
  return sealedJson('mizan/row/interval-block/1', row);
}

/** One hour of one meter. */
export interface MeterHour {
  readonly hourMs: number;
  /** Wh; null when a part is missing: an hour lacking a part is incomplete, not zero (METHOD 1.5). */
  readonly wh: number | null;
  /** Worst quality of the parts. */
  readonly quality: number;
  /** Parts that are there, of 60 / `intervalMinutes`. */
  readonly presentCount: number;
}

/**
 * Sums a block into its 24 UTC hours.
 *
 * @returns 24 hours in order.
 */
export function hoursOfBlock(block: DayReadings): MeterHour[] {
  const partCount = 60 / block.intervalMinutes;
  const dayMs = Date.parse(`${block.utcDay}T00:00:00.000Z`);
  return Array.from({ length: DAY_MS / HOUR_MS }, (_, hour) => {
    let wh: number | null = 0;
    let quality: number = QUALITY.ACTUAL;
    let presentCount = 0;
    for (let at = hour * partCount; at < (hour + 1) * partCount; at += 1) {
      const part = block.wh[at] ?? null;
      quality = Math.min(quality, block.quality[at]!);
      if (part === null) wh = null;
      else {
        presentCount += 1;
        if (wh !== null) wh += part;
      }
    }
    if (wh !== null) assertWattHours(wh, 'hour');
    return { hourMs: dayMs + hour * HOUR_MS, wh, quality, presentCount };
  });
}

/** Position of an interval in its UTC day; null when it does not start on the grid. */
export function positionInDay(startMs: number, intervalMinutes: number): number | null {
  const offsetMs = ((startMs % DAY_MS) + DAY_MS) % DAY_MS;
  const position = offsetMs / (intervalMinutes * MINUTE_MS);
  return Number.isInteger(position) ? position : null;
}
