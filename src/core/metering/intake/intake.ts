import { assert, type RowProblem } from '../../errors.js';
import { DAY_MS, formatInstant, MINUTE_MS } from '../../time/interval.js';
import type { EnergyRest } from '../../units/energy-rest.js';
import {
  type CounterReading,
  type CounterRun,
  type JoiningInterval,
  runsAlone,
} from './counter.js';
import { totalOf } from '../blocks/day-rests.js';
import { type ChannelRule, daySlabs, mergePlaces } from './intake-channels.js';
import type { DayReadings } from '../blocks/interval-block.js';
import { type DatedLengths, minutesAt } from '../blocks/interval-lengths.js';
import {
  compareReading,
  keepReading,
  type OpenDay,
  type PlaceDays,
  type PutReading,
} from './open-day.js';
import { type Spacing, spacingOf } from './spacing.js';

/** Direction of energy through a meter, seen from the site: never a sign (METHOD 1.1). */
export type Direction = 'consumption' | 'generation';

/** What readings are checked against: their meter's own data (METHOD 2.4, V3, V4). */
export interface IntakeMeter extends DatedLengths {
  readonly code: string;
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
  /** The meters by index; after them, one entry more for each further place of one. */
  readonly meters: readonly IntakeMeter[];
  /**
   * Where a channel of a meter puts its readings: the first one at the meter's own index, each other
   * one at an index of its own.
   */
  place(meter: number, channel: string): number;
  /**
   * The place of a channel at an instant: its meter's intervals there have the length of that place.
   * The place itself where the length never changes.
   */
  dated(place: number, atMs: number): number;
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
  /**
   * Why a reading has no place; null where `put` takes it. Nothing is taken: of a row with many
   * readings, all have a place before the first is put.
   */
  fault(meter: number, startMs: number, reading: Omit<PutReading, 'updatedMs'>): RowFault | null;
  /**
   * States when the source updated the readings that are put from now on, ms; 0 where it does not say.
   * Of two readings of one interval, the one that was updated last counts.
   */
  updated(atMs: number): void;
  /** Counts a row that says what an earlier one said, where rows are no intervals by themselves. */
  repeat(meter: number, startMs: number, line: number, sameAsLine: number): void;
  /** Notes a reading of a counter, in order of time: the first and the last join other files. */
  counter(meter: number, reading: CounterReading, wrapWh: number | null): void;
  /**
   * What has been gathered, by meter, then day.
   *
   * @param channels  What several channels of one meter are: a mistake, unless told.
   */
  collect(channels?: ChannelRule): Gathered;
}

/** A file's readings. */
export interface Gathered {
  /**
   * Days by meter, then day; made as they are asked for, from typed arrays.
   *
   * @param joining  Intervals that this file makes with others; what it says itself comes first.
   */
  days(joining?: readonly JoiningInterval[]): Iterable<DayReadings>;
  /** What is wrong with the file as a whole. */
  readonly faults: readonly RowProblem[];
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
  /** Readings that the file itself says anew, updated later. */
  readonly outdatedCount: number;
}

interface OpenMeter extends PlaceDays {
  channel: string | null;
  readonly stepMs: number;
  readonly days: Map<number, OpenDay>;
  readonly spacing: Spacing;
  latest: OpenDay | null;
  readonly take: () => Pick<OpenDay, 'wh' | 'quality' | 'line'>;
}

const REPEATED_KEPT = 100;
/** Days further from 1970 than this are no readings of a meter. */
const LATEST_MS = Date.UTC(2200, 0, 1);

/**
 * Opens an intake. Days lie in typed arrays: a month of 200 meters in quarters takes 8 MB.
 *
 * @param given  Every meter that a file may name.
 */
export function openIntake(given: readonly IntakeMeter[]): Intake {
  const { meters, open, place, dated } = openPlaces(given);
  const repeated: RepeatedRow[] = [];
  const counters = new Map<number, CounterRun>();
  const repeat: Intake['repeat'] = (meter, atMs, line, sameAsLine) => {
    rowCount += 1;
    repeatedCount += 1;
    if (repeatedCount > REPEATED_KEPT) return;
    const { code: meterCode } = meters[meter]!;
    repeated.push({ line, sameAsLine, meterCode, start: formatInstant(atMs) });
  };
  let [rowCount, repeatedCount, outdatedCount, totalWh, updatedMs] = [0, 0, 0, 0, 0];
  let [startMs, endMs] = [Infinity, -Infinity];
  return {
    meters,
    place,
    dated,
    put: (meter, atMs, wh, quality, line, rest = 0) => {
      const into = open[meter]!;
      into.spacing.add(atMs, line);
      const day = Math.floor(atMs / DAY_MS);
      const position = (atMs - day * DAY_MS) / into.stepMs;
      if (!Number.isInteger(position)) return offGrid(meters[meter]!, into, atMs);
      if (atMs < 0 || atMs >= LATEST_MS) return outOfTime(atMs);
      const target = into.latest?.day === day ? into.latest : openDay(into, day);
      const earlier = target.line[position]!;
      if (earlier === 0) rowCount += 1;
      else {
        const before = compareReading(target, position, { wh, quality, rest, updatedMs });
        if (before === 'another') return twice(atMs, earlier);
        if (before.isSame) repeat(meter, atMs, line, earlier);
        else outdatedCount += 1;
        if (!before.isNewer) return null;
        if (target.wh[position]! > 0) totalWh -= target.wh[position]!;
      }
      if (wh > 0) totalWh += wh;
      target.line[position] = line;
      keepReading(target, position, wh, quality, rest, updatedMs);
      if (atMs < startMs) startMs = atMs;
      if (atMs + into.stepMs > endMs) endMs = atMs + into.stepMs;
      return null;
    },
    updated: (atMs) => {
      updatedMs = atMs;
    },
    fault: (meter, atMs, reading) =>
      faultAt(open[meter]!, meters[meter]!, atMs, { ...reading, updatedMs }),
    repeat,
    counter: (meter, reading, wrapWh) => {
      const first = counters.get(meter)?.first ?? reading;
      counters.set(meter, { meterCode: meters[meter]!.code, first, last: reading, wrapWh });
    },
    collect: (channels = 'refuse') => {
      const merged = mergePlaces(given, open, channels);
      return {
        days: merged.days,
        faults: [...open.flatMap(({ spacing }) => spacing.fault() ?? []), ...merged.faults],
        counters: runsAlone([...counters.values()]),
        meterCodes: merged.meterCodes,
        rowCount: rowCount - merged.foldedCount,
        repeated,
        repeatedCount,
        outdatedCount,
        totalWh: totalWh + carriedWh(open),
        bounds: rowCount === 0 ? null : { startMs, endMs },
      };
    },
  };
}

