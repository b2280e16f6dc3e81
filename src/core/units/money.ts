import { Decimal as DecimalJs } from 'decimal.js';

/**
 * Every price, amount, factor and share. decimal.js rounds each product to 20 digits unless told
 * otherwise, which a year of a plant times a price can pass; 60 keeps ours exact. Nothing else
 * imports decimal.js.
 */
export const Decimal = DecimalJs.clone({ precision: 60, defaults: true });
/** An exact decimal of the one configured kind. */
export type Decimal = DecimalJs;

/** Wh of a MWh. */
export const WH_PER_MWH = 1_000_000;

/**
 * Rounds a finished amount to the centime, half away from zero, so that a credit is the exact
 * mirror of its charge (SETTLEMENT rounding rule 2; CGI art. 145 amounts are in centimes).
 *
 * @param amount  MAD, exact.
 * @returns       MAD with 2 decimals, as text.
 */
export function toCentimes(amount: Decimal): string {
  // Rounded first: toFixed alone writes what a negative amount loses as "-0.00".
  return amount.toDecimalPlaces(2, Decimal.ROUND_HALF_UP).toFixed(2);
}

/**
 * Prices energy exactly; nothing is rounded here (the settlement line rounds, once).
 *
 * @param energyWh        Wh, exact; may have decimals after losses.
 * @param priceMadPerMwh  MAD per MWh, exact.
 * @returns               MAD, unrounded.
 */
export function energyAmountMad(energyWh: Decimal, priceMadPerMwh: Decimal): Decimal {
  return energyWh.times(priceMadPerMwh).dividedBy(WH_PER_MWH);
}

/**
 * VAT on a line's rounded net amount, rounded to the centime per line (house rule: VAT is on the
 * line, MOROCCO section 5, because one invoice may carry two rates).
 *
 * @param netMad   MAD, already rounded to 2 decimals.
 * @param ratePct  Per cent, for example 20.
 * @returns        MAD, unrounded.
 */
export function vatAmountMad(netMad: Decimal, ratePct: Decimal): Decimal {
  return netMad.times(ratePct).dividedBy(100);
}
