import { MINUTE_MS } from '../../time/interval.js';
import type { EnergyScale } from '../../units/energy-bytes.js';
import { type EnergyUnit, UNIT_WH } from '../../units/energy.js';
import type { RowFault } from '../intake.js';
import type { ReadingContext } from './context.js';

interface RegisterReading {
  readonly stampMs: number;
  /** What the counter stands at, Wh; NaN for a reading that is missing. */
  readonly wh: number;
  readonly quality: number;
  readonly line: number;
}

/**
 * Turns readings of counters into intervals (METHOD 2.2): what a counter grew by between two
 * readings one interval apart. The first reading of a meter is where it starts from. Readings
 * further apart leave a gap: how the energy lay in it is not known, and is not guessed.
 */
export function registerReader(
  context: ReadingContext,
  scaleOfMeter: readonly EnergyScale[],
  unit: EnergyUnit,
): (meter: number, reading: RegisterReading) => RowFault | null {
  const { profile, meters, intake } = context;
  const before = new Map<number, RegisterReading>();
  return (meter, reading) => {
    const { stampMs, wh, quality, line } = reading;
    if (UNIT_WH[unit].isPower) return notARegister(unit);
    const stepMs = meters[meter]!.intervalMinutes * MINUTE_MS;
    const last = before.get(meter);
    if (last !== undefined && stampMs <= last.stampMs) return outOfOrder(last.line);
    before.set(meter, reading);
    if (last === undefined || stampMs - last.stampMs !== stepMs) return null;
    if (Number.isNaN(wh) || Number.isNaN(last.wh)) return null;
    const grown = growth(last.wh, wh, wrap(profile.registerDigits, scaleOfMeter[meter]!));
    const mostWh = (meters[meter]!.ratedPowerW * stepMs) / 3_600_000;
    if (grown === null || (wh < last.wh && grown > mostWh)) return wentBack(last.line);
    return intake.put(meter, last.stampMs, grown, Math.min(quality, last.quality), line);
  };
}

/** Wh after which a counter starts again; null when it never does. */
function wrap(digits: number | null, scale: EnergyScale): number | null {
  if (digits === null) return null;
  const wh = scale.exact.times(`1e${digits}`).floor().toNumber();
  return Number.isSafeInteger(wh) ? wh : null;
}

function growth(beforeWh: number, nowWh: number, wrapWh: number | null): number | null {
  if (nowWh >= beforeWh) return nowWh - beforeWh;
  return wrapWh === null || beforeWh >= wrapWh ? null : wrapWh - beforeWh + nowWh;
}

const wentBack = (line: number): RowFault => ({
  ...{ column: 'value', value: '', rule: 'register.never_back' },
  detail: `The counter stands lower than on line ${line}, and not as if it had started again.`,
  fix: 'State registerDigits in the profile if it rolls over; after a meter swap send a new file.',
});

const outOfOrder = (line: number): RowFault => ({
  ...{ column: 'start', value: '', rule: 'register.in_order' },
  detail: `Line ${line} holds a reading of the same time or later.`,
  fix: 'Sort the readings of each meter by time.',
});

const notARegister = (unit: EnergyUnit): RowFault => ({
  ...{ column: 'value', value: unit, rule: 'register.energy' },
  detail: 'A counter counts energy, not power.',
  fix: 'State wh, kwh or mwh.',
});
