import { assert, type RowProblem } from '../errors.js';
import { compareIds } from '../text.js';
import { DAY_MS, formatInstant, MINUTE_MS, utcDayOf } from '../time/interval.js';
import { type EnergyRest, isSameRest } from '../units/energy-rest.js';
import type { CounterReading, CounterRun, JoiningInterval } from './counter.js';
import { carriedDay, openRests, totalOf } from './carry.js';
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
   * @param rest     What the reading has below the whole Wh, to be carried over its day.
   * @returns        Null, or why it has no place.
   */
  put(
    meter: number,
    startMs: number,
    wh: number,
    quality: number,
    line: number,
    rest?: EnergyRest,
  ): RowFault | null;
  /** Counts a row that says what an earlier one said, where rows are no intervals by themselves. */
  repeat(meter: number, startMs: number, line: number, sameAsLine: number): void;
  /** Notes a reading of a counter, in order of time: the first and the last join other files. */
  counter(meter: number, reading: CounterReading, wrapWh: number | null): void;
  /** What has been gathered, by meter, then day. */
  collect(): Gathered;
}

/** A file's readings. */
export interface Gathered {
  /**
   * Days by meter, then day; made as they are asked for, from typed arrays.
   *
   * @param joining  Intervals that this file makes with others; what it says itself comes first.
   */
  days(joining?: readonly JoiningInterval[]): Iterable<DayReadings>;
  /** Where each counter begins and ends in the file, by meter. */
  readonly counters: readonly CounterRun[];
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
  /** Null while every reading of the day is whole. */
  rests: ReturnType<typeof openRests> | null;
}

interface OpenMeter {
  readonly stepMs: number;
  readonly days: Map<number, OpenDay>;
  latest: OpenDay | null;
  readonly take: () => Omit<OpenDay, 'day' | 'rests'>;
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
  const counters = new Map<number, CounterRun>();
  const repeat: Intake['repeat'] = (meter, atMs, line, sameAsLine) => {
    rowCount += 1;
    repeatedCount += 1;
    if (repeatedCount > REPEATED_KEPT) return;
    const { code: meterCode } = meters[meter]!;
    repeated.push({ line, sameAsLine, meterCode, start: formatInstant(atMs) });
  };
  let [rowCount, repeatedCount, totalWh] = [0, 0, 0];
  let [startMs, endMs] = [Infinity, -Infinity];
  return {
    put: (meter, atMs, wh, quality, line, rest = 0) => {
      const into = open[meter]!;
      const day = Math.floor(atMs / DAY_MS);
      const position = (atMs - day * DAY_MS) / into.stepMs;
      if (!Number.isInteger(position)) return offGrid(meters[meter]!, atMs);
      if (atMs < 0 || atMs >= LATEST_MS) return outOfTime(atMs);
      const target = into.latest?.day === day ? into.latest : openDay(into, day);
      const earlier = target.line[position]!;
      if (earlier !== 0) {
        const isSame =
          Object.is(target.wh[position], wh) &&
          target.quality[position] === quality &&
          isSameRest(target.rests?.at(position) ?? 0, rest);
        if (!isSame) return twice(atMs, earlier);
        repeat(meter, atMs, line, earlier);
        return null;
      }
      target.wh[position] = wh;
      target.quality[position] = quality;
      target.line[position] = line;
      if (rest !== 0) (target.rests ??= openRests(target.wh.length)).set(position, rest);
      rowCount += 1;
      if (wh > 0) totalWh += wh;
      if (atMs < startMs) startMs = atMs;
      if (atMs + into.stepMs > endMs) endMs = atMs + into.stepMs;
      return null;
    },
    repeat,
    counter: (meter, reading, wrapWh) => {
      const first = counters.get(meter)?.first ?? reading;
      counters.set(meter, { meterCode: meters[meter]!.code, first, last: reading, wrapWh });
    },
    collect: () => ({
      days: (joining = []) => gather(meters, open, joining),
      counters: [...counters.values()].toSorted((a, b) => compareIds(a.meterCode, b.meterCode)),
      meterCodes: orderOf(meters, open).map(({ code }) => code),
      ...{ rowCount, repeated, repeatedCount },
      totalWh: totalWh + carriedWh(open),
      bounds: rowCount === 0 ? null : { startMs, endMs },
    }),
  };
}

