import { assert } from '../../errors.js';
import type { Cell, HourInput, Policy } from './hour.js';
import { cellsOf, give, playTier, type Spread, startSpread } from './spread.js';

/**
 * `maximal` (METHOD 4.3): tier by tier, first the `tiered-spread` rounds of the tier, then shortest
 * augmenting paths (breadth first, Edmonds and Karp 1972) while one of its demands has unmet volume
 * and reaches spare supply. The result is a maximum flow, and lexicographic by tier: tiers 1..t
 * together get the most they can, for every t. No total of a row is lowered; only pairings move.
 */
export const maximal: Policy = (hour) => matchMaximally(hour).cells;

/** The rows of a minimum cut: positions in an hour's demand and supply. */
export interface CutRows {
  /** Demand rows that unmet demand reaches by re-pairing; every supply they may draw on is spent. */
  readonly reachedDemand: readonly number[];
  /** Supply rows eligible for those demands, all exhausted. */
  readonly exhaustedSupply: readonly number[];
}

/** A minimum cut: why no more can be matched. */
export interface CutProof extends CutRows {
  /** Σ demand of all other rows + Σ supply of the exhausted rows = matched total. */
  readonly cutWh: number;
}

/**
 * Matches one hour maximally and proves it.
 *
 * @returns The cells, and the minimum cut whose capacity equals the matched total.
 */
export function matchMaximally(hour: HourInput): {
  readonly cells: readonly Cell[];
  readonly proof: CutProof;
} {
  const { spread, proof } = spreadMaximally(hour);
  return { cells: cellsOf(spread), proof };
}

/** As `matchMaximally`, with what is left of every row. */
export function spreadMaximally(hour: HourInput): {
  readonly spread: Spread;
  readonly proof: CutProof;
} {
  const spread = startSpread(hour, 'largest-remainder');
  const search = startSearch(spread);
  spread.demandTiers.forEach((tier, tierAt) => {
    playTier(spread, tierAt);
    while (reach(search, tier, true)) push(search);
  });
  return { spread, proof: proveMaximum(hour, search) };
}

/** A breadth-first search over the pairs so far, with its scratch. */
interface Search {
  readonly spread: Spread;
  /** Every listed demand, by tier, then stable id. */
  readonly listed: readonly number[];
  /** Where the search came from: for supplies the demand, for demands the supply; −1 = not reached. */
  readonly supplyFrom: Int32Array;
  readonly demandFrom: Int32Array;
  readonly queue: Int32Array;
  queued: number;
  /** The first supply with spare volume; −1 = none. */
  found: number;
}

const NOT_REACHED = -1;
const SOURCE = -2;

function startSearch(spread: Spread): Search {
  const demandCount = spread.demandLeftWh.length;
  return {
    spread,
    listed: spread.demandTiers.flat(),
    supplyFrom: new Int32Array(spread.supplyCount),
    demandFrom: new Int32Array(demandCount),
    queue: new Int32Array(demandCount),
    queued: 0,
    found: NOT_REACHED,
  };
}

/** Spreads from demands with unmet volume over all pairs; true when it stopped at spare supply. */
function reach(search: Search, sources: readonly number[], stopsAtSpare: boolean): boolean {
  const { spread, supplyFrom, demandFrom, queue } = search;
  const { demandLeftWh, supplyLeftWh, supplyTiersOf } = spread;
  supplyFrom.fill(NOT_REACHED);
  demandFrom.fill(NOT_REACHED);
  search.queued = 0;
  for (const demand of sources) {
    if (demandLeftWh[demand] === 0) continue;
    demandFrom[demand] = SOURCE;
    queue[search.queued] = demand;
    search.queued += 1;
  }
  for (let head = 0; head < search.queued; head += 1) {
    const demand = queue[head]!;
    for (const tier of supplyTiersOf[demand]!) {
      for (const supply of tier) {
        if (supplyFrom[supply] !== NOT_REACHED) continue;
        supplyFrom[supply] = demand;
        if (stopsAtSpare && supplyLeftWh[supply]! > 0) {
          search.found = supply;
          return true;
        }
        queueHolders(search, supply);
      }
    }
  }
  return false;
}

/** Demands that hold something of a supply could give it up and draw elsewhere. */
function queueHolders(search: Search, supply: number): void {
  const { demandFrom, queue } = search;
  const { flowWh, supplyCount } = search.spread;
  for (const holder of search.listed) {
    if (demandFrom[holder] !== NOT_REACHED || flowWh[holder * supplyCount + supply] === 0) continue;
    demandFrom[holder] = supply;
    queue[search.queued] = holder;
    search.queued += 1;
  }
}

/** Sends the bottleneck along the path found: each demand takes from the next, frees the last. */
function push({ spread, supplyFrom, demandFrom, found }: Search): void {
  const { demandLeftWh, supplyLeftWh, flowWh, supplyCount } = spread;
  let wh = supplyLeftWh[found]!;
  const steps: { readonly demand: number; readonly from: number; readonly to: number }[] = [];
  for (let to = found; to >= 0;) {
    const demand = supplyFrom[to]!;
    const from = demandFrom[demand]!;
    wh = Math.min(wh, from < 0 ? demandLeftWh[demand]! : flowWh[demand * supplyCount + from]!);
    steps.push({ demand, from, to });
    to = from;
  }
  assert(wh > 0, 'maximal: a path carries something');
  for (const { demand, from, to } of steps) {
    if (from >= 0) give(spread, { demand, supply: from, wh: -wh });
    give(spread, { demand, supply: to, wh });
  }
}

function proveMaximum(hour: HourInput, search: Search): CutProof {
  const { spread, listed, supplyFrom, demandFrom } = search;
  reach(search, listed, false);
  const reachedDemand = rowsWhere(demandFrom, (from) => from !== NOT_REACHED);
  const exhaustedSupply = rowsWhere(supplyFrom, (from) => from !== NOT_REACHED);
  let cutWh = 0;
  for (const row of listed) if (demandFrom[row] === NOT_REACHED) cutWh += hour.demand[row]!.wh;
  for (const row of exhaustedSupply) cutWh += hour.supply[row]!.wh;
  let matchedWh = 0;
  hour.demand.forEach(({ wh }, row) => (matchedWh += wh - spread.demandLeftWh[row]!));
  assert(cutWh === matchedWh, 'maximal: the minimum cut equals the matched total');
  return { reachedDemand, exhaustedSupply, cutWh };
}

function rowsWhere(values: Int32Array, is: (value: number) => boolean): number[] {
  const rows: number[] = [];
  values.forEach((value, row) => is(value) && rows.push(row));
  return rows;
}
