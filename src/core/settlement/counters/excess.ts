import { Decimal } from '../../units/money.js';
import { excessSaleLines } from '../adders.js';
import { type Frame, needed } from '../hours.js';
import { energyLine, type HourlyLine, sliceOf } from '../lines.js';
import { excessSold, type ObligationAccount } from '../obligations.js';
import type { Picker } from '../references.js';
import type { Openings } from '../take-or-pay.js';
import { mwhText, sumOf, type Volumes } from '../volume.js';
import { counterAccount, type Counted } from './accounts.js';
import { type Span, spansOf, sumIn } from './spans.js';
import { billedParts } from './tiered-energy.js';

const ZERO = new Decimal(0);
const WH_PER_MWH = 1_000_000;

/** What becomes of energy beyond the load. */
export interface ExcessSettlement {
  readonly lines: readonly HourlyLine[];
  readonly accounts: readonly ObligationAccount[];
  /** Sold, by contract year. */
  readonly counted: readonly Counted[];
}

/**
 * Energy beyond the load: taken by the buyer, sold to the grid within the cap, or nothing. The cap of the
 * year begins again with each contract year. The annual reconciliation sells the year again, in order of
 * time within the cap of the whole year, and books what that is beyond the months (ruling 5).
 *
 * @throws DomainError `settlement.series_wrong` without load; `settlement.reference_missing`
 */
export function excessOf(
  frame: Frame,
  picker: Picker,
  volumes: Volumes,
  openings: Openings,
): ExcessSettlement {
  const { rule } = frame.elections.volume.excess;
  if (rule !== 'BUYER_TAKES' && rule !== 'SOLD_TO_GRID') {
    return { lines: [], accounts: [], counted: [] };
  }
  const excess = needed(frame, 'loadWh', volumes.excess);
  return rule === 'BUYER_TAKES' ? taken(frame, excess) : sold(frame, picker, volumes, openings);
}

function taken(frame: Frame, excess: readonly Decimal[]): ExcessSettlement {
  const { vat, rounding, volume } = frame.elections;
  const isYear = frame.period.run === 'RECONCILIATION';
  const line = energyLine(
    {
      ...{ kind: 'EXCESS', label: 'Excess that the buyer takes', party: 'CONTRACT' },
      ...{ vatCode: vat.energy, formula: 'Σ x × price' },
    },
    sliceOf(excess),
    new Decimal(volume.excess.priceMadPerMwh!),
    rounding.amount,
  );
  return { lines: isYear ? [] : [line], accounts: [], counted: [] };
}

function sold(
  frame: Frame,
  picker: Picker,
  volumes: Volumes,
  openings: Openings,
): ExcessSettlement {
  const isYear = frame.period.run === 'RECONCILIATION';
  const openingWh = openings.excessSoldMwh.times(WH_PER_MWH);
  const producedWh = isYear ? ZERO : openings.productionMwh.times(WH_PER_MWH);
  const spans = spansOf(frame, 'YEAR').map((span, at) => {
    const opening = at === 0 ? openingWh : ZERO;
    const { wh, capWh } = withinCap(frame, volumes, [span], {
      soldWh: isYear ? ZERO : opening,
      producedWh: at === 0 ? producedWh : ZERO,
    });
    const before = isYear && at === 0 ? soldBefore(frame, volumes, span, opening) : null;
    const more = before === null ? wh : wh.map((one, hour) => one.minus(before[hour]!));
    return { span, opening, more, capWh };
  });
  const all = spans.flatMap(({ more }) => more);
  const counted = spans.map(({ span, opening, more, capWh }) => ({
    ...{ contractYear: span.last.contractYear, opening: mwhText(opening) },
    ...{ amount: mwhText(sumOf(more)), closing: mwhText(opening.plus(sumOf(more))) },
    notes: [{ what: 'cap of the year to date', amount: mwhText(capWh) }],
  }));
  return {
    lines: excessSaleLines(frame, picker, all),
    accounts: [counterAccount('excess sold to the grid', 'sold', counted)],
    counted,
  };
}

/** Sold in order of time, under the cap on what was produced until the end of each part. */
function withinCap(
  { elections }: Frame,
  volumes: Volumes,
  parts: readonly Span[],
  of: { readonly soldWh: Decimal; readonly producedWh: Decimal },
): { readonly wh: readonly Decimal[]; readonly capWh: Decimal } {
  let { soldWh, producedWh } = of;
  let capWh = ZERO;
  const wh = parts.flatMap((part) => {
    producedWh = producedWh.plus(sumIn(volumes.injected, part));
    const result = excessSold(volumes.excess!.slice(part.from, part.to), {
      ...{ capPct: elections.volume.excess.capPct!, productionWh: producedWh },
      soldBeforeWh: soldWh,
    });
    soldWh = soldWh.plus(sumOf(result.sold));
    ({ capWh } = result);
    return result.sold;
  });
  return { wh, capWh };
}

/**
 * In which hours the months sold what they sold: as they would on these series. Where that is not what the
 * account says, the first excess of the year is taken for it.
 */
function soldBefore(
  frame: Frame,
  volumes: Volumes,
  span: Span,
  openingWh: Decimal,
): readonly Decimal[] {
  const parts = billedParts(frame).filter(({ from, to }) => span.from <= from && to <= span.to);
  const { wh } = withinCap(frame, volumes, parts, { soldWh: ZERO, producedWh: ZERO });
  if (sumOf(wh).equals(openingWh)) return wh;
  let leftWh = openingWh;
  return volumes.excess!.slice(span.from, span.to).map((one) => {
    const part = Decimal.min(Decimal.max(one, 0), leftWh);
    leftWh = leftWh.minus(part);
    return part;
  });
}
