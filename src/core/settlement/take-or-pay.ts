import { assert } from '../errors.js';
import { Decimal } from '../units/money.js';
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
import type { Volumes } from './volume.js';

const WH_PER_MWH = 1_000_000;

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

/** Take-or-pay of the period, where the contract has it; null otherwise. */
export function takeOrPayOf(
  frame: Frame,
  series: SettlementSeries,
  of: {
    readonly volumes: Volumes;
    readonly openings: Openings;
    readonly priceNow: ContractPrice | null;
  },
  applies: (period: 'YEAR' | 'MONTH') => boolean,
): {
  readonly lines: readonly HourlyLine[];
  readonly accounts: readonly ObligationAccount[];
  readonly bank: readonly MakeUpVintage[];
  /** Null where nothing is carried forward. */
  readonly forward: readonly ForwardVintage[] | null;
} | null {
  const { volume, obligations } = frame.elections;
  const terms = obligations.takeOrPay;
  if (terms === null || !applies(terms.period)) return null;
  assert(of.priceNow !== null && volume.acqMwh !== null, 'obligations: take-or-pay has its needs');
  const zero = new Decimal(0);
  const counts = (kind: 'SELLER_FAILURE' | 'FORCE_MAJEURE'): boolean =>
    terms.deductions.includes(kind);
  const deductionsMwh = (counts('SELLER_FAILURE') ? totalMwh(series.sellerFailureWh) : zero).plus(
    counts('FORCE_MAJEURE') ? totalMwh(series.forceMajeureWh) : zero,
  );
  const acqMwh = new Decimal(volume.acqMwh).dividedBy(terms.period === 'YEAR' ? 1 : 12);
  const { contractYear } = frame.hours.at(-1)!;
  const takenMwh = of.volumes.totals.priced.dividedBy(WH_PER_MWH);
  const withDeductions = (mwh: Decimal) =>
    takeOrPay({
      ...{ ...terms, acqMwh, deductionsMwh: mwh, bank: of.openings.bank },
      ...{ contractYear, takenMwh, priceMadPerMwh: of.priceNow!.madPerMwh },
    });
  const before = withDeductions(deductionsMwh);
  const carried =
    terms.carryForward === true
      ? carriedOf(before, { ...terms, contractYear, takenMwh, acqMwh, bank: of.openings.forward })
      : null;
  const result = carried === null ? before : withDeductions(deductionsMwh.plus(carried.usedMwh));
  const lines = linesOf(frame, result, of.priceNow);
  const accounts = [
    bankAccount(of.openings.bank, result),
    ...(carried === null ? [] : [forwardAccount(of.openings.forward, carried)]),
  ];
  return { lines, accounts, bank: result.bank, forward: carried?.bank ?? null };
}

/** The deficiency that is paid, and the make-up of earlier ones. */
function linesOf(
  { elections: { vat, obligations } }: Frame,
  result: ReturnType<typeof takeOrPay>,
  priceNow: ContractPrice,
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
): ObligationAccount {
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
    ],
    closing: sum(bank).toFixed(),
  };
}

/** Σ of a series of whole Wh, MWh. */
export function totalMwh(values: readonly number[] | null): Decimal {
  const wh = (values ?? []).reduce((sum, value) => sum + value, 0);
  return new Decimal(wh).dividedBy(WH_PER_MWH);
}
