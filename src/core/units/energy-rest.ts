import { Decimal } from './money.js';

/** Parts of a Wh in which rests are counted: a sixtieth, for power over minutes, with 12 decimals. */
export const REST_PER_WH = 60e12;

/**
 * What a reading has below a whole Wh, exactly: whole parts of `REST_PER_WH`, or, for what is finer
 * than those, sixtieths of a Wh as a Decimal. Zero for a whole reading.
 */
export type EnergyRest = number | Decimal;

const ZERO = new Decimal(0);

/** Adds rests up, exactly. */
export interface RestSum {
  add(rest: EnergyRest): void;
  /** Whole Wh that the rests have come to. */
  wholeWh(): number;
  /** Whether something stands beyond the whole. */
  hasRest(): boolean;
}

/** Opens a sum of rests. */
export function restSum(): RestSum {
  let [wholeWh, parts] = [0, 0];
  let fine = ZERO;
  const sixtieths = (): Decimal => fine.plus(new Decimal(parts).dividedBy(1e12));
  return {
    add: (rest) => {
      if (typeof rest !== 'number') fine = fine.plus(rest);
      else {
        parts += rest;
        if (parts >= REST_PER_WH) [wholeWh, parts] = [wholeWh + 1, parts - REST_PER_WH];
      }
    },
    wholeWh: () =>
      fine.isZero() ? wholeWh : wholeWh + sixtieths().dividedToIntegerBy(60).toNumber(),
    hasRest: () => (fine.isZero() ? parts > 0 : !sixtieths().modulo(60).isZero()),
  };
}

/** Whether two rests are the same part of a Wh. */
export function isSameRest(a: EnergyRest, b: EnergyRest): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return a.equals(b);
}

/**
 * A rest from sixtieths of a Wh.
 *
 * @param sixtieths  From 0 up to, and without, 60.
 */
export function restOfSixtieths(sixtieths: Decimal): EnergyRest {
  const parts = sixtieths.times(1e12);
  return parts.isInteger() ? parts.toNumber() : sixtieths;
}

/**
 * What one reading of a counter is above an earlier one.
 *
 * @param from  The later: whole Wh and rest.
 * @param less  The earlier.
 */
export function lessExactly(
  from: { readonly wh: number; readonly rest: EnergyRest },
  less: { readonly wh: number; readonly rest: EnergyRest },
): { readonly wh: number; readonly rest: EnergyRest } {
  if (typeof from.rest === 'number' && typeof less.rest === 'number') {
    const rest = from.rest - less.rest;
    return rest < 0
      ? { wh: from.wh - less.wh - 1, rest: rest + REST_PER_WH }
      : { wh: from.wh - less.wh, rest };
  }
  const rest = sixtiethsOf(from.rest).minus(sixtiethsOf(less.rest));
  return rest.isNegative()
    ? { wh: from.wh - less.wh - 1, rest: restOfSixtieths(rest.plus(60)) }
    : { wh: from.wh - less.wh, rest: restOfSixtieths(rest) };
}

/** A rest as sixtieths of a Wh. */
export function sixtiethsOf(rest: EnergyRest): Decimal {
  return typeof rest === 'number' ? new Decimal(rest).dividedBy(1e12) : rest;
}
