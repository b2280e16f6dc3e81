import type { RunResult } from '../settlement/document.js';
import type { LineParty } from '../settlement/pricing/lines.js';
import { Decimal } from '../units/money.js';
import type { ChargedDocument, NotBooked } from './documents.js';

/** Why something of a month is in no entry. */
export type LeftOutReason =
  NotBooked | 'RUN_NOT_APPROVED' | 'NOT_ELECTED' | 'OTHER_PARTY' | 'UNPRICED_ENERGY';

/** Something that the entries of a month do not hold, and why. */
export interface LeftOut {
  readonly reason: LeftOutReason;
  readonly contractCode: string;
  /** Number of a document, or a period. */
  readonly reference: string;
  /** Net, or a document's total; null where it has no price. */
  readonly mad: string | null;
  readonly mwh: string | null;
  readonly says: string;
}

const SAYS: Readonly<Record<NotBooked, string>> = {
  VOIDED: 'was voided',
  UPHELD: 'was disputed in full and upheld',
  NO_RATE: 'is in another currency, and the rate of its day is not known',
  PREPAYMENT: 'asks for money before delivery: it is left to its payment',
};

/** A document that the books do not take. */
export function leftDocument(
  { contractCode, number, grossMad }: ChargedDocument,
  reason: NotBooked,
): LeftOut {
  const says = `${number} ${SAYS[reason]}`;
  return { reason, contractCode, reference: number, mad: grossMad, mwh: null, says };
}

/** A run that nobody has approved. */
export function leftRun(
  contractCode: string,
  last: { readonly period: string; readonly run: string; readonly version: number },
  of: { readonly netMad: string; readonly approvedVersion: number | null },
): LeftOut {
  const { period, run, version } = last;
  const { netMad, approvedVersion } = of;
  const instead =
    approvedVersion === null
      ? 'nothing of the period accrues'
      : `the period accrues by version ${approvedVersion}`;
  return {
    reason: 'RUN_NOT_APPROVED',
    contractCode,
    reference: period,
    mad: netMad,
    mwh: null,
    says: `The ${run} run of ${period}, version ${version}, is not approved: ${instead}`,
  };
}

/** A contract whose month nothing settles. */
export function leftContract(contractCode: string, month: string): LeftOut {
  return {
    reason: 'NOT_ELECTED',
    contractCode,
    reference: month,
    mad: null,
    mwh: null,
    says: `${contractCode} has no elections: its energy of ${month} is billed by statement and does not accrue`,
  };
}

const WITH: Readonly<Record<Exclude<LineParty, 'CONTRACT'>, string>> = {
  GRID: 'the grid operator',
  MARKET: 'the market',
};

/** What of a settled month is not between buyer and seller, and what of its energy has no price. */
export function leftOfMonth(
  contractCode: string,
  month: string,
  { settlement: { lines, quantities } }: Pick<RunResult, 'settlement'>,
): LeftOut[] {
  const left: LeftOut[] = [];
  for (const party of ['GRID', 'MARKET'] as const) {
    const own = lines.filter((line) => line.party === party);
    if (own.length === 0) continue;
    const mad = own.reduce((sum, { amountMad }) => sum.plus(amountMad), new Decimal(0)).toFixed(2);
    const says = `${own.length} lines of ${month} are with ${WITH[party]}, who bills them`;
    left.push({
      reason: 'OTHER_PARTY',
      contractCode,
      reference: month,
      mad,
      mwh: null,
      says,
    });
  }
  const mwhOf = (kinds: readonly string[]): Decimal =>
    lines
      .filter(({ kind, unit }) => kinds.includes(kind) && unit === 'MWh')
      .reduce((sum, { quantity }) => sum.plus(quantity), new Decimal(0));
  const delivered = new Decimal(quantities['deliveredMwh'] ?? 0);
  const taken = Decimal.max(quantities['pricedMwh'] ?? 0, 0).plus(mwhOf(['EXCESS', 'EXCESS_SALE']));
  const spilled = Decimal.max(delivered.minus(taken), 0);
  const residual = new Decimal(quantities['residualMwh'] ?? 0);
  const energy = [
    [spilled, 'delivered, and neither taken nor sold'],
    [residual, 'from the grid, whose supply is not settled here'],
  ] as const;
  for (const [mwh, what] of energy) {
    if (mwh.lessThanOrEqualTo(0)) continue;
    const text = mwh.toFixed();
    left.push({
      reason: 'UNPRICED_ENERGY',
      contractCode,
      reference: month,
      mad: null,
      mwh: text,
      says: `${text} MWh of ${month} are ${what}`,
    });
  }
  return left;
}
