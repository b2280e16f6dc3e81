import { assert } from '../../errors.js';
import { DAY_MS, HOUR_MS } from '../../time/interval.js';
import { assertWattHours } from '../../units/energy.js';
import type { ExactDay } from './day-rests.js';
import { isCarriedFrom, partsFrom } from './day-rests.js';
import { QUALITY } from './quality.js';
import { listText } from './list-text.js';
import { type LineRuns, packLines, unpackLines } from './source-lines.js';
import { packUpdates, type UpdateRuns, type UpdateTimes, unpackUpdates } from './update-times.js';

/** Interval lengths that are taken in, minutes. */
export const INTERVAL_MINUTES = [5, 10, 15, 30, 60] as const;

/** One UTC day of one meter: n = 1440 / `intervalMinutes` intervals, in order. */
export interface DayValues {
  readonly meterCode: string;
  /** `YYYY-MM-DD`, 24 hours long whatever the clocks on the wall do. */
  readonly utcDay: string;
  readonly intervalMinutes: number;
  /** Wh per interval, length n; null = missing, 0 = measured zero. */
  readonly wh: readonly (number | null)[];
  /** One `QUALITY` code per interval, length n; MISSING exactly where `wh` is null. */
  readonly quality: readonly number[];
}

/** What a delivery says of a day: typed arrays, because years of days are taken in at a time. */
export interface DayReadings {
  readonly meterCode: string;
  readonly utcDay: string;
  readonly intervalMinutes: number;
  /** Whole Wh per interval, length n; NaN = missing. */
  readonly wh: Float64Array;
  /** One `QUALITY` code per interval, length n; MISSING exactly where `wh` is NaN. */
  readonly quality: Uint8Array;
  /** Line of the file per interval, length n; 0 where this delivery says nothing. */
  readonly sourceLine: Int32Array;
  /** Readings as they are exactly, where some are no whole Wh; `wh` then carries their rests. */
  readonly exact?: ExactDay;
  /** When the source last updated each reading, where it says so. */
  readonly updated?: UpdateTimes;
}

/** The next revision of a day, as it is written and sealed. */
export interface RevisedDay extends DayReadings {
  readonly revision: number;
  readonly lines: LineRuns;
  readonly updates: UpdateRuns;
}

/** One row of the record: a day as it was known, numbered from 1. The highest revision holds. */
export interface IntervalBlock extends DayValues {
  readonly revision: number;
  /** Lines of this revision's file; none where the value was inherited or has no file. */
  readonly lines: LineRuns;
  readonly updates: UpdateRuns;
}

/** What a delivery does to a day. */
export interface RevisionOutcome {
  /** The next revision; null when the delivery changes nothing. */
  readonly block: RevisedDay | null;
  readonly newCount: number;
  readonly identicalCount: number;
  readonly changedCount: number;
  /** Positions that were sent below a decision, and stay as they were. */
  readonly held: readonly number[];
  /** Positions of which the source itself has said something newer, which stays. */
  readonly outdated: readonly number[];
}

/**
 * Merges a delivery into a day (METHOD 1.8, 2.7): intervals that the file does not mention keep
 * their value, and a file that says nothing new makes no revision. A reading never silently turns
 * into a gap: an interval delivered as MISSING over a value counts as changed. What the source updated
 * last holds, in whichever order its files come.
 *
 * @param latest    The revision that holds, or null; read under a lock.
 * @param delivery  What the file says of that meter and day, same interval length.
 * @param isDecided  Whether a person decided what an interval, by its position, holds.
 */
export function reviseDay(
  latest: IntervalBlock | null,
  delivery: DayReadings,
  isDecided: (position: number) => boolean = () => false,
): RevisionOutcome {
  const { intervalMinutes } = delivery;
  const count = (24 * 60) / intervalMinutes;
  assert(delivery.wh.length === count, 'interval block: a block is one day');
  assert(
    latest === null || latest.intervalMinutes === intervalMinutes,
    'interval block: a meter keeps its interval length',
  );
  if (latest === null) return firstRevision(delivery);
  const merged = merge(latest, delivery, { isSame: isCarriedFrom, isDecided });
  const { exact } = delivery;
  // Each reading is near what is known, and all of them together are not: they are other readings.
  if (exact === undefined || !partsFrom(exact, delivery, merged)) return outcomeOf(latest, merged);
  return outcomeOf(latest, merge(latest, delivery, { isSame: () => false, isDecided }));
}

interface MergedDay extends DayReadings {
  readonly newCount: number;
  readonly identicalCount: number;
  readonly changedCount: number;
  readonly held: readonly number[];
  readonly outdated: readonly number[];
  readonly updated: UpdateTimes;
  /** Intervals whose time of update is news. */
  readonly updatedCount: number;
}

