import { assert } from '../errors.js';
import { Decimal } from '../units/money.js';
import type { Span } from './counters/spans.js';
import {
  carryForward,
  type CarriedForward,
  forwardAccount,
  type ForwardVintage,
} from './carry-forward.js';
import type { Frame, SettlementSeries } from './hours.js';
import { flatLine, type HourlyLine } from './lines.js';
import { type MakeUpVintage, type ObligationAccount, takeOrPay } from './obligations.js';
import type { ContractPrice } from './price.js';
import { shareOf, sumOf } from './volume.js';

const WH_PER_MWH = 1_000_000;

/** The price that a deficiency is billed at. */
type PriceNow = ContractPrice['ofContract'];

/** Where the accounts of a contract stand before a period. */
export interface Openings {
  readonly bank: readonly MakeUpVintage[];
  readonly forward: readonly ForwardVintage[];
  readonly damagesYearMad: Decimal;
  readonly damagesTotalMad: Decimal;
  /** Of the contract year, MWh. */
  readonly deemedUsedMwh: Decimal;
  readonly takenMwh: Decimal;
  readonly productionMwh: Decimal;
  readonly excessSoldMwh: Decimal;
}

/** Take-or-pay of one month or contract year. */
export interface TakeOrPaySettlement {
  readonly lines: readonly HourlyLine[];
  readonly accounts: readonly ObligationAccount[];
  readonly bank: readonly MakeUpVintage[];
  /** Null where nothing is carried forward. */
  readonly forward: readonly ForwardVintage[] | null;
}

/**
 * Take-or-pay of a month or a contract year, where the contract has it; null otherwise.
 *
 * @param span   The hours that it is over.
 * @param price  The contract's at the end of the span, before time of delivery (ruling 4).
 */
export function takeOrPayOf(
  frame: Frame,
  series: SettlementSeries,
  of: {
    readonly span: Span;
    readonly takenWh: Decimal;
    readonly openings: Pick<Openings, 'bank' | 'forward'>;
    readonly price: PriceNow | null;
  },
): TakeOrPaySettlement | null {
  const { volume, obligations } = frame.elections;
  const terms = obligations.takeOrPay;
  const isYear = frame.period.run === 'RECONCILIATION';
  if (terms === null || (terms.period === 'YEAR') !== isYear) return null;
  const { price } = of;
  assert(price !== null && volume.acqMwh !== null, 'obligations: take-or-pay has its needs');
  const zero = new Decimal(0);
  const ofSpan = (values: readonly number[] | null): Decimal =>
    totalMwh(frame, values?.slice(of.span.from, of.span.to) ?? null);
  const counts = (kind: 'SELLER_FAILURE' | 'FORCE_MAJEURE'): boolean =>
    terms.deductions.includes(kind);
  const deductionsMwh = (counts('SELLER_FAILURE') ? ofSpan(series.sellerFailureWh) : zero).plus(
    counts('FORCE_MAJEURE') ? ofSpan(series.forceMajeureWh) : zero,
  );
  const { contractYear } = of.span.last;
  const takenMwh = of.takenWh.dividedBy(WH_PER_MWH);
  const acqMwh = new Decimal(volume.acqMwh).dividedBy(isYear ? 1 : 12);
  const withDeductions = (mwh: Decimal) =>
    takeOrPay({
      ...{ ...terms, acqMwh, deductionsMwh: mwh, bank: of.openings.bank },
      ...{ contractYear, takenMwh, priceMadPerMwh: price.madPerMwh },
    });
  const before = withDeductions(deductionsMwh);
  const carried =
    terms.carryForward === true
      ? carriedOf(before, { ...terms, contractYear, takenMwh, acqMwh, bank: of.openings.forward })
      : null;
  const result = carried === null ? before : withDeductions(deductionsMwh.plus(carried.usedMwh));
  const lines = linesOf(frame, result, price);
  const accounts = [
    bankAccount(of.openings.bank, result, terms.makeUp),
    ...(carried === null ? [] : [forwardAccount(of.openings.forward, carried)]),
  ];
  return { lines, accounts, bank: result.bank, forward: carried?.bank ?? null };
}

