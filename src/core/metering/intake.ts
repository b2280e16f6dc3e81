import { assert, type RowProblem } from '../errors.js';
import { compareIds } from '../text.js';
import { DAY_MS, formatInstant, MINUTE_MS, utcDayOf } from '../time/interval.js';
import type { DayReadings } from './interval-block.js';

/** Direction of energy through a meter, seen from the site: never a sign (METHOD 1.1). */
export type Direction = 'consumption' | 'generation';

/** What readings are checked against: their meter's own data (METHOD 2.4, V3, V4). */
export interface IntakeMeter {
  readonly code: string;
  readonly intervalMinutes: number;
  readonly ratedPowerW: number;
  readonly direction: Direction;
}

/** A row that says the same as an earlier row of its file. */
export interface RepeatedRow {
  readonly line: number;
  /** The line that counted. */
  readonly sameAsLine: number;
  readonly meterCode: string;
  readonly start: string;
}

/** A stretch of a channel that a file holds and that is not energy of a meter. */
export interface LeftOutChannel {
  readonly channel: string;
  readonly reason: string;
  readonly rowCount: number;
}

/** What is wrong with a row, without where the row stands. */
export type RowFault = Omit<RowProblem, 'row'>;

/** Where the readings of one file gather, day by day. */
export interface Intake {
  /**
   * Puts one reading in its place.
   *
   * @param meter    Index into the meters.
   * @param startMs  Start of the interval.
   * @param wh       Whole Wh; NaN for a marked gap.
   * @param quality  A `QUALITY` code.
   * @param line     Line of the file.
   * @returns        Null, or why it has no place.
   */
  put(meter: number, startMs: number, wh: number, quality: number, line: number): RowFault | null;
  /** What has been gathered, by meter, then day. */
  collect(): Gathered;
}

/** A file's readings. */
export interface Gathered {
  /** Days by meter, then day; made as they are asked for, from typed arrays. */
  days(): Iterable<DayReadings>;
  /** Codes of the meters that have days, ascending. */
  readonly meterCodes: readonly string[];
  /** Rows that said something, repeated ones included. */
  readonly rowCount: number;
  readonly totalWh: number;
  /** Bounds of the intervals, ms; null without readings. */
  readonly bounds: { readonly startMs: number; readonly endMs: number } | null;
  /** The first hundred of the rows that say what an earlier row said, and how many there are. */
  readonly repeated: readonly RepeatedRow[];
  readonly repeatedCount: number;
}

interface OpenDay {
  readonly day: number;
  readonly wh: Float64Array;
  readonly quality: Uint8Array;
  readonly line: Int32Array;
}

interface OpenMeter {
  readonly stepMs: number;
  readonly days: Map<number, OpenDay>;
  latest: OpenDay | null;
  readonly take: () => Omit<OpenDay, 'day'>;
}

const REPEATED_KEPT = 100;
/** A month and a day: what files mostly hold of a meter. */
const SLAB_DAYS = 32;
/** Days further from 1970 than this are no readings of a meter. */
const LATEST_MS = Date.UTC(2200, 0, 1);

/**
 * Opens an intake. Days lie in typed arrays: a month of 200 meters in quarters takes 8 MB.
 *
 * @param meters  Every meter that a file may name.
 */
