import { type EnergyRest, type RestSum, restSum } from '../../units/energy-rest.js';

/** Rests of a day's readings, by position. */
export interface DayRests {
  set(position: number, rest: EnergyRest): void;
  /** Zero for a whole reading. */
  at(position: number): EnergyRest;
}

/** A day's readings as they are exactly: whole Wh, rounded down, and the rests. */
export interface ExactDay {
  readonly floorWh: Float64Array;
  readonly rests: DayRests;
}

/** Opens the rests of a day of `count` intervals. */
export function openRests(count: number): DayRests & { readonly count: number } {
  const parts = new Float64Array(count);
  const fine = new Map<number, EnergyRest>();
  return {
    count,
    set: (position, rest) => {
      if (typeof rest === 'number') parts[position] = rest;
      else fine.set(position, rest);
    },
    at: (position) => parts[position]! || (fine.get(position) ?? 0),
  };
}

/** Whole Wh that the rests of a day come to. */
export function totalOf(rests: DayRests & { readonly count: number }): number {
  const sum = restSum();
  for (let at = 0; at < rests.count; at += 1) sum.add(rests.at(at));
  return sum.wholeWh();
}

/**
 * Carries rests over a UTC day (METHOD 1.3): a value is what the exact running sum, rounded down,
 * grew by, so the day is right to 1 Wh however small its readings are. Order is of time, not of lines.
 *
 * @param floorWh  Wh rounded down; NaN where there is none.
 */
export function carriedDay(
  floorWh: Float64Array,
  rests: DayRests | null,
): { readonly wh: Float64Array; readonly exact?: ExactDay } {
  if (rests === null) return { wh: floorWh };
  const wh = new Float64Array(floorWh);
  const sum: RestSum = restSum();
  let before = 0;
  for (let at = 0; at < wh.length; at += 1) {
    sum.add(rests.at(at));
    const after = sum.wholeWh();
    wh[at]! += after - before;
    before = after;
  }
  return { wh, exact: { floorWh, rests } };
}

/** Whether a known value is a reading rounded down or up: where the rest falls is not of the reading. */
export function isCarriedFrom(knownWh: number, exact: ExactDay | undefined, at: number): boolean {
  if (exact === undefined) return false;
  const least = exact.floorWh[at]!;
  return knownWh === least || (knownWh === least + 1 && exact.rests.at(at) !== 0);
}

/** Whether the delivered readings, summed exactly, part by more than 1 Wh from these values of them. */
export function partsFrom(
  { floorWh, rests }: ExactDay,
  { sourceLine }: { readonly sourceLine: Int32Array },
  {
    wh,
    held,
    outdated,
  }: {
    readonly wh: Float64Array;
    readonly held: readonly number[];
    readonly outdated: readonly number[];
  },
): boolean {
  const sum = restSum();
  let apart = 0;
  for (let at = 0; at < wh.length; at += 1) {
    if (
      sourceLine[at] === 0 ||
      held.includes(at) ||
      outdated.includes(at) ||
      Number.isNaN(floorWh[at]!) ||
      Number.isNaN(wh[at]!)
    )
      continue;
    apart += floorWh[at]! - wh[at]!;
    sum.add(rests.at(at));
  }
  apart += sum.wholeWh();
  return apart > 1 || apart < -1 || (apart === 1 && sum.hasRest());
}
