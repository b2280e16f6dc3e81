import { Decimal } from '../../units/money.js';
import type { ObligationAccount } from '../obligations/obligations.js';

/** Energy that was taken beyond the contract quantity of a year, and lessens a later obligation. */
export interface ForwardVintage {
  readonly contractYear: number;
  readonly mwh: Decimal;
}

/** What a period does to the energy carried forward. */
export interface CarriedForward {
  /** What the obligation of the period is lessened by. */
  readonly usedMwh: Decimal;
  readonly used: readonly ForwardVintage[];
  readonly expired: readonly ForwardVintage[];
  readonly earnedMwh: Decimal;
  readonly bank: readonly ForwardVintage[];
}

/**
 * Carries energy forward (SETTLEMENT 1.4): what is taken beyond the contract quantity, and is no make-up,
 * lessens a later deficiency, oldest first. It expires as make-up does, and is never paid out.
 *
 * @param deficiencyMwh  What would lack of the obligation without it.
 * @param beyondMwh      Taken beyond the contract quantity and not made up.
 */
export function carryForward(of: {
  readonly contractYear: number;
  readonly deficiencyMwh: Decimal;
  readonly beyondMwh: Decimal;
  readonly expiryYears: number;
  readonly bank: readonly ForwardVintage[];
}): CarriedForward {
  const isOld = ({ contractYear }: ForwardVintage): boolean =>
    of.contractYear - contractYear > of.expiryYears;
  const ordered = of.bank.toSorted((a, b) => a.contractYear - b.contractYear);
  const used: ForwardVintage[] = [];
  const bank: ForwardVintage[] = [];
  let leftMwh = of.deficiencyMwh;
  for (const vintage of ordered.filter((one) => !isOld(one))) {
    const mwh = Decimal.min(leftMwh, vintage.mwh);
    leftMwh = leftMwh.minus(mwh);
    if (!mwh.isZero()) used.push({ ...vintage, mwh });
    const restMwh = vintage.mwh.minus(mwh);
    if (!restMwh.isZero()) bank.push({ ...vintage, mwh: restMwh });
  }
  const earnedMwh = of.beyondMwh;
  if (!earnedMwh.isZero()) bank.push({ contractYear: of.contractYear, mwh: earnedMwh });
  return {
    usedMwh: of.deficiencyMwh.minus(leftMwh),
    used,
    expired: ordered.filter(isOld),
    earnedMwh,
    bank,
  };
}

/** The account of energy carried forward. */
export function forwardAccount(
  opening: readonly ForwardVintage[],
  { used, expired, earnedMwh, bank }: CarriedForward,
): ObligationAccount {
  const sum = (vintages: readonly ForwardVintage[]): string =>
    vintages.reduce((all, { mwh }) => all.plus(mwh), new Decimal(0)).toFixed();
  const taken = (what: string, vintages: readonly ForwardVintage[]) =>
    vintages.map(({ contractYear, mwh }) => ({
      what: `${what}, of contract year ${contractYear}`,
      amount: mwh.negated().toFixed(),
    }));
  return {
    name: 'take-or-pay carry-forward',
    unit: 'MWh',
    opening: sum(opening),
    movements: [
      ...taken('expired', expired),
      ...taken('lessens the obligation', used),
      { what: 'taken beyond the contract quantity', amount: earnedMwh.toFixed() },
    ],
    closing: sum(bank),
  };
}
