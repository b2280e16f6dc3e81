import { assert, DomainError } from '../errors.js';
import { Decimal } from './money.js';

/** Units in which a file may state energy or mean power. */
export type EnergyUnit = 'wh' | 'kwh' | 'mwh' | 'w' | 'kw' | 'mw';

/** What one of each unit is in Wh; for power, in Wh an hour. */
export const UNIT_WH: Readonly<
  Record<EnergyUnit, { readonly wh: number; readonly isPower: boolean }>
> = {
  wh: { wh: 1, isPower: false },
  kwh: { wh: 1_000, isPower: false },
  mwh: { wh: 1_000_000, isPower: false },
  w: { wh: 1, isPower: true },
  kw: { wh: 1_000, isPower: true },
  mw: { wh: 1_000_000, isPower: true },
};

/** The units by name. */
export const ENERGY_UNITS = Object.keys(UNIT_WH) as readonly EnergyUnit[];

const PLAIN_DECIMAL = /^\d{1,18}(\.\d{1,18})?$/;

/**
 * Asserts that `valueWh` is a whole number of watt-hours that a JavaScript number holds exactly.
 *
 * @param valueWh  Wh, |x| ≤ 2^53 − 1. A 500 MW plant makes 4.4e12 Wh a year, so there is room.
 * @param what     What the figure is, for the message: 'block total', 'matched'.
 */
export function assertWattHours(valueWh: number, what: string): void {
  // The message is put together only where it is needed: millions of figures pass here.
  if (Number.isSafeInteger(valueWh)) return;
  assert(false, `${what}: ${valueWh} is not a whole, safe number of Wh`);
}

/**
 * Adds up a series exactly.
 *
 * @param seriesWh  Any number of intervals, Wh each. Every entry and running total is asserted
 *                  safe, so a sum is either exact or refused, never nearly right.
 * @returns         Wh, safe. Zero for an empty series.
 * @throws DomainError `energy.total_unsafe` when safe entries add up beyond 2^53 − 1.
 */
export function sumWattHours(seriesWh: ArrayLike<number>): number {
  let totalWh = 0;
  for (let at = 0; at < seriesWh.length; at += 1) {
    const wh = seriesWh[at]!;
    assertWattHours(wh, 'series entry');
    totalWh += wh;
    if (!Number.isSafeInteger(totalWh)) {
      throw new DomainError('energy.total_unsafe', {
        what: 'sum of a series',
        detail: 'The total is beyond 9007199254740991 Wh.',
      });
    }
  }
  return totalWh;
}

/**
 * Reads energy written as plain decimal text, exactly, and rounds a part of a Wh down
 * (METHOD 1.3; the file keeps the original text).
 *
 * @param text     Digits with at most one decimal point: no sign, exponent or separators.
 * @param unit     Unit of the text. `w`, `kw` and `mw` are the mean power over the interval.
 * @param minutes  Interval length in minutes; used for power only (Wh = kW × minutes × 1000 / 60).
 * @returns        Wh, whole and safe; null when the text is no such number or is out of range.
 */
export function parseWattHours(text: string, unit: EnergyUnit, minutes: number): number | null {
  if (unit === 'wh' && /^\d{1,15}$/.test(text)) return Number(text);
  if (!PLAIN_DECIMAL.test(text)) return null;
  const perInterval = new Decimal(text).times(UNIT_WH[unit].wh);
  const energyWh = UNIT_WH[unit].isPower ? perInterval.times(minutes).dividedBy(60) : perInterval;
  const value = energyWh.floor().toNumber();
  return Number.isSafeInteger(value) ? value : null;
}
