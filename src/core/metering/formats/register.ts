import { MINUTE_MS } from '../../time/interval.js';
import type { EnergyScale } from '../../units/energy-bytes.js';
import { type EnergyRest, isSameRest } from '../../units/energy-rest.js';
import { type EnergyUnit, UNIT_WH } from '../../units/energy.js';
import { growthOf, isBeyondMeter } from '../intake/counter.js';
import type { RowFault } from '../intake/intake.js';
import type { ReadingContext } from './context.js';

interface RegisterReading {
  readonly stampMs: number;
  /** What the counter stands at, Wh rounded down; NaN for a reading that is missing. */
  readonly wh: number;
  /** What it stands at below the whole Wh. */
  readonly rest: EnergyRest;
  readonly quality: number;
  readonly line: number;
}

/** Readings of one counter that were taken, in order of time. */
interface Known {
  readonly stamps: number[];
  readonly readings: RegisterReading[];
}

/**
 * Turns readings of counters into intervals (METHOD 2.2): what a counter grew by between two
 * readings one interval apart. The first reading of a meter is where it starts from. Readings
 * further apart leave a gap: how the energy lay in it is not known, and is not guessed. A reading
 * that is refused, or missing, is no base: the next is compared with the last that was taken. One
 * that says again what an earlier line said is counted as repeated.
 */
export function registerReader(
  context: ReadingContext,
  scaleOfMeter: readonly EnergyScale[],
  unit: EnergyUnit,
): (meter: number, reading: RegisterReading) => RowFault | null {
  const { profile, meters, intake } = context;
  const knownOf = new Map<number, Known>();
  return (meter, reading) => {
    const { stampMs, wh, rest, quality, line } = reading;
    if (UNIT_WH[unit].isPower) return notARegister(unit);
    let known = knownOf.get(meter);
    if (known === undefined) knownOf.set(meter, (known = { stamps: [], readings: [] }));
    const last = known.readings.at(-1);
    if (last !== undefined && stampMs <= last.stampMs) {
      const same = known.readings[placeOf(known.stamps, stampMs)]!;
      if (same.stampMs !== stampMs) return outOfOrder(last.line);
      const isSame = same.wh === wh && isSameRest(same.rest, rest) && same.quality === quality;
      if (!isSame) return twice(same.line);
      intake.repeat(meter, stampMs, line, same.line);
      return null;
    }
    if (Number.isNaN(wh)) return null;
    const { ratedPowerW } = meters[meter]!;
    const wrapWh = wrap(profile.registerDigits, scaleOfMeter[meter]!);
    if (last !== undefined) {
      const grown = growthOf(last, reading, wrapWh);
      const passed = { ratedPowerW, spanMs: stampMs - last.stampMs, unitWh: UNIT_WH[unit].wh };
      if (grown === null) return wentBack(last.line);
      if (isBeyondMeter(grown, [last, reading], passed)) {
        return grown.isRolledOver ? wentBack(last.line) : tooFast(grown.wh, last, passed);
      }
      const place = intake.dated(meter, last.stampMs);
      if (passed.spanMs === meters[place]!.intervalMinutes * MINUTE_MS) {
        const worst = Math.min(quality, last.quality);
        const fault = intake.put(place, last.stampMs, grown.wh, worst, line, grown.rest);
        if (fault !== null) return fault;
      }
    }
    known.stamps.push(stampMs);
    known.readings.push(reading);
    intake.counter(meter, { atMs: stampMs, wh, rest, quality, line }, wrapWh);
    return null;
  };
}

/** Position of the last stamp that is not after another. */
function placeOf(stamps: readonly number[], stampMs: number): number {
  let [low, high] = [0, stamps.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (stamps[middle]! <= stampMs) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Wh after which a counter starts again; null when it never does. */
function wrap(digits: number | null, scale: EnergyScale): number | null {
  if (digits === null) return null;
  const wh = scale.exact.times(`1e${digits}`).floor().toNumber();
  return Number.isSafeInteger(wh) ? wh : null;
}

const wentBack = (line: number): RowFault => ({
  column: 'value',
  value: '',
  rule: 'register.never_back',
  detail: `The counter stands lower than on line ${line}, and not as if it had started again.`,
  fix: 'State registerDigits in the profile if it rolls over; after a meter swap send a new file.',
});

const tooFast = (
  wh: number,
  { line }: RegisterReading,
  { ratedPowerW, spanMs }: { readonly ratedPowerW: number; readonly spanMs: number },
): RowFault => ({
  column: 'value',
  value: '',
  rule: 'register.plausible',
  detail:
    `The counter grew by ${wh} Wh since line ${line}, ${spanMs / MINUTE_MS} minutes before: ` +
    `more than twice what a meter rated ${ratedPowerW} W can count.`,
  fix: 'Correct or leave out the reading (this one, or that of the line before), or revise the meter’s rated power.',
});

const outOfOrder = (line: number): RowFault => ({
  column: 'start',
  value: '',
  rule: 'register.in_order',
  detail: `Line ${line} holds a reading of a later time.`,
  fix: 'Sort the readings of each meter by time.',
});

const twice = (line: number): RowFault => ({
  column: 'value',
  value: '',
  rule: 'interval.once_in_file',
  detail: `Line ${line} holds another reading of the same counter and time.`,
  fix: 'Keep the right row of the two.',
});

const notARegister = (unit: EnergyUnit): RowFault => ({
  column: 'value',
  value: unit,
  rule: 'register.energy',
  detail: 'A counter counts energy, not power.',
  fix: 'State wh, kwh or mwh.',
});
