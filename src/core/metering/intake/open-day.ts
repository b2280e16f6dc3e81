import { type EnergyRest, isSameRest } from '../../units/energy-rest.js';
import { openRests } from '../blocks/day-rests.js';
import type { UpdateTimes } from '../blocks/update-times.js';

/** One day of readings on its way; line 0 where the file says nothing. */
export interface OpenDay {
  readonly day: number;
  readonly wh: Float64Array;
  readonly quality: Uint8Array;
  readonly line: Int32Array;
  /** Null while every reading of the day is whole. */
  rests: ReturnType<typeof openRests> | null;
  /** When the source updated each reading, ms; null while it does not say. */
  updated: UpdateTimes | null;
}

/** Days of one channel of a meter. */
export interface PlaceDays {
  readonly meter: number;
  /** Name in the file; null where it names none. */
  readonly channel: string | null;
  readonly minutes: number;
  readonly days: ReadonlyMap<number, OpenDay>;
}

/** A day that nothing is said of. */
export function blankDay(day: number, count: number): OpenDay {
  return {
    day,
    wh: new Float64Array(count).fill(Number.NaN),
    quality: new Uint8Array(count),
    line: new Int32Array(count),
    rests: null,
    updated: null,
  };
}

/** What is put in a place, but for its line. */
export interface PutReading {
  readonly wh: number;
  readonly quality: number;
  readonly rest: EnergyRest;
  readonly updatedMs: number;
}

/** Keeps a reading in its place. */
export function keepReading(
  target: OpenDay,
  position: number,
  wh: number,
  quality: number,
  rest: EnergyRest,
  updatedMs: number,
): void {
  target.wh[position] = wh;
  target.quality[position] = quality;
  if (updatedMs > 0) (target.updated ??= new Float64Array(target.wh.length))[position] = updatedMs;
  if (rest === 0 && target.rests === null) return;
  (target.rests ??= openRests(target.wh.length)).set(position, rest);
}

/** A reading against one that was put before: another without a time that tells which is newer, or not. */
export function compareReading(
  target: OpenDay,
  position: number,
  { wh, quality, rest, updatedMs }: PutReading,
): 'another' | { readonly isSame: boolean; readonly isNewer: boolean } {
  const isSame =
    Object.is(target.wh[position], wh) &&
    target.quality[position] === quality &&
    isSameRest(target.rests?.at(position) ?? 0, rest);
  const beforeMs = target.updated?.[position] ?? 0;
  const isTold = beforeMs !== updatedMs && beforeMs > 0 && updatedMs > 0;
  return isSame || isTold ? { isSame, isNewer: updatedMs > beforeMs } : 'another';
}
