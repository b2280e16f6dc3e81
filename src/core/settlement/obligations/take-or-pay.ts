import { assert } from '../../errors.js';
import { Decimal, WH_PER_MWH } from '../../units/money.js';
import {
  carryForward,
  type CarriedForward,
  forwardAccount,
  type ForwardVintage,
} from '../accounts/carry-forward.js';
import type { Frame } from '../hours/hours.js';
import { flatLine, type HourlyLine } from '../pricing/lines.js';
import { type MakeUpVintage, type ObligationAccount, takeOrPay } from './obligations.js';
import { type Piece, type TermSpan } from '../parts/in-force.js';
import type { Part } from '../parts/parts.js';
import type { ContractPrice } from '../pricing/price.js';
import { shareOf, sumOf, type Volumes } from '../hours/volume.js';

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
  /** What of it was taken before the COD, and counts for no obligation; absent = none. */
  readonly testMwh?: Decimal;
  readonly productionMwh: Decimal;
  readonly excessSoldMwh: Decimal;
  /** Cap on what may be sold, by what was produced until then; absent where nobody carried it. */
  readonly excessCapMwh?: Decimal;
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
 * Take-or-pay of a month or a contract year, where the contract has it; null otherwise. Each version of the
 * contract obliges for its own days; make-up, expiry and price are those of the last that obliges.
 *
 * @param volumes  Of each part.
 * @param priceAt  Of an hour of the period; null where it is linked to the market.
 */
export function takeOrPayOf(
  span: TermSpan,
  of: {
    readonly volumes: ReadonlyMap<Part, Volumes>;
    readonly openings: Pick<Openings, 'bank' | 'forward'>;
    readonly priceAt: (piece: Piece, hour: number) => ContractPrice | null;
  },
): TakeOrPaySettlement | null {
  const isYear = span.pieces[0]!.part.frame.period.run === 'RECONCILIATION';
  const period = isYear ? 'YEAR' : 'MONTH';
  const pieces = span.pieces.filter(
    ({ part }) => part.frame.elections.obligations.takeOrPay?.period === period,
  );
  const last = pieces.at(-1);
  if (last === undefined) return null;
  const terms = last.part.frame.elections.obligations.takeOrPay!;
  // The contract price at the end of the period, before time of delivery (ruling 4).
  const price = of.priceAt(last, last.to - 1)?.ofContract;
  assert(price !== undefined, 'obligations: take-or-pay has its price');
  const sums = pieces.map(obligedOf);
  const sum = (name: keyof (typeof sums)[number]): Decimal => sumOf(sums.map((one) => one[name]));
  // One sum: parts summed apart would each be rid of what divisions left.
  const takenWh = sumOf(
    pieces.flatMap(({ part, from, to }) => of.volumes.get(part)!.priced.slice(from, to)),
  );
  const takenMwh = takenWh.dividedBy(WH_PER_MWH);
  const [acqMwh, deductionsMwh] = [sum('acqMwh'), sum('deductionsMwh')];
  const { contractYear } = span.last;
  const withDeductions = (mwh: Decimal) =>
    takeOrPay({
      ...terms,
      levelMwh: sum('levelMwh'),
      deductionsMwh: mwh,
      bank: of.openings.bank,
      contractYear,
      takenMwh,
      priceMadPerMwh: price.madPerMwh,
    });
  const before = withDeductions(deductionsMwh);
  const carried =
    terms.carryForward === true
      ? carriedOf(before, { ...terms, contractYear, takenMwh, acqMwh, bank: of.openings.forward })
      : null;
  const result = carried === null ? before : withDeductions(deductionsMwh.plus(carried.usedMwh));
  const lines = linesOf(last.part.frame, result, price);
  const accounts = [
    bankAccount(of.openings.bank, result, terms.makeUp),
    ...(carried === null ? [] : [forwardAccount(of.openings.forward, carried)]),
  ];
  return { lines, accounts, bank: result.bank, forward: carried?.bank ?? null };
}

/** What one version obliges to take in its days, and what it deducts. */
function obligedOf({
  part: { frame, series },
  from,
  to,
  share,
}: Piece): Readonly<Record<'acqMwh' | 'levelMwh' | 'deductionsMwh', Decimal>> {
  const { volume, obligations } = frame.elections;
  const terms = obligations.takeOrPay;
  assert(terms !== null && volume.acqMwh !== null, 'obligations: take-or-pay has its needs');
  const zero = new Decimal(0);
  const deducted = (
    kind: (typeof terms.deductions)[number],
    values: readonly number[] | null,
  ): Decimal =>
    terms.deductions.includes(kind) ? totalMwh(frame, values?.slice(from, to) ?? null) : zero;
  // Products are formed before they are divided, so that nine tenths of a twelfth have an end.
  const whole = new Decimal(volume.acqMwh).times(share.days);
  const of = share.of * (terms.period === 'YEAR' ? 1 : 12);
  return {
    acqMwh: whole.dividedBy(of),
    levelMwh: whole.times(terms.levelPct).dividedBy(of * 100),
    deductionsMwh: deducted('SELLER_FAILURE', series.sellerFailureWh).plus(
      deducted('FORCE_MAJEURE', series.forceMajeureWh),
    ),
  };
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
          ...facts,
          kind: 'TAKE_OR_PAY',
          label: 'Take-or-pay deficiency',
          formula: 'Def = (τ × ACQ − deductions − taken)⁺',
          trace: priceNow.steps,
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
          ...facts,
          kind: 'MAKE_UP',
          label: `Make-up of contract year ${vintage.contractYear}`,
          formula: '− used × K, + used × (K − K paid)⁺ unless free',
        },
        {
          quantity: mwh,
          unit: 'MWh',
          priceUnit: 'MAD/MWh',
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
    name: 'take-or-pay bank',
    unit: 'MWh',
    opening: sum(opening).toFixed(),
    movements: [
      ...expired.map(({ contractYear, mwh }) => ({
        what: `expired, of contract year ${contractYear}`,
        amount: mwh.negated().toFixed(),
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