export function openIntake(meters: readonly IntakeMeter[]): Intake {
  const open = meters.map(({ intervalMinutes }): OpenMeter => ({
    ...{ stepMs: intervalMinutes * MINUTE_MS, days: new Map(), latest: null },
    take: daySlabs((24 * 60) / intervalMinutes),
  }));
  const repeated: RepeatedRow[] = [];
  let [rowCount, repeatedCount, totalWh] = [0, 0, 0];
  let [startMs, endMs] = [Infinity, -Infinity];
  return {
    put: (meter, atMs, wh, quality, line) => {
      const into = open[meter]!;
      const day = Math.floor(atMs / DAY_MS);
      const position = (atMs - day * DAY_MS) / into.stepMs;
      if (!Number.isInteger(position)) return offGrid(meters[meter]!, atMs);
      if (atMs < 0 || atMs >= LATEST_MS) return outOfTime(atMs);
      const target = into.latest?.day === day ? into.latest : openDay(into, day);
      const earlier = target.line[position]!;
      if (earlier !== 0) {
        const isSame = Object.is(target.wh[position], wh) && target.quality[position] === quality;
        if (!isSame) return twice(atMs, earlier);
        rowCount += 1;
        repeatedCount += 1;
        const { code: meterCode } = meters[meter]!;
        const start = formatInstant(atMs);
        if (repeatedCount <= REPEATED_KEPT) {
          repeated.push({ line, sameAsLine: earlier, meterCode, start });
        }
        return null;
      }
      target.wh[position] = wh;
      target.quality[position] = quality;
      target.line[position] = line;
      rowCount += 1;
      if (wh > 0) totalWh += wh;
      if (atMs < startMs) startMs = atMs;
      if (atMs + into.stepMs > endMs) endMs = atMs + into.stepMs;
      return null;
    },
    collect: () => ({
      days: () => gather(meters, open),
      meterCodes: orderOf(meters, open).map(({ code }) => code),
      ...{ rowCount, totalWh, repeated, repeatedCount },
      bounds: rowCount === 0 ? null : { startMs, endMs },
    }),
  };
}

function openDay(meter: OpenMeter, day: number): OpenDay {
  let found = meter.days.get(day);
  if (found === undefined) {
    found = { day, ...meter.take() };
    meter.days.set(day, found);
  }
  meter.latest = found;
  return found;
}

/**
 * Gives days out of slabs: a thousand small arrays would each be a piece of memory of their own,
 * freed when the collector comes by.
 */
function daySlabs(count: number): () => Omit<OpenDay, 'day'> {
  let [wh, quality, line] = [new Float64Array(0), new Uint8Array(0), new Int32Array(0)];
  let from = 0;
  return () => {
    if (from === wh.length) {
      wh = new Float64Array(SLAB_DAYS * count).fill(Number.NaN);
      quality = new Uint8Array(SLAB_DAYS * count);
      line = new Int32Array(SLAB_DAYS * count);
      from = 0;
    }
    const to = from + count;
    const day = {
      wh: wh.subarray(from, to),
      quality: quality.subarray(from, to),
      line: line.subarray(from, to),
    };
    from = to;
    return day;
  };
}

function orderOf(
  meters: readonly IntakeMeter[],
  open: readonly OpenMeter[],
): { readonly code: string; readonly at: number }[] {
  return meters
    .map(({ code }, at) => ({ code, at }))
    .filter(({ at }) => open[at]!.days.size > 0)
    .toSorted((a, b) => compareIds(a.code, b.code));
}

function* gather(
  meters: readonly IntakeMeter[],
  open: readonly OpenMeter[],
): Generator<DayReadings> {
  for (const { code, at } of orderOf(meters, open)) {
    const { intervalMinutes } = meters[at]!;
    for (const day of [...open[at]!.days.values()].toSorted((a, b) => a.day - b.day)) {
      yield {
        meterCode: code,
        utcDay: utcDayOf(day.day * DAY_MS),
        intervalMinutes,
        wh: day.wh,
        quality: day.quality,
        sourceLine: day.line,
      };
    }
  }
}

function offGrid(meter: IntakeMeter, atMs: number): RowFault {
  assert(Number.isFinite(atMs), 'intake: an instant is a number');
  return {
    ...{ column: 'start', value: formatInstant(atMs), rule: 'start.on_grid' },
    detail: `Meter ${meter.code} has ${meter.intervalMinutes}-minute intervals; this is off their grid.`,
    fix: 'Send the interval’s own start; if stamps say ends, state label "end" in the profile.',
  };
}

function outOfTime(atMs: number): RowFault {
  return {
    ...{ column: 'start', value: formatInstant(atMs), rule: 'start.plausible' },
    detail: 'Readings lie between 1970 and 2200.',
    fix: 'Correct the date, or state the order of its parts in the profile.',
  };
}

function twice(atMs: number, earlier: number): RowFault {
  return {
    ...{ column: 'start', value: formatInstant(atMs), rule: 'interval.once_in_file' },
    detail: `Line ${earlier} holds another value for the same meter and start.`,
    fix: 'Keep the right row of the two.',
  };
}
