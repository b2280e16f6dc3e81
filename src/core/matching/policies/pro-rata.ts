import { apportion, type ApportionBuffers, apportionInto } from '../../math/apportion.js';
import { sumWattHours } from '../../units/energy.js';
import { type Cell, type Policy, requirePool, stableOrder } from './hour.js';

/**
 * `pro-rata` (METHOD 4.3): every demand gets the pool's mix. `M = min(ΣL, ΣG)`; demand totals are
 * `apportion(M, L)`, supply totals `apportion(M, G)`; the pairs follow by the two-way rounding rule
 * of `pairCells`. Tiers only say who is eligible, and in a pool everyone is.
 *
 * @throws DomainError `matching.pool_required`
 */
export const proRata: Policy = (hour) => {
  requirePool(hour);
  const demandOrder = stableOrder(hour.demand);
  const supplyOrder = stableOrder(hour.supply);
  const loadWh = Float64Array.from(demandOrder, (row) => hour.demand[row]!.wh);
  const generationWh = Float64Array.from(supplyOrder, (row) => hour.supply[row]!.wh);
  const matched = matchPool(loadWh, generationWh);
  return pairCells(matched.demandWh, matched.supplyWh).map(({ demand, supply, wh }) => ({
    demand: demandOrder[demand]!,
    supply: supplyOrder[supply]!,
    wh,
  }));
};

/** Row totals of one pool and hour; both sides sum to the same matched energy. */
export interface PoolMatch {
  /** Wh covered of each demand row. */
  readonly demandWh: Float64Array;
  /** Wh spent of each supply row. */
  readonly supplyWh: Float64Array;
}

/**
 * Row totals of one hour of a pool.
 *
 * @param loadWh        Wh per demand row, in stable id order.
 * @param generationWh  Wh per supply row, in stable id order.
 */
export function matchPool(loadWh: Float64Array, generationWh: Float64Array): PoolMatch {
  const matchedWh = Math.min(sumWattHours(loadWh), sumWattHours(generationWh));
  return {
    demandWh: apportion(matchedWh, loadWh),
    supplyWh: apportion(matchedWh, generationWh),
  };
}

/**
 * The pairs behind row totals, by the two-way rounding rule (METHOD 4.3): supplies in stable id
 * order, each total apportioned over the demands' still unfilled shares. Row and column sums are
 * kept exactly, so only the row totals need to be posted; the pairs are derived on demand.
 *
 * @param demandWh  Wh covered of each demand row, in stable id order.
 * @param supplyWh  Wh spent of each supply row, in stable id order; the same sum.
 * @returns         Non-zero cells, by supply, then demand.
 */
export function pairCells(demandWh: Float64Array, supplyWh: Float64Array): Cell[] {
  const unfilledWh = demandWh.slice();
  const cells: Cell[] = [];
  supplyWh.forEach((totalWh, supply) => {
    if (totalWh === 0) return;
    const shares = apportion(totalWh, unfilledWh);
    shares.forEach((wh, demand) => {
      if (wh === 0) return;
      unfilledWh[demand] = unfilledWh[demand]! - wh;
      cells.push({ demand, supply, wh });
    });
  });
  return cells;
}

/** A rectangle of hours × rows, hour by hour: `values[hour × rowCount + row]`, Wh. */
export interface HourlyMatrix {
  readonly values: Float64Array;
  readonly rowCount: number;
}

/**
 * Row totals of a pool over many hours, without an allocation per hour: a year of 200 meters and 30
 * plants in a fraction of a second.
 *
 * @param load        Wh, rows in stable id order.
 * @param generation  Wh, rows in stable id order, the same hours.
 * @returns           Wh covered and spent, in the shape of the inputs.
 */
export function matchPoolHours(load: HourlyMatrix, generation: HourlyMatrix): PoolMatch {
  const demandWh = new Float64Array(load.values.length);
  const supplyWh = new Float64Array(generation.values.length);
  const remainders = new Float64Array(Math.max(load.rowCount, generation.rowCount));
  const hourCount = load.values.length / load.rowCount;
  for (let hour = 0; hour < hourCount; hour += 1) {
    const demandRow = row(hour, load, { out: demandWh, remainders });
    const supplyRow = row(hour, generation, { out: supplyWh, remainders });
    const matchedWh = Math.min(sumWattHours(demandRow.weights), sumWattHours(supplyRow.weights));
    apportionInto(matchedWh, demandRow.weights, demandRow.into);
    apportionInto(matchedWh, supplyRow.weights, supplyRow.into);
  }
  return { demandWh, supplyWh };
}

function row(
  hour: number,
  { values, rowCount }: HourlyMatrix,
  { out, remainders }: { readonly out: Float64Array; readonly remainders: Float64Array },
): { readonly weights: Float64Array; readonly into: ApportionBuffers } {
  const from = hour * rowCount;
  return {
    weights: values.subarray(from, from + rowCount),
    into: {
      shares: out.subarray(from, from + rowCount),
      remainders: remainders.subarray(0, rowCount),
    },
  };
}