/** @param isSame  Whether a known value that is another number is what was sent all the same. */
function merge(
  latest: IntervalBlock,
  delivery: DayReadings,
  {
    isSame,
    isDecided,
  }: {
    readonly isSame: typeof isCarriedFrom;
    readonly isDecided: (position: number) => boolean;
  },
): MergedDay {
  const { meterCode, utcDay, intervalMinutes, exact } = delivery;
  const count = delivery.wh.length;
  const wh = new Float64Array(count);
  const quality = new Uint8Array(count);
  const sourceLine = new Int32Array(count);
  const [held, outdated]: number[][] = [[], []];
  const updated = unpackUpdates(latest.updates, count);
  let [newCount, identicalCount, changedCount, updatedCount] = [0, 0, 0, 0];
  for (let at = 0; at < count; at += 1) {
    const knownWh = latest.wh[at] ?? Number.NaN;
    const knownQuality = latest.quality[at]!;
    const line = delivery.sourceLine[at]!;
    const sentWh = delivery.wh[at]!;
    const sentQuality = delivery.quality[at]!;
    assertInterval(sentWh, sentQuality);
    const isKnown = Object.is(sentWh, knownWh) || isSame(knownWh, exact, at);
    // What a person wrote or let stand is not undone by readings that nobody validated.
    const isBelow = line !== 0 && sentQuality < knownQuality && isWritten(knownQuality);
    const isHeld = isBelow && isDecided(at);
    const isIdentical = isKnown && sentQuality === knownQuality;
    const sentMs = line === 0 ? 0 : (delivery.updated?.[at] ?? 0);
    const isOutdated = sentMs > 0 && sentMs < updated[at]!;
    if (sentMs > updated[at]! && !isHeld) {
      updated[at] = sentMs;
      updatedCount += 1;
    }
    if (line === 0 || isHeld || isOutdated || isIdentical) {
      if (isOutdated && !isIdentical) outdated!.push(at);
      else if (isHeld && !isKnown) held!.push(at);
      else if (line !== 0) identicalCount += 1;
      wh[at] = knownWh;
      quality[at] = knownQuality;
      continue;
    }
    if (knownQuality === QUALITY.MISSING) newCount += 1;
    else changedCount += 1;
    wh[at] = isKnown ? knownWh : sentWh;
    quality[at] = sentQuality;
    sourceLine[at] = line;
  }
  return {
    meterCode,
    utcDay,
    intervalMinutes,
    wh,
    quality,
    sourceLine,
    newCount,
    identicalCount,
    changedCount,
    held: held!,
    outdated: outdated!,
    updated,
    updatedCount,
  };
}

/** Whether a value was estimated, edited or computed, not measured. */
function isWritten(quality: number): boolean {
  return quality > QUALITY.RAW && quality < QUALITY.ACTUAL;
}

function outcomeOf(latest: IntervalBlock, merged: MergedDay): RevisionOutcome {
  const { newCount, identicalCount, changedCount, held, outdated, updatedCount, ...day } = merged;
  const counts = { newCount, identicalCount, changedCount, held, outdated };
  if (newCount + changedCount + updatedCount === 0) return { block: null, ...counts };
  const [lines, updates] = [packLines(day.sourceLine), packUpdates(day.updated)];
  return { block: { ...day, revision: latest.revision + 1, lines, updates }, ...counts };
}

/** A day that nobody knew: what came is what there is. A gap that is stated says nothing new. */
function firstRevision(delivery: DayReadings): RevisionOutcome {
  const { wh, quality, sourceLine } = delivery;
  const lines = new Int32Array(sourceLine);
  let [newCount, identicalCount] = [0, 0];
  for (let at = 0; at < wh.length; at += 1) {
    assertInterval(wh[at]!, quality[at]!);
    if (sourceLine[at] === 0) continue;
    if (quality[at] === QUALITY.MISSING) {
      identicalCount += 1;
      lines[at] = 0;
    } else newCount += 1;
  }
  const updates = delivery.updated === undefined ? [] : packUpdates(delivery.updated);
  const block = { ...delivery, revision: 1, lines: packLines(lines), updates };
  return { block, newCount, identicalCount, changedCount: 0, held: [], outdated: [] };
}

function assertInterval(wh: number, quality: number): void {
  const isGap = Number.isNaN(wh);
  assert(isGap === (quality === QUALITY.MISSING), 'block: a gap has no value');
  assert(isGap || Number.isSafeInteger(wh), 'block: Wh are whole and safe');
}

/** What a sealed block holds, from the record or on its way there. */
export interface BlockContent {
  readonly meterCode: string;
  readonly utcDay: string;
  readonly intervalMinutes: number;
  readonly revision: number;
  /** Wh per interval; null or NaN = missing. */
  readonly wh: ArrayLike<number | null>;
  readonly quality: ArrayLike<number>;
  readonly lines: LineRuns;
  readonly updates: UpdateRuns;
}

/** The arrays of a block as text that JSON and PostgreSQL both read, without the brackets. */
export interface BlockTexts {
  readonly wh: string;
  readonly quality: string;
}

/** Writes the arrays of a block as text. */
export function blockTexts({ wh, quality }: BlockContent): BlockTexts {
  return { wh: listText(wh), quality: listText(quality) };
}

/**
 * Canonical row of a block, as an event seals it: RFC 8785 text, written out by hand because years
 * of blocks are sealed at a time.
 */
export function blockRow(block: BlockContent, texts: BlockTexts = blockTexts(block)): string {
  const lines = unpackLines(block.lines, block.wh.length);
  // Where the source states no times, the row is what it was before they were kept.
  const updates = block.updates.length === 0 ? '' : `"updates":[${block.updates.join(',')}],`;
  return (
    `{"@":"mizan/row/interval-block/1","intervalMinutes":${block.intervalMinutes},` +
    `"meterCode":${JSON.stringify(block.meterCode)},"quality":[${texts.quality}],` +
    `"revision":${block.revision},"sourceLine":[${listText(lines)}],` +
    `${updates}"utcDay":"${block.utcDay}","wh":[${texts.wh}]}`
  );
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
export function hoursOfBlock(block: DayValues): MeterHour[] {
  const partCount = 60 / block.intervalMinutes;
  const dayMs = Date.parse(`${block.utcDay}T00:00:00.000Z`);
  const hours: MeterHour[] = [];
  for (let hour = 0; hour < DAY_MS / HOUR_MS; hour += 1) {
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
    hours.push({ hourMs: dayMs + hour * HOUR_MS, wh, quality, presentCount });
  }
  return hours;
}
