import { Decimal } from '../../units/money.js';

/** Accounts that a contract may have. */
export type AccountName =
  | 'take-or-pay bank'
  | 'take-or-pay carry-forward'
  | 'deemed allowance used'
  | 'excess sold to the grid'
  | 'damages';

/** One account of a contract over a period: what it was, what moved it, what it is. */
export interface ObligationAccount {
  readonly name: AccountName;
  readonly unit: 'MWh' | 'MAD';
  readonly opening: string;
  readonly movements: readonly { readonly what: string; readonly amount: string }[];
  readonly closing: string;
  /** Figures beside the account, which move nothing: its cap. */
  readonly notes?: readonly { readonly what: string; readonly amount: string }[];
}

/** Energy that was paid and not taken in one contract year, and may be taken later. */
export interface MakeUpVintage {
  readonly contractYear: number;
  readonly mwh: Decimal;
  /** What was paid for it, MAD per MWh. */
  readonly paidMadPerMwh: Decimal;
}

/** What take-or-pay comes to. */
export interface TakeOrPayResult {
  readonly obligedMwh: Decimal;
  readonly deficiencyMwh: Decimal;
  readonly paymentMad: Decimal;
  /** Taken of the bank, oldest first, and what is charged for it. */
  readonly used: readonly { readonly vintage: MakeUpVintage; readonly mwh: Decimal }[];
  readonly makeUpChargeMad: Decimal;
  /** Credited for make-up energy that is billed at the price of now and was paid before. */
  readonly makeUpCreditMad: Decimal;
  readonly expired: readonly MakeUpVintage[];
  readonly bank: readonly MakeUpVintage[];
}

/**
 * Take-or-pay with a make-up bank (SETTLEMENT 4): what lacks to the obliged quantity is paid and banked;
 * what is taken beyond it comes from the bank first, oldest vintage first, for the difference in price,
 * or free. A vintage that is older than its expiry lapses.
 *
 * @param taken        Taken and accepted in the period, MWh.
 * @param deductions   Energy that the seller's failure and force majeure kept from being taken, as the
 *                     contract deducts them, MWh.
 */
export function takeOrPay(of: {
  readonly contractYear: number;
  /** τ × ACQ. */
  readonly levelMwh: Decimal;
  readonly deductionsMwh: Decimal;
  readonly takenMwh: Decimal;
  readonly priceMadPerMwh: Decimal;
  readonly makeUp: 'NONE' | 'PRICE_DIFFERENCE' | 'FREE';
  readonly expiryYears: number;
  readonly bank: readonly MakeUpVintage[];
}): TakeOrPayResult {
  const zero = new Decimal(0);
  const obligedMwh = Decimal.max(of.levelMwh.minus(of.deductionsMwh), zero);
  const deficiencyMwh = Decimal.max(obligedMwh.minus(of.takenMwh), zero);
  const isOld = ({ contractYear }: MakeUpVintage): boolean =>
    of.contractYear - contractYear > of.expiryYears;
  const ordered = of.bank.toSorted((a, b) => a.contractYear - b.contractYear);
  const expired = ordered.filter(isOld);
  let leftMwh = of.makeUp === 'NONE' ? zero : Decimal.max(of.takenMwh.minus(obligedMwh), zero);
  let makeUpChargeMad = zero;
  let makeUpCreditMad = zero;
  const used: { vintage: MakeUpVintage; mwh: Decimal }[] = [];
  const bank: MakeUpVintage[] = [];
  for (const vintage of ordered.filter((one) => !isOld(one))) {
    const mwh = Decimal.min(leftMwh, vintage.mwh);
    leftMwh = leftMwh.minus(mwh);
    if (!mwh.isZero()) {
      used.push({ vintage, mwh });
      const dearer = Decimal.max(of.priceMadPerMwh.minus(vintage.paidMadPerMwh), zero);
      if (of.makeUp === 'PRICE_DIFFERENCE')
        makeUpChargeMad = makeUpChargeMad.plus(mwh.times(dearer));
      makeUpCreditMad = makeUpCreditMad.plus(mwh.times(of.priceMadPerMwh));
    }
    const restMwh = vintage.mwh.minus(mwh);
    if (!restMwh.isZero()) bank.push({ ...vintage, mwh: restMwh });
  }
  if (of.makeUp !== 'NONE' && !deficiencyMwh.isZero()) {
    const { contractYear } = of;
    bank.push({ contractYear, mwh: deficiencyMwh, paidMadPerMwh: of.priceMadPerMwh });
  }
  return {
    obligedMwh,
    deficiencyMwh,
    paymentMad: deficiencyMwh.times(of.priceMadPerMwh),
    used,
    makeUpChargeMad,
    makeUpCreditMad,
    expired,
    bank,
  };
}