function openDay(meter: OpenMeter, day: number): OpenDay {
  let found = meter.days.get(day);
  if (found === undefined) {
    found = { day, ...meter.take(), rests: null };
    meter.days.set(day, found);
  }
  meter.latest = found;
  return found;
}

/**
 * Gives days out of slabs: a thousand small arrays would each be a piece of memory of their own,
 * freed when the collector comes by.
 */
function daySlabs(count: number): () => Omit<OpenDay, 'day' | 'rests'> {
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

/** Wh that the rests of all days have come to. */
function carriedWh(open: readonly OpenMeter[]): number {
  let wh = 0;
  for (const { days } of open) {
    for (const { rests } of days.values()) if (rests !== null) wh += totalOf(rests);
  }
  return wh;
}

function orderOf(
  meters: readonly IntakeMeter[],
  open: readonly OpenMeter[],
  joined: ReadonlySet<string> = new Set(),
): { readonly code: string; readonly at: number }[] {
  return meters
    .map(({ code }, at) => ({ code, at }))
    .filter(({ code, at }) => open[at]!.days.size > 0 || joined.has(code))
    .toSorted((a, b) => compareIds(a.code, b.code));
}

function* gather(
  meters: readonly IntakeMeter[],
  open: readonly OpenMeter[],
  joining: readonly JoiningInterval[],
): Generator<DayReadings> {
  const joined = new Set(joining.map(({ meterCode }) => meterCode));
  for (const { code, at } of orderOf(meters, open, joined)) {
    const { intervalMinutes } = meters[at]!;
    const mine = joining.filter(({ meterCode }) => meterCode === code);
    for (const day of withJoining(open[at]!, mine)) {
      yield {
        meterCode: code,
        utcDay: utcDayOf(day.day * DAY_MS),
        intervalMinutes,
        quality: day.quality,
        sourceLine: day.line,
        ...carriedDay(day.wh, day.rests),
      };
    }
  }
}

/** A meter's days in order, with intervals that the file does not hold by itself. */
function withJoining({ days, stepMs }: OpenMeter, joining: readonly JoiningInterval[]): OpenDay[] {
  const all = new Map(days);
  const copied = new Set<number>();
  for (const { startMs, wh, rest, quality, line } of joining) {
    const day = Math.floor(startMs / DAY_MS);
    const position = (startMs - day * DAY_MS) / stepMs;
    if (!Number.isInteger(position) || (all.get(day)?.line[position] ?? 0) !== 0) continue;
    // What was gathered stays as it is: another comparison may find other files.
    if (!copied.has(day)) all.set(day, copyOf(all.get(day), { day, count: DAY_MS / stepMs }));
    copied.add(day);
    const target = all.get(day)!;
    target.wh[position] = wh;
    target.quality[position] = quality;
    target.line[position] = line;
    if (rest !== 0) (target.rests ??= openRests(target.wh.length)).set(position, rest);
  }
  return [...all.values()].toSorted((a, b) => a.day - b.day);
}

function copyOf(
  known: OpenDay | undefined,
  { day, count }: { readonly day: number; readonly count: number },
): OpenDay {
  if (known === undefined) return { day, ...daySlabs(count)(), rests: null };
  const rests = known.rests === null ? null : openRests(count);
  for (let at = 0; at < count; at += 1) rests?.set(at, known.rests!.at(at));
  const { wh, quality, line } = known;
  return { day, wh: wh.slice(), quality: quality.slice(), line: line.slice(), rests };
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
