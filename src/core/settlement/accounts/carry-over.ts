import { Decimal } from '../../units/money.js';
import type { ForwardVintage } from './carry-forward.js';
import type { MakeUpVintage } from '../obligations/obligations.js';
import type { Openings } from '../obligations/take-or-pay.js';
import type { ForwardText, OpeningsText, VintageText } from './openings.shape.js';

/** What a settled period adds to the accounts of its contract. */
export interface CarryOver {
  readonly takenMwh: string;
  /** What of it was taken before the COD, of a contract with take-or-pay or a maximum by the year; absent where none was. */
  readonly testMwh?: string;
  readonly productionMwh: string;
  readonly excessSoldMwh: string;
  /** What it adds to the cap on sales to the grid; absent where none are made. */
  readonly excessCapMwh?: string;
  readonly deemedUsedMwh: string;
  readonly damagesMad: string;
  /** The make-up bank after the period; null where it settles no take-or-pay and leaves it alone. */
  readonly bank: readonly VintageText[] | null;
  /** Energy carried forward after it; absent where nothing is. */
  readonly forward?: readonly ForwardText[];
  /** What of it is of which contract year, where a year ends inside the period; absent otherwise. */
  readonly years?: readonly CarryYear[];
}

/** The part of a period that lies in one contract year. */
export type CarryYear = Readonly<Record<(typeof COUNTED)[number], string>> & {
  readonly contractYear: number;
  readonly testMwh?: string;
  readonly excessCapMwh?: string;
};

const COUNTED = [
  'takenMwh',
  'productionMwh',
  'excessSoldMwh',
  'deemedUsedMwh',
  'damagesMad',
] as const;

/** A settled period, as later ones look back on it. */
export interface EarlierPeriod {
  readonly contractYear: number;
  /** Whether it is the reconciliation of a whole contract year. */
  readonly isYear: boolean;
  readonly carry: CarryOver;
}

/**
 * What a settlement adds to the accounts.
 *
 * @param years  What it counted, by contract year; at least one.
 * @param after  The make-up bank after it, and what is carried forward; null where there is none.
 */
export function carryOf(
  years: readonly CarryYear[],
  after: {
    readonly bank: readonly MakeUpVintage[] | null;
    readonly forward: readonly ForwardVintage[] | null;
  },
): CarryOver {
  const sum = (name: (typeof COUNTED)[number]): Decimal =>
    years.reduce((all, year) => all.plus(year[name]), new Decimal(0));
  return {
    takenMwh: sum('takenMwh').toFixed(),
    ...testText(years.map(({ testMwh }) => testMwh)),
    productionMwh: sum('productionMwh').toFixed(),
    excessSoldMwh: sum('excessSoldMwh').toFixed(),
    ...capText(years.map(({ excessCapMwh }) => excessCapMwh)),
    deemedUsedMwh: sum('deemedUsedMwh').toFixed(),
    damagesMad: sum('damagesMad').toFixed(2),
    ...(years.length === 1 ? {} : { years }),
    bank:
      after.bank?.map(({ contractYear, mwh, paidMadPerMwh }) => ({
        contractYear,
        mwh: mwh.toFixed(),
        paidMadPerMwh: paidMadPerMwh.toFixed(),
      })) ?? null,
    ...(after.forward === null
      ? {}
      : {
          forward: after.forward.map(({ contractYear, mwh }) => ({
            contractYear,
            mwh: mwh.toFixed(),
          })),
        }),
  };
}

/**
 * Where the accounts of a contract stand before a period. Quantities count in their contract year and
 * from months alone, since the reconciliation of a year settles the same hours again; damages count
 * wherever they were owed, and the bank goes on from the last period that settled take-or-pay.
 *
 * @param earlier       Periods before it, in order of time, each as last settled.
 * @param contractYear  Of the period.
 */
export function openingsOf(earlier: readonly EarlierPeriod[], contractYear: number): OpeningsText {
  const sum = (
    periods: readonly EarlierPeriod[],
    of: (carry: Omit<CarryOver, 'bank'>) => string,
  ): Decimal => periods.reduce((all, { carry }) => all.plus(of(carry)), new Decimal(0));
  const ofYear = earlier.flatMap((one): EarlierPeriod[] => {
    const part = one.carry.years?.find((year) => year.contractYear === contractYear);
    if (part !== undefined) return [{ ...one, carry: { ...one.carry, testMwh: '0', ...part } }];
    return one.carry.years === undefined && one.contractYear === contractYear ? [one] : [];
  });
  const months = ofYear.filter(({ isYear }) => !isYear);
  const forward = earlier.findLast(({ carry }) => carry.forward !== undefined)?.carry.forward;
  return {
    ...(forward === undefined ? {} : { forward }),
    bank: earlier.findLast(({ carry }) => carry.bank !== null)?.carry.bank ?? [],
    damagesYearMad: sum(ofYear, ({ damagesMad }) => damagesMad).toFixed(2),
    damagesTotalMad: sum(earlier, ({ damagesMad }) => damagesMad).toFixed(2),
    deemedUsedMwh: sum(months, ({ deemedUsedMwh }) => deemedUsedMwh).toFixed(),
    takenMwh: sum(months, ({ takenMwh }) => takenMwh).toFixed(),
    ...testText(months.map(({ carry: { testMwh } }) => testMwh)),
    productionMwh: sum(months, ({ productionMwh }) => productionMwh).toFixed(),
    excessSoldMwh: sum(months, ({ excessSoldMwh }) => excessSoldMwh).toFixed(),
    ...capText(months.map(({ carry: { excessCapMwh } }) => excessCapMwh)),
  };
}

/** The cap of all; absent where one of them does not say its own. */
function capText(all: readonly (string | undefined)[]): { readonly excessCapMwh?: string } {
  const known = all.filter((text) => text !== undefined);
  if (known.length === 0 || known.length < all.length) return {};
  const sum = known.reduce((total, text) => total.plus(text), new Decimal(0));
  return { excessCapMwh: sum.toFixed() };
}

function testText(all: readonly (string | undefined)[]): { readonly testMwh?: string } {
  const sum = all.reduce((total, text) => total.plus(text ?? 0), new Decimal(0));
  return sum.isZero() ? {} : { testMwh: sum.toFixed() };
}

/** Openings that the engine takes, from what documents hold. */
export function parseOpenings({ bank, forward = [], ...sums }: OpeningsText): Openings {
  const decimal = (text: string): Decimal => new Decimal(text);
  return {
    bank: bank.map(({ contractYear, mwh, paidMadPerMwh }) => ({
      contractYear,
      mwh: decimal(mwh),
      paidMadPerMwh: decimal(paidMadPerMwh),
    })),
    forward: forward.map(({ contractYear, mwh }) => ({ contractYear, mwh: decimal(mwh) })),
    damagesYearMad: decimal(sums.damagesYearMad),
    damagesTotalMad: decimal(sums.damagesTotalMad),
    deemedUsedMwh: decimal(sums.deemedUsedMwh),
    takenMwh: decimal(sums.takenMwh),
    ...(sums.testMwh === undefined ? {} : { testMwh: decimal(sums.testMwh) }),
    productionMwh: decimal(sums.productionMwh),
    excessSoldMwh: decimal(sums.excessSoldMwh),
    ...(sums.excessCapMwh === undefined ? {} : { excessCapMwh: decimal(sums.excessCapMwh) }),
  };
}
