import { Decimal } from './money.js';

const WH_MG_PER_KWH_PER_TONNE = new Decimal('1e12');
const PLAIN_FACTOR = /^\d{1,7}(\.\d{1,3})?$/;

/** Whether `text` is an emission factor: plain decimal g CO2e/kWh, at most 3 decimals (METHOD 1.2). */
export function isFactorText(text: string): boolean {
  return PLAIN_FACTOR.test(text);
}

/**
 * Holds an emission factor as a whole number of mg/kWh (METHOD 1.2).
 *
 * @param gPerKwh  g CO2e per kWh, text accepted by `isFactorText`.
 * @returns        mg CO2e per kWh, whole.
 */
export function factorMgPerKwh(gPerKwh: string): number {
  return new Decimal(gPerKwh).times(1000).toNumber();
}

/**
 * Writes a factor held in mg/kWh as g/kWh text.
 *
 * @param mgPerKwh  mg CO2e per kWh, whole.
 * @returns         g CO2e per kWh with up to 3 decimals.
 */
export function factorText(mgPerKwh: number): string {
  return new Decimal(mgPerKwh).dividedBy(1000).toFixed();
}

/**
 * Emissions from the exact sum of energy × factor: `Wh × mg/kWh / 10^12 = t` (METHOD 1.2), rounded
 * half up to 0.001 t here, at the end, and nowhere before.
 *
 * @param whTimesMgPerKwh  Σ Wh × mg/kWh, exact.
 * @returns                t CO2e with 3 decimals, as text.
 */
export function tonnes(whTimesMgPerKwh: Decimal): string {
  return whTimesMgPerKwh.dividedBy(WH_MG_PER_KWH_PER_TONNE).toFixed(3, Decimal.ROUND_HALF_UP);
}