/** Why a reading has no place among those that were put. */
function faultAt(
  into: OpenMeter,
  meter: IntakeMeter,
  atMs: number,
  reading: PutReading,
): RowFault | null {
  const day = Math.floor(atMs / DAY_MS);
  const position = (atMs - day * DAY_MS) / into.stepMs;
  if (!Number.isInteger(position)) return offGrid(meter, into, atMs);
  if (atMs < 0 || atMs >= LATEST_MS) return outOfTime(atMs);
  const target = into.days.get(day);
  if (target === undefined || target.line[position] === 0) return null;
  const before = compareReading(target, position, reading);
  return before === 'another' ? twice(atMs, target.line[position]!) : null;
}

/** The places of all meters, made as they are asked for. */
function openPlaces(given: readonly IntakeMeter[]) {
  const meters = [...given];
  const open = meters.map((meter, at) => openMeter(meter, at, null));
  const others = new Map<string, number>();
  const place: Intake['place'] = (meter, channel) => {
    const first = open[meter]!;
    first.channel ??= channel;
    if (first.channel === channel) return meter;
    return another(meter, channel, meters[meter]!.intervalMinutes);
  };
  const another = (meter: number, channel: string | null, intervalMinutes: number): number => {
    const key = `${meter}/${intervalMinutes}/${channel}`;
    let found = others.get(key);
    if (found === undefined) {
      others.set(key, (found = open.length));
      meters.push({ ...meters[meter]!, intervalMinutes });
      open.push(openMeter(meters.at(-1)!, meter, channel));
    }
    return found;
  };
  const dated: Intake['dated'] = (at, atMs) => {
    const { intervalChanges, intervalMinutes } = meters[at]!;
    if (!intervalChanges) return at;
    const { meter, channel } = open[at]!;
    const minutes = minutesAt(given[meter]!, atMs);
    return minutes === intervalMinutes ? at : another(meter, channel, minutes);
  };
  return { meters, open, place, dated };
}

function openMeter(
  { code, intervalMinutes: minutes }: IntakeMeter,
  meter: number,
  channel: string | null,
): OpenMeter {
  return {
    meter,
    channel,
    minutes,
    stepMs: minutes * MINUTE_MS,
    days: new Map(),
    latest: null,
    spacing: spacingOf(code, minutes),
    take: daySlabs((24 * 60) / minutes),
  };
}

function openDay(meter: OpenMeter, day: number): OpenDay {
  let found = meter.days.get(day);
  if (found === undefined) {
    found = { day, ...meter.take(), rests: null, updated: null };
    meter.days.set(day, found);
  }
  meter.latest = found;
  return found;
}

/** Wh that the rests of all days have come to. */
function carriedWh(open: readonly OpenMeter[]): number {
  let wh = 0;
  for (const { days } of open) {
    for (const { rests } of days.values()) if (rests !== null) wh += totalOf(rests);
  }
  return wh;
}

function offGrid({ code }: IntakeMeter, { minutes }: OpenMeter, atMs: number): RowFault {
  assert(Number.isFinite(atMs), 'intake: an instant is a number');
  return {
    column: 'start',
    value: formatInstant(atMs),
    rule: 'start.on_grid',
    detail: `Meter ${code} has ${minutes}-minute intervals; this is off their grid.`,
    fix: 'Send the interval’s own start; if stamps say ends, state label "end" in the profile.',
  };
}

function outOfTime(atMs: number): RowFault {
  return {
    column: 'start',
    value: formatInstant(atMs),
    rule: 'start.plausible',
    detail: 'Readings lie between 1970 and 2200.',
    fix: 'Correct the date, or state the order of its parts in the profile.',
  };
}

function twice(atMs: number, earlier: number): RowFault {
  return {
    column: 'start',
    value: formatInstant(atMs),
    rule: 'interval.once_in_file',
    detail: `Line ${earlier} holds another value for the same meter and start.`,
    fix: 'Keep the right row of the two.',
  };
}
