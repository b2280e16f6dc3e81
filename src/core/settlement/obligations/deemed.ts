import { Decimal, WH_PER_MWH } from '../../units/money.js';
import { complete, type Frame, needed } from '../hours/hours.js';
import {
  energyAtHourlyPrices,
  energyAtPrice,
  type HourlyLine,
  type LineFacts,
  sliceOf,
} from '../pricing/lines.js';
import { deemedWh, type ObligationAccount } from './obligations.js';
import type { Part } from '../parts/parts.js';
import type { ContractPrice } from '../pricing/price.js';
import type { Openings } from './take-or-pay.js';
import { shareOf, withoutNoise } from '../hours/volume.js';
import { counterAccount, type Counted } from '../accounts/accounts.js';
import { spansOf } from '../hours/spans.js';

/** Energy that was curtailed and is paid. */
export interface DeemedSettlement {
  /** Of each part. */
  readonly lines: readonly (readonly HourlyLine[])[];
  readonly accounts: readonly ObligationAccount[];
  /** Allowance used, by contract year. */
  readonly counted: readonly Counted[];
  /** Paid, Wh of each hour. */
  readonly paidWh: readonly Decimal[];
}

/**
 * Energy that was curtailed and is paid beyond the free allowance, which begins again with each contract
 * year, at the price of its own hour (SETTLEMENT 1.4, rulings 1 to 3). What a version of the contract allows
 * is less what its contract year has used so far.
 *
 * @param parts   Those whose version elects it pay; `priceAt` is of each.
 * @throws DomainError `settlement.series_wrong` without potential or states
 */
export function deemedOf(
  parts: readonly Part[],
  of: {
    readonly openings: Openings;
    readonly priceAt: readonly (((hour: number) => ContractPrice) | null)[];
  },
): DeemedSettlement {
  const isElected = ({ frame }: Part): boolean =>
    frame.elections.obligations.deemedGeneration !== null;
  if (!parts.some(isElected)) {
    return { lines: parts.map(() => []), accounts: [], counted: [], paidWh: [] };
  }
  const isYear = parts[0]!.frame.period.run === 'RECONCILIATION';
  const zero = new Decimal(0);
  // Exact until the year is whole, so that where a version cuts it makes no difference.
  const years: { readonly contractYear: number; readonly opening: Decimal; usedWh: Decimal }[] = [];
  const paidOf = parts.map((part) => {
    const hours = curtailedOf(part);
    return spansOf(part.frame, 'YEAR').flatMap(({ from, to, last: { contractYear } }) => {
      if (years.at(-1)?.contractYear !== contractYear) {
        const opening = years.length > 0 || isYear ? zero : of.openings.deemedUsedMwh;
        years.push({ contractYear, opening, usedWh: zero });
      }
      const year = years.at(-1)!;
      const allowed = part.frame.elections.obligations.deemedGeneration?.freeAllowanceMwh ?? 0;
      const allowedWh = new Decimal(allowed).minus(year.opening).times(WH_PER_MWH);
      const leftWh = Decimal.max(allowedWh.minus(year.usedWh), 0);
      const { paid, allowanceUsedWh } = deemedWh(hours.slice(from, to), leftWh);
      year.usedWh = year.usedWh.plus(allowanceUsedWh);
      return paid;
    });
  });
  const counted = years.map(({ contractYear, opening, usedWh }): Counted => {
    const amount = withoutNoise(usedWh).dividedBy(WH_PER_MWH);
    const closing = opening.plus(amount);
    return {
      contractYear,
      opening: opening.toFixed(),
      amount: amount.toFixed(),
      closing: closing.toFixed(),
    };
  });
  return {
    lines: parts.map((part, at) =>
      isYear || !isElected(part) ? [] : [deemedLine(part.frame, paidOf[at]!, of.priceAt[at]!)],
    ),
    accounts: [counterAccount('deemed allowance used', 'curtailed without pay', counted)],
    counted,
    paidWh: paidOf.flat(),
  };
}

/** What each hour could have generated and did where it was curtailed; nothing elsewhere. */
function curtailedOf({ frame, series }: Part): Parameters<typeof deemedWh>[0] {
  const zero = new Decimal(0);
  if (frame.elections.obligations.deemedGeneration === null) {
    return frame.hours.map(() => ({ potentialWh: zero, actualWh: zero }));
  }
  const potential = needed(frame, 'potentialWh', series.potentialWh);
  const states = needed(frame, 'states', series.states);
  const actual = complete(frame, 'generationWh', series.generationWh);
  const share = shareOf(frame);
  // Before the COD nothing is owed but test energy.
  const isDeemed = (at: number): boolean => states[at] === 'CURTAILED' && !frame.hours[at]!.isTest;
  return states.map((_, at) => ({
    potentialWh: isDeemed(at) ? share(potential[at]!) : zero,
    actualWh: isDeemed(at) ? share(actual[at]!) : zero,
  }));
}

function deemedLine(
  frame: Frame,
  paid: readonly Decimal[],
  priceAt: ((hour: number) => ContractPrice) | null,
): HourlyLine {
  const slice = sliceOf(paid);
  const wanted = slice.hours.length === 0 ? [frame.hours.length - 1] : slice.hours;
  const prices = priceAt === null ? [] : [...new Set(wanted.map((hour) => priceAt(hour)))];
  const [first] = prices;
  const isOne = prices.every(({ madPerMwh }) => madPerMwh.equals(first!.madPerMwh));
  const facts: LineFacts = {
    kind: 'DEEMED',
    label: 'Deemed generation',
    party: 'CONTRACT',
    vatCode: frame.elections.vat.energy,
    trace: isOne ? (first?.steps ?? []) : prices.flatMap(({ steps }) => steps),
    formula: 'E = (Σ (potential − actual)⁺ − allowance left)⁺',
  };
  const { amount } = frame.elections.rounding;
  if (isOne) return energyAtPrice(facts, slice, first?.madPerMwh ?? new Decimal(0), amount);
  const hourly = paid.map((_, hour) => priceAt!(hour).madPerMwh);
  return energyAtHourlyPrices(facts, slice, hourly, amount);
}
