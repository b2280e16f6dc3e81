import { Decimal } from '../../units/money.js';
import { BILLED_TO_MWH } from './bound-hours.js';
import type { DifferenceClass } from './hypotheses.js';
import type { BilledSide, LinePair } from './counterparts.js';

/** A difference in money, taken apart: the three effects sum to the variance, to the centime. */
export interface Variance {
  /** Theirs less ours; positive is too much. */
  readonly varianceMad: string;
  /** `(q_s − q_m) × p_m`. */
  readonly quantityEffectMad: string;
  /** `q_s × (p_s − p_m)`. */
  readonly priceEffectMad: string;
  /** What quantity and price do not explain: rounding, or arithmetic. */
  readonly restMad: string;
}

/** A compared line with what its difference is made of, and why. */
export interface ComparedLine extends LinePair, Variance {
  readonly classes: readonly DifferenceClass[];
  readonly says: readonly string[];
  readonly isWithinTolerance: boolean;
}

const amountOf = (side: BilledSide | null): Decimal => new Decimal(side?.amountMad ?? 0);

/** Takes a difference apart (SETTLEMENT 10.3). Sides in other units are explained by nothing but rest. */
export function varianceOf({ theirs, ours }: LinePair): Variance {
  const variance = amountOf(theirs).minus(amountOf(ours));
  const isPriced =
    theirs !== null &&
    ours !== null &&
    theirs.unit === ours.unit &&
    theirs.priceMad !== null &&
    ours.priceMad !== null;
  const round = (value: Decimal): Decimal => value.toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
  const quantity = isPriced
    ? round(new Decimal(theirs.quantity).minus(ours.quantity).times(ours.priceMad!))
    : new Decimal(0);
  const price = isPriced
    ? round(new Decimal(theirs.priceMad!).minus(ours.priceMad!).times(theirs.quantity))
    : new Decimal(0);
  return {
    varianceMad: variance.toFixed(2),
    quantityEffectMad: quantity.toFixed(2),
    priceEffectMad: price.toFixed(2),
    restMad: variance.minus(quantity).minus(price).toFixed(2),
  };
}

const OBLIGATIONS: ReadonlySet<string> = new Set([
  'TAKE_OR_PAY',
  'MAKE_UP',
  'BELOW_MINIMUM',
  'ABOVE_MAXIMUM',
  'OUTPUT_DAMAGES',
  'AVAILABILITY_DAMAGES',
  'COVERAGE_DAMAGES',
  'DELAY_DAMAGES',
]);

/**
 * What a difference shows by itself, before any cause is looked for.
 *
 * @param lineSlackMad  How far rounding alone can take a line's amount from quantity × price.
 */
export function classesOf(
  pair: LinePair,
  variance: Variance,
  lineSlackMad: number,
): readonly (readonly [DifferenceClass, string])[] {
  const { theirs, ours, kind } = pair;
  if (ours === null) {
    const why = kind === null ? 'No item of the terms names it' : 'Nothing of this kind is owed';
    return [['EXTRA_LINE', `${why}: "${pair.label}".`]];
  }
  if (theirs === null) return [['MISSING_LINE', `Owed, and not on the invoice: "${pair.label}".`]];
  const found: (readonly [DifferenceClass, string])[] = [];
  const isObligation = OBLIGATIONS.has(kind ?? '');
  const differ = (a: string | null, b: string | null): boolean =>
    !new Decimal(a ?? 0).equals(b ?? 0);
  const isAmountOff = Number(variance.varianceMad) !== 0;
  if (theirs.unit !== ours.unit && isAmountOff) {
    return [['QUANTITY', `Billed in ${theirs.unit}, owed in ${ours.unit}.`]];
  }
  const isQuantityOff = differ(theirs.quantity, ours.quantity) && theirs.unit === ours.unit;
  const isPriceOff =
    differ(theirs.priceMad, ours.priceMad) && ours.lines === 1 && theirs.lines === 1;
  if (isObligation && isAmountOff) {
    found.push(['OBLIGATION', 'The obligation comes to another amount by the contract.']);
  } else {
    const isWholeKwh = new Decimal(ours.quantity)
      .toDecimalPlaces(3, Decimal.ROUND_HALF_UP)
      .equals(theirs.quantity);
    if (isQuantityOff && isWholeKwh) {
      found.push(['ROUNDING', `Billed in whole kWh: ${ours.quantity} ${ours.unit} metered.`]);
    } else if (isQuantityOff) {
      found.push([
        'QUANTITY',
        `${theirs.quantity} ${theirs.unit} billed, ${ours.quantity} metered.`,
      ]);
    }
    if (isPriceOff && Number(variance.priceEffectMad) !== 0) {
      found.push([
        'PRICE',
        `${theirs.priceMad} MAD/${theirs.unit} billed, ${ours.priceMad} agreed.`,
      ]);
    }
  }
  if (theirs.vatRatePct !== ours.vatRatePct) {
    const [their, our] = [theirs, ours].map(({ vatRatePct }) => vatRatePct ?? 'none');
    found.push(['VAT', `VAT of ${their} per cent; ${our} is right.`]);
  }
  // The quantity may be printed in whole kWh, and the amount be of the exact one.
  const printedMad = theirs.unit === 'MWh' ? Number(ours.priceMad) * Number(BILLED_TO_MWH) : 0;
  if (!isObligation && Math.abs(Number(variance.restMad)) > lineSlackMad + printedMad) {
    found.push(['ARITHMETIC', `${variance.restMad} MAD are not quantity × price.`]);
  } else if (found.length === 0 && isAmountOff) {
    found.push(['ROUNDING', 'Quantity and price agree; the amount is rounded otherwise.']);
  }
  return found;
}
