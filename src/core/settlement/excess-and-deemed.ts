import { Decimal } from '../units/money.js';
import { excessSaleLines } from './adders.js';
import { complete, type Frame, needed, type SettlementSeries } from './hours.js';
import { energyLine, type HourlyLine, sliceOf } from './lines.js';
import { deemedWh, excessSold, type ObligationAccount } from './obligations.js';
import type { ContractPrice } from './price.js';
import type { Picker } from './references.js';
import type { Openings } from './take-or-pay.js';
import { mwhText, sumOf, type Volumes } from './volume.js';

/** Energy beyond the load: taken by the buyer, sold to the grid within the cap, or nothing. */
export function excessOf(
  frame: Frame,
  picker: Picker,
  volumes: Volumes,
  openings: Openings,
): { readonly lines: readonly HourlyLine[]; readonly accounts: readonly ObligationAccount[] } {
  const { excess: terms } = frame.elections.volume;
  if (volumes.excess === null) return { lines: [], accounts: [] };
  if (terms.rule === 'BUYER_TAKES') {
    const { vat, rounding } = frame.elections;
    const line = energyLine(
      {
        ...{ kind: 'EXCESS', label: 'Excess that the buyer takes', party: 'CONTRACT' },
        ...{ vatCode: vat.energy, formula: 'Σ x × price' },
      },
      sliceOf(volumes.excess),
      new Decimal(terms.priceMadPerMwh!),
      rounding.amount,
    );
    return { lines: [line], accounts: [] };
  }
  if (terms.rule !== 'SOLD_TO_GRID') return { lines: [], accounts: [] };
  const isYear = frame.period.run === 'RECONCILIATION';
  const before = isYear ? new Decimal(0) : openings.excessSoldMwh.times(1_000_000);
  const producedBefore = isYear ? new Decimal(0) : openings.productionMwh.times(1_000_000);
  const { sold, capWh } = excessSold(volumes.excess, {
    capPct: terms.capPct!,
    productionWh: producedBefore.plus(volumes.totals.injected),
    soldBeforeWh: before,
  });
  const account: ObligationAccount = {
    ...{ name: 'excess sold to the grid', unit: 'MWh', opening: mwhText(before) },
    movements: [
      { what: 'sold', amount: mwhText(sumOf(sold)) },
      { what: 'cap of the year to date, for information', amount: mwhText(capWh) },
    ],
    closing: mwhText(before.plus(sumOf(sold))),
  };
  return { lines: excessSaleLines(frame, picker, sold), accounts: [account] };
}

/** Energy that was curtailed and is paid beyond the free allowance of the contract year. */
export function deemedOf(
  frame: Frame,
  series: SettlementSeries,
  { openings, priceNow }: { readonly openings: Openings; readonly priceNow: ContractPrice | null },
): {
  readonly lines: readonly HourlyLine[];
  readonly accounts: readonly ObligationAccount[];
  readonly paidWh: Decimal;
} {
  const terms = frame.elections.obligations.deemedGeneration;
  if (terms === null) return { lines: [], accounts: [], paidWh: new Decimal(0) };
  const potential = needed(frame, 'potentialWh', series.potentialWh);
  const states = needed(frame, 'states', series.states);
  const actual = complete(frame, 'generationWh', series.generationWh);
  const isYear = frame.period.run === 'RECONCILIATION';
  const usedBefore = isYear ? new Decimal(0) : openings.deemedUsedMwh;
  const zero = new Decimal(0);
  const hours = states.map((state, at) => ({
    potentialWh: state === 'CURTAILED' ? new Decimal(potential[at]!) : zero,
    actualWh: state === 'CURTAILED' ? new Decimal(actual[at]!) : zero,
  }));
  const left = Decimal.max(new Decimal(terms.freeAllowanceMwh).minus(usedBefore), 0);
  const { paid, allowanceUsedMwh } = deemedWh(hours, left);
  const line = energyLine(
    {
      ...{ kind: 'DEEMED', label: 'Deemed generation', party: 'CONTRACT' },
      ...{ vatCode: frame.elections.vat.energy, trace: priceNow?.steps ?? [] },
      formula: 'E = (Σ (potential − actual)⁺ − allowance left)⁺',
    },
    sliceOf(paid),
    priceNow?.madPerMwh ?? zero,
    frame.elections.rounding.amount,
  );
  const account: ObligationAccount = {
    ...{ name: 'deemed allowance used', unit: 'MWh', opening: usedBefore.toFixed() },
    movements: [{ what: 'curtailed without pay', amount: allowanceUsedMwh.toFixed() }],
    closing: usedBefore.plus(allowanceUsedMwh).toFixed(),
  };
  return { lines: [line], accounts: [account], paidWh: sumOf(paid) };
}