/** The deficiency that is paid, and the make-up of earlier ones. */
function linesOf(
  { elections: { vat, obligations } }: Frame,
  result: ReturnType<typeof takeOrPay>,
  priceNow: PriceNow,
): HourlyLine[] {
  const facts = { party: 'CONTRACT', vatCode: vat.energy } as const;
  const price = priceNow.madPerMwh;
  const lines: HourlyLine[] = [];
  if (!result.deficiencyMwh.isZero()) {
    lines.push(
      flatLine(
        {
          ...{ ...facts, kind: 'TAKE_OR_PAY', label: 'Take-or-pay deficiency' },
          ...{ formula: 'Def = (τ × ACQ − deductions − taken)⁺', trace: priceNow.steps },
        },
        { quantity: result.deficiencyMwh, unit: 'MWh', price, priceUnit: 'MAD/MWh' },
      ),
    );
  }
  for (const { vintage, mwh } of result.used) {
    const isFree = obligations.takeOrPay?.makeUp === 'FREE';
    const dearer = Decimal.max(price.minus(vintage.paidMadPerMwh), 0);
    lines.push(
      flatLine(
        {
          ...{ ...facts, kind: 'MAKE_UP' },
          label: `Make-up of contract year ${vintage.contractYear}`,
          formula: '− used × K, + used × (K − K paid)⁺ unless free',
        },
        {
          ...{ quantity: mwh, unit: 'MWh', priceUnit: 'MAD/MWh' },
          price: price.negated().plus(isFree ? 0 : dearer),
        },
      ),
    );
  }
  return lines;
}

/** What is beyond the contract quantity, and was not made up, is carried forward. */
function carriedOf(
  result: ReturnType<typeof takeOrPay>,
  of: {
    readonly contractYear: number;
    readonly takenMwh: Decimal;
    readonly acqMwh: Decimal;
    readonly expiryYears: number;
    readonly bank: readonly ForwardVintage[];
  },
): CarriedForward {
  const madeUpMwh = result.used.reduce((sum, { mwh }) => sum.plus(mwh), new Decimal(0));
  const leftMwh = of.takenMwh.minus(result.obligedMwh).minus(madeUpMwh);
  const beyondMwh = Decimal.max(Decimal.min(leftMwh, of.takenMwh.minus(of.acqMwh)), 0);
  return carryForward({ ...of, deficiencyMwh: result.deficiencyMwh, beyondMwh });
}

function bankAccount(
  opening: readonly MakeUpVintage[],
  { used, expired, bank, deficiencyMwh }: ReturnType<typeof takeOrPay>,
  makeUp: 'NONE' | 'PRICE_DIFFERENCE' | 'FREE',
): ObligationAccount {
  const isLost = makeUp === 'NONE' && !deficiencyMwh.isZero();
  const sum = (vintages: readonly { readonly mwh: Decimal }[]): Decimal =>
    vintages.reduce((all, { mwh }) => all.plus(mwh), new Decimal(0));
  return {
    ...{ name: 'take-or-pay bank', unit: 'MWh', opening: sum(opening).toFixed() },
    movements: [
      ...expired.map(({ contractYear, mwh }) => ({
        ...{ what: `expired, of contract year ${contractYear}`, amount: mwh.negated().toFixed() },
      })),
      ...used.map(({ vintage, mwh }) => ({
        what: `made up, of contract year ${vintage.contractYear}`,
        amount: mwh.negated().toFixed(),
      })),
      { what: 'deficiency paid', amount: deficiencyMwh.toFixed() },
      ...(isLost
        ? [{ what: 'not banked: there is no make-up', amount: deficiencyMwh.negated().toFixed() }]
        : []),
    ],
    closing: sum(bank).toFixed(),
  };
}

/** Σ of a series of whole Wh of the plants, MWh: this offtaker's share of it. */
export function totalMwh(frame: Frame, values: readonly number[] | null): Decimal {
  const wh = sumOf((values ?? []).map((value) => new Decimal(value)));
  return shareOf(frame)(wh).dividedBy(WH_PER_MWH);
}
