import { Decimal } from '../../units/money.js';
import { complete, type Frame, needed, type SettlementSeries } from '../hours.js';
import { energyLine, type HourlyLine, sliceOf } from '../lines.js';
import { deemedWh, type ObligationAccount } from '../obligations.js';
import type { ContractPrice } from '../price.js';
import type { Openings } from '../take-or-pay.js';
import { shareOf } from '../volume.js';
import { counterAccount, type Counted } from './accounts.js';
import { spansOf } from './spans.js';

/** Energy that was curtailed and is paid. */
export interface DeemedSettlement {
  readonly lines: readonly HourlyLine[];
  readonly accounts: readonly ObligationAccount[];
  /** Allowance used, by contract year. */
  readonly counted: readonly Counted[];
  /** Paid, Wh of each hour. */
  readonly paidWh: readonly Decimal[];
}

/**
 * Energy that was curtailed and is paid beyond the free allowance, which begins again with each contract
 * year, at the price of its own hour (SETTLEMENT 1.4, rulings 1 to 3).
 *
 * @throws DomainError `settlement.series_wrong` without potential or states
 */
export function deemedOf(
  frame: Frame,
  series: SettlementSeries,
  of: {
    readonly openings: Openings;
    readonly priceAt: ((hour: number) => ContractPrice) | null;
  },
): DeemedSettlement {
  const terms = frame.elections.obligations.deemedGeneration;
  if (terms === null) return { lines: [], accounts: [], counted: [], paidWh: [] };
  const potential = needed(frame, 'potentialWh', series.potentialWh);
  const states = needed(frame, 'states', series.states);
  const actual = complete(frame, 'generationWh', series.generationWh);
  const share = shareOf(frame);
  const isYear = frame.period.run === 'RECONCILIATION';
  const zero = new Decimal(0);
  const hours = states.map((state, at) => ({
    potentialWh: state === 'CURTAILED' ? share(potential[at]!) : zero,
    actualWh: state === 'CURTAILED' ? share(actual[at]!) : zero,
  }));
  const spans = spansOf(frame, 'YEAR').map(({ from, to, last }, position) => {
    const used = isYear || position > 0 ? zero : of.openings.deemedUsedMwh;
    const left = Decimal.max(new Decimal(terms.freeAllowanceMwh).minus(used), 0);
    const { paid, allowanceUsedMwh } = deemedWh(hours.slice(from, to), left);
    const counted: Counted = {
      ...{ contractYear: last.contractYear, opening: used.toFixed() },
      amount: allowanceUsedMwh.toFixed(),
      closing: used.plus(allowanceUsedMwh).toFixed(),
    };
    return { paid, counted };
  });
  const paidWh = spans.flatMap(({ paid }) => paid);
  const counted = spans.map((span) => span.counted);
  return {
    lines: isYear ? [] : [deemedLine(frame, paidWh, of.priceAt)],
    accounts: [counterAccount('deemed allowance used', 'curtailed without pay', counted)],
    ...{ counted, paidWh },
  };
}

function deemedLine(
  frame: Frame,
  paid: readonly Decimal[],
  priceAt: ((hour: number) => ContractPrice) | null,
): HourlyLine {
  const zero = new Decimal(0);
  const slice = sliceOf(paid);
  const wanted = slice.hours.length === 0 ? [frame.hours.length - 1] : slice.hours;
  const prices = priceAt === null ? [] : [...new Set(wanted.map((hour) => priceAt(hour)))];
  const [first] = prices;
  const isOne = prices.every(({ madPerMwh }) => madPerMwh.equals(first!.madPerMwh));
  return energyLine(
    {
      ...{ kind: 'DEEMED', label: 'Deemed generation', party: 'CONTRACT' },
      vatCode: frame.elections.vat.energy,
      trace: isOne ? (first?.steps ?? []) : prices.flatMap(({ steps }) => steps),
      formula: 'E = (Σ (potential − actual)⁺ − allowance left)⁺',
    },
    slice,
    isOne ? (first?.madPerMwh ?? zero) : paid.map((_, hour) => priceAt!(hour).madPerMwh),
    frame.elections.rounding.amount,
  );
}
