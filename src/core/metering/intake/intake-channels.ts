import type { RowProblem } from '../../errors.js';
import { compareIds } from '../../text.js';
import { DAY_MS, formatInstant, MINUTE_MS, utcDayOf } from '../../time/interval.js';
import { carriedDay, openRests } from '../blocks/day-rests.js';
import type { JoiningInterval } from './counter.js';
import { datedDays } from './dated-days.js';
import type { DayReadings } from '../blocks/interval-block.js';
import { type DatedLengths, minutesOfDay } from '../blocks/interval-lengths.js';
import { blankDay, type OpenDay, type PlaceDays } from './open-day.js';
import { QUALITY } from '../blocks/quality.js';

/** What several channels of one meter are in a file: a mistake, or parts that add up. */
export const CHANNEL_RULES = ['refuse', 'sum'] as const;
/** One of `CHANNEL_RULES`. */
export type ChannelRule = (typeof CHANNEL_RULES)[number];

/** A month and a day: what files mostly hold of a meter. */
const SLAB_DAYS = 32;

/**
 * Gives days out of slabs: a thousand small arrays would each be a piece of memory of their own,
 * freed when the collector comes by.
 */
export function daySlabs(count: number): () => Pick<OpenDay, 'wh' | 'quality' | 'line'> {
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

/** The days of each meter, from all its places. */
export interface MergedPlaces {
  readonly days: (joining?: readonly JoiningInterval[]) => Iterable<DayReadings>;
  readonly faults: readonly RowProblem[];
  readonly meterCodes: readonly string[];
  /** Readings that are parts of longer intervals, less those intervals. */
  readonly foldedCount: number;
}

/**
 * Brings the places of each meter together. Two channels that speak of one interval are two
 * quantities: they are added where that is stated, and else refused.
 */
export function mergePlaces(
  meters: readonly (DatedLengths & { readonly code: string })[],
  places: readonly PlaceDays[],
  channels: ChannelRule,
): MergedPlaces {
  const faults: RowProblem[] = [];
  let foldedCount = 0;
  const ofMeter = meters.map((lengths, at) => {
    const mine = places.filter(({ meter, days }) => meter === at && days.size > 0);
    if (!lengths.intervalChanges) return mine;
    const dated = datedDays(lengths, mine, faults);
    foldedCount += dated.foldedCount;
    return dated.places;
  });
  const orderOf = (joined: ReadonlySet<string>): { readonly code: string; readonly at: number }[] =>
    meters
      .map(({ code }, at) => ({ code, at }))
      .filter(({ code, at }) => ofMeter[at]!.length > 0 || joined.has(code))
      .toSorted((a, b) => compareIds(a.code, b.code));
  const order = orderOf(new Set());
  const merged = new Map<number, readonly Merged[]>();
  for (const { code, at } of order) {
    if (ofMeter[at]!.length > 1) merged.set(at, mergeMeter(code, ofMeter[at]!, channels, faults));
  }
  return {
    faults,
    foldedCount,
    meterCodes: order.map(({ code }) => code),
    *days(joining = []) {
      for (const { code, at } of orderOf(new Set(joining.map(({ meterCode }) => meterCode)))) {
        const mine = joining.filter(({ meterCode }) => meterCode === code);
        const days =
          merged.get(at) ?? withJoining(ofMeter[at]![0] ?? places[at]!, mine, meters[at]!);
        for (const day of days) {
          yield {
            meterCode: code,
            utcDay: utcDayOf(day.day * DAY_MS),
            intervalMinutes: (24 * 60) / day.wh.length,
            quality: day.quality,
            sourceLine: day.line,
            ...carriedDay(day.wh, day.rests),
            ...(day.updated === null ? {} : { updated: day.updated }),
          };
        }
      }
    },
  };
}

/** A meter's days in order, with intervals that the file does not hold by itself. */
function withJoining(
  { days }: PlaceDays,
  joining: readonly JoiningInterval[],
  lengths: DatedLengths,
): readonly OpenDay[] {
  const all = new Map(days);
  const copied = new Set<number>();
  for (const { startMs, minutes, wh, rest, quality, line } of joining) {
    const day = Math.floor(startMs / DAY_MS);
    const position = (startMs - day * DAY_MS) / (minutes * MINUTE_MS);
    // A part of a longer interval, on the day on which the length changes.
    if (minutes !== minutesOfDay(lengths, day * DAY_MS)) continue;
    if (!Number.isInteger(position) || (all.get(day)?.line[position] ?? 0) !== 0) continue;
    // What was gathered stays as it is: another comparison may find other files.
    if (!copied.has(day)) all.set(day, copyOf(all.get(day) ?? emptyDay(day, (24 * 60) / minutes)));
    copied.add(day);
    const target = all.get(day)!;
    target.wh[position] = wh;
    target.quality[position] = quality;
    target.line[position] = line;
    if (rest !== 0) (target.rests ??= openRests(target.wh.length)).set(position, rest);
  }
  return [...all.values()].toSorted((a, b) => a.day - b.day);
}

function copyOf({ day, wh, quality, line, rests: known, updated }: OpenDay): OpenDay {
  const rests = known === null ? null : openRests(wh.length);
  for (let at = 0; at < wh.length; at += 1) rests?.set(at, known!.at(at));
  return { day, wh: wh.slice(), quality: quality.slice(), line: line.slice(), rests, updated };
}

interface Merged extends OpenDay {
  /** By interval: the place that speaks of it, and how many do. */
  readonly place: Uint16Array;
  readonly count: Uint16Array;
}

function mergeMeter(
  code: string,
  places: readonly PlaceDays[],
  channels: ChannelRule,
  faults: RowProblem[],
): readonly Merged[] {
  const merged: Merged[] = [];
  const dayNumbers = [...new Set(places.flatMap(({ days }) => [...days.keys()]))];
  let hasFault = false;
  for (const day of dayNumbers.toSorted((a, b) => a - b)) {
    const there = places.filter(({ days }) => days.has(day));
    const minutes = (24 * 60) / there[0]!.days.get(day)!.wh.length;
    const into = emptyDay(day, (24 * 60) / minutes);
    for (const place of there) {
      const at = places.indexOf(place);
      const found = addPlace(into, { at, place, places, channels, minutes });
      if (found === null || hasFault) continue;
      hasFault = true;
      faults.push({ ...found, value: `${code} ${found.value}` });
    }
    const expected = new Set(places.map(({ channel }) => channel)).size;
    const lacking = into.count.findIndex((count) => count > 0 && count < expected);
    if (channels === 'sum' && lacking >= 0 && !hasFault) {
      hasFault = true;
      faults.push(lacks(into.line[lacking]!, `${code} ${startOf(day, lacking, minutes)}`));
    }
    merged.push(into);
  }
  return merged;
}

function emptyDay(day: number, length: number): Merged {
  return {
    ...blankDay(day, length),
    place: new Uint16Array(length),
    count: new Uint16Array(length),
  };
}

interface Adding {
  readonly at: number;
  readonly place: PlaceDays;
  readonly places: readonly PlaceDays[];
  readonly channels: ChannelRule;
  readonly minutes: number;
}

function addPlace(into: Merged, how: Adding): RowProblem | null {
  const { at, place, places, channels, minutes } = how;
  // Rests are carried before: each channel is right by itself.
  const day = place.days.get(into.day)!;
  const from = { ...day, ...carriedDay(day.wh, day.rests) };
  for (let interval = 0; interval < into.wh.length; interval += 1) {
    const line = from.line[interval]!;
    if (line === 0) continue;
    const updatedMs = from.updated?.[interval] ?? 0;
    if (updatedMs > 0) {
      into.updated ??= new Float64Array(into.wh.length);
      into.updated[interval] = Math.max(into.updated[interval]!, updatedMs);
    }
    if (into.count[interval] === 0) {
      into.wh[interval] = from.wh[interval]!;
      into.quality[interval] = from.quality[interval]!;
      into.line[interval] = line;
      into.place[interval] = at;
      into.count[interval] = 1;
      continue;
    }
    const other = places[into.place[interval]!]!;
    const start = startOf(into.day, interval, minutes);
    if (channels === 'refuse') {
      return twoChannels(line, start, into.line[interval]!, [other, place]);
    }
    into.wh[interval]! += from.wh[interval]!;
    into.quality[interval] = Number.isNaN(into.wh[interval])
      ? QUALITY.MISSING
      : Math.min(into.quality[interval]!, from.quality[interval]!);
    into.count[interval]! += 1;
  }
  return null;
}

const startOf = (day: number, interval: number, minutes: number): string =>
  formatInstant(day * DAY_MS + interval * minutes * MINUTE_MS);

const twoChannels = (
  row: number,
  value: string,
  otherLine: number,
  [one, other]: readonly [PlaceDays, PlaceDays],
): RowProblem => ({
  row,
  column: 'meter',
  value,
  rule: 'interval.one_channel',
  detail: `${one.channel} (line ${otherLine}) and ${other.channel} are read to one meter, and both speak of this interval.`,
  fix: 'If they are parts of it, state channels "sum" in the profile; else map each to a meter of its own, or one of them to null.',
});

const lacks = (row: number, value: string): RowProblem => ({
  row,
  column: 'meter',
  value,
  rule: 'interval.all_channels',
  detail: 'The channels of this meter are summed, and one of them says nothing of this interval.',
  fix: 'Ask for the whole file: the sum of a part is not the meter’s energy.',
});