/** Output guarantee: Sf = (g × P50 − (actual + deemed + force majeure))⁺, MWh. */
export function outputShortfallMwh(of: {
  readonly guaranteedMwh: Decimal;
  readonly actualMwh: Decimal;
  readonly deemedMwh: Decimal;
  readonly forceMajeureMwh: Decimal;
}): Decimal {
  const counted = of.actualMwh.plus(of.deemedMwh).plus(of.forceMajeureMwh);
  return Decimal.max(of.guaranteedMwh.minus(counted), 0);
}

/** Coverage damages: (G − C)⁺ × Σ load, MWh; from exact Wh, not the printed percentage. */
export function coverageShortfallMwh(guaranteedWh: Decimal, coveredWh: Decimal): Decimal {
  return Decimal.max(guaranteedWh.minus(coveredWh), 0).dividedBy(1_000_000);
}

/** Availability in per cent; null where nothing counts. */
export function availabilityPct(of: {
  readonly basis: 'TIME' | 'ENERGY';
  readonly availableHours: number;
  readonly excusedHours: number;
  readonly hours: number;
  readonly actualMwh: Decimal;
  readonly lostUnexcusedMwh: Decimal;
}): Decimal | null {
  if (of.basis === 'TIME') {
    return of.hours === 0
      ? null
      : new Decimal(of.availableHours + of.excusedHours).times(100).dividedBy(of.hours);
  }
  const whole = of.actualMwh.plus(of.lostUnexcusedMwh);
  return whole.isZero() ? null : of.actualMwh.times(100).dividedBy(whole);
}

/**
 * Energy that is paid though it was curtailed: Σ (potential − actual)⁺ of curtailed hours, after the
 * free allowance that is left, which is used in order of time.
 *
 * @returns Wh of each hour that is paid, and what was used of the allowance, with what divisions left in it.
 */
export function deemedWh(
  curtailed: readonly { readonly potentialWh: Decimal; readonly actualWh: Decimal }[],
  allowanceLeftWh: Decimal,
): { readonly paid: readonly Decimal[]; readonly allowanceUsedWh: Decimal } {
  let leftWh = allowanceLeftWh;
  const paid = curtailed.map(({ potentialWh, actualWh }) => {
    const lost = Decimal.max(potentialWh.minus(actualWh), 0);
    const free = Decimal.min(lost, leftWh);
    leftWh = leftWh.minus(free);
    return lost.minus(free);
  });
  return { paid, allowanceUsedWh: allowanceLeftWh.minus(leftWh) };
}

/**
 * Energy that may be sold back under the annual cap: in order of time, until the cap is reached
 * (SETTLEMENT 4; Law 82-21 art. 12: 20 % of annual production).
 *
 * @param capWh         Of the year to the end of the period.
 * @param soldBeforeWh  Of the year, before the period.
 * @returns             Sold, Wh of each hour.
 */
export function excessSold(
  excessWh: readonly Decimal[],
  of: { readonly capWh: Decimal; readonly soldBeforeWh: Decimal },
): readonly Decimal[] {
  let leftWh = Decimal.max(of.capWh.minus(of.soldBeforeWh), 0);
  return excessWh.map((wh) => {
    const part = Decimal.min(Decimal.max(wh, 0), leftWh);
    leftWh = leftWh.minus(part);
    return part;
  });
}

/**
 * Damages within the caps of the contract: the annual one and what is left of the aggregate. Each is
 * rounded first, and a cap counts to the whole centime below, so that no sum of them passes it.
 *
 * @returns What of each is owed, to the centime, in order; never negative, never above a cap.
 */
export function withinCaps(
  damagesMad: readonly Decimal[],
  of: {
    readonly annualMad: string | null;
    readonly aggregateMad: string | null;
    readonly paidYearMad: Decimal;
    readonly paidTotalMad: Decimal;
  },
): readonly Decimal[] {
  let [year, total] = [of.paidYearMad, of.paidTotalMad];
  return damagesMad.map((exact) => {
    const wanted = exact.toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
    const leftOf = (cap: string | null, paid: Decimal): Decimal =>
      cap === null
        ? wanted
        : Decimal.max(new Decimal(cap).minus(paid), 0).toDecimalPlaces(2, Decimal.ROUND_DOWN);
    const owed = Decimal.min(wanted, leftOf(of.annualMad, year), leftOf(of.aggregateMad, total));
    year = year.plus(owed);
    total = total.plus(owed);
    return owed;
  });
}
