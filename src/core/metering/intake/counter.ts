import { compareIds } from '../../text.js';
import { HOUR_MS, MINUTE_MS } from '../../time/interval.js';
import { type DatedLengths, minutesAt } from '../blocks/interval-lengths.js';
import { Decimal } from '../../units/money.js';
import {
  type EnergyRest,
  lessExactly,
  restOfSixtieths,
  sixtiethsOf,
} from '../../units/energy-rest.js';

/** What a counter stood at. */
export interface CounterReading {
  readonly atMs: number;
  /** Wh, rounded down. */
  readonly wh: number;
  /** What it stood at below the whole Wh. */
  readonly rest: EnergyRest;
  readonly quality: number;
  /** Line of its file. */
  readonly line: number;
}

/** The first and the last reading of a counter in a file: where other files join on. */
export interface CounterRun {
  readonly meterCode: string;
  readonly first: CounterReading;
  readonly last: CounterReading;
  /** Wh after which the counter starts again; null when it never does. */
  readonly wrapWh: number | null;
}

/** The nearest readings of other files: the last before a run, and the first after it. */
export interface CounterNeighbours {
  readonly before: CounterReading | null;
  readonly after: CounterReading | null;
}

/** An interval that lies between two files of one counter's readings. */
export interface JoiningInterval {
  readonly meterCode: string;
  readonly startMs: number;
  readonly minutes: number;
  readonly wh: number;
  readonly rest: EnergyRest;
  readonly quality: number;
  /** Line of the reading that is in this file. */
  readonly line: number;
}

interface Stand {
  readonly wh: number;
  readonly rest: EnergyRest;
}

/** What a counter grew by. */
export interface CounterGrowth extends Stand {
  readonly isRolledOver: boolean;
}

/** What a counter grew by from one reading to the next; null when it went back. */
export function growthOf(from: Stand, to: Stand, wrapWh: number | null): CounterGrowth | null {
  const grown = lessExactly(to, from);
  if (grown.wh >= 0) return { ...grown, isRolledOver: false };
  if (wrapWh === null || from.wh >= wrapWh) return null;
  return { ...grown, wh: grown.wh + wrapWh, isRolledOver: true };
}

/**
 * Whether a growth is a reading that went wrong and no energy. What a meter can count is its rated
 * power over the time that passed, and a step of its last digit. A counter that started again has to
 * stay below that. One that went on may be at twice that: what is beyond the rating but could be is
 * V6's to suspect, and not to be lost.
 *
 * @param readings  Both; their common number of decimals tells the last digit.
 */
export function isBeyondMeter(
  grown: CounterGrowth,
  readings: readonly Stand[],
  passed: { readonly ratedPowerW: number; readonly spanMs: number; readonly unitWh: number },
): boolean {
  const { ratedPowerW, spanMs, unitWh } = passed;
  const ratedWh = (ratedPowerW * spanMs) / HOUR_MS;
  if (grown.isRolledOver) return grown.wh > ratedWh;
  return grown.wh > 2 * ratedWh + lastDigitWh(readings, unitWh);
}

/** The largest of a unit, its tenth and so on of which all readings are multiples; Wh, at least 1. */
function lastDigitWh(readings: readonly Stand[], unitWh: number): number {
  let step = unitWh;
  const isMultiple = (): boolean => readings.every(({ wh, rest }) => rest === 0 && wh % step === 0);
  while (step > 1 && !isMultiple()) step /= 10;
  return step;
}

/**
 * Intervals between the readings of a file and those of others: one interval apart, and as a counter
 * of this meter can grow. Any other distance is a gap, as within a file.
 */
export function joiningIntervals(
  { meterCode, first, last, wrapWh }: CounterRun,
  { before, after }: CounterNeighbours,
  { ratedPowerW, ...lengths }: DatedLengths & { readonly ratedPowerW: number },
): JoiningInterval[] {
  const join = (
    from: CounterReading | null,
    to: CounterReading | null,
    line: number,
  ): JoiningInterval[] => {
    if (from === null || to === null) return [];
    const intervalMinutes = minutesAt(lengths, from.atMs);
    const spanMs = intervalMinutes * MINUTE_MS;
    if (to.atMs - from.atMs !== spanMs) return [];
    const grown = growthOf(from, to, wrapWh);
    const passed = { ratedPowerW, spanMs, unitWh: 1 };
    if (grown === null || isBeyondMeter(grown, [from, to], passed)) return [];
    const quality = Math.min(from.quality, to.quality);
    const { wh, rest } = grown;
    return [{ meterCode, startMs: from.atMs, minutes: intervalMinutes, wh, rest, quality, line }];
  };
  return [...join(before, first, first.line), ...join(last, after, last.line)];
}

/** What a counter stood at as exact decimal text, Wh. */
export function standText({ wh, rest }: Stand): string {
  return new Decimal(wh).plus(sixtiethsOf(rest).dividedBy(60)).toFixed();
}

/** Reads what `standText` wrote. */
export function standOf(text: string): Stand {
  const exact = new Decimal(text);
  const whole = exact.floor();
  return { wh: whole.toNumber(), rest: restOfSixtieths(exact.minus(whole).times(60)) };
}

/** Runs by meter; counters of which a meter has several are not told apart across files. */
export function runsAlone(runs: readonly CounterRun[]): CounterRun[] {
  const isAlone = ({ meterCode: code }: CounterRun): boolean =>
    runs.filter(({ meterCode }) => meterCode === code).length === 1;
  return runs.filter(isAlone).toSorted((a, b) => compareIds(a.meterCode, b.meterCode));
}
