import { assert } from '../errors.js';
import type { Cell, HourInput, Policy } from './hour.js';
import {
  cellsOf,
  give,
  playRound,
  routesOfTier,
  type SpreadState,
  startSpread,
} from './tiered-spread.js';

/**
 * `maximal` (METHOD 4.3): tier by tier, first the `tiered-spread` rounds of the tier, then shortest
 * augmenting paths (breadth first, Edmonds and Karp 1972) while one of its demands has unmet volume
 * and reaches spare supply. The result is a maximum flow, and lexicographic by tier: tiers 1..t
 * together get the most they can, for every t. No total of a row is lowered; only pairings move.
 */
export const maximal: Policy = (hour) => matchMaximally(hour).cells;

/** A minimum cut: why no more can be matched. All Wh. */
export interface CutProof {
  /** Demand rows that unmet demand reaches by re-pairing; every supply they may draw on is spent. */
  readonly reachedDemand: readonly number[];
  /** Supply rows eligible for those demands, all exhausted. */
  readonly exhaustedSupply: readonly number[];
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
  const state = startSpread(hour, 'largest-remainder');
  const listed = new Set<number>();
  for (const tier of state.tiers.demand) {
    tier.forEach((demand) => listed.add(demand));
    for (let routes = routesOfTier(state, tier); routes.length > 0;) {
      playRound(state, routes);
      routes = routesOfTier(state, tier);
    }
    const sources = tier.toSorted((a, b) => state.demandRank[a]! - state.demandRank[b]!);
    for (let path = shortestPath(state, sources); path !== null;) {
      push(state, path);
      path = shortestPath(state, sources);
    }
  }
  const cells = cellsOf(state);
  return { cells, proof: proveMaximum(hour, state, { listed, cells }) };
}

/** Where the search came from: for supplies the demand, for demands the supply (or none). */
interface Search {
  readonly supplyFrom: Map<number, number>;
  readonly demandFrom: Map<number, number | null>;
}

/** Demand, supply, demand, supply, …: ends at a supply with spare volume. */
type Path = readonly number[];

/** Spreads from demands with unmet volume over all pairs so far, until `stop` or nothing is new. */
function search(
  state: SpreadState,
  sources: readonly number[],
  stop: (supply: number) => boolean,
): { readonly found: number | null; readonly trail: Search } {
  const trail: Search = { supplyFrom: new Map(), demandFrom: new Map() };
  const queue = sources.filter((demand) => state.demandLeftWh[demand]! > 0);
  queue.forEach((demand) => trail.demandFrom.set(demand, null));
  const holdersOf = holdersBySupply(state);
  for (let head = 0; head < queue.length; head += 1) {
    const demand = queue[head]!;
    for (const tier of state.tiers.supplyOf[demand]!) {
      for (const supply of tier.toSorted((a, b) => state.supplyRank[a]! - state.supplyRank[b]!)) {
        if (trail.supplyFrom.has(supply)) continue;
        trail.supplyFrom.set(supply, demand);
        if (stop(supply)) return { found: supply, trail };
        for (const holder of holdersOf.get(supply) ?? []) {
          if (trail.demandFrom.has(holder)) continue;
          trail.demandFrom.set(holder, supply);
          queue.push(holder);
        }
      }
    }
  }
  return { found: null, trail };
}

function holdersBySupply(state: SpreadState): ReadonlyMap<number, readonly number[]> {
  const holders = new Map<number, number[]>();
  for (const [key, wh] of state.flowWh) {
    if (wh === 0) continue;
    const supply = key % state.supplyCount;
    const known = holders.get(supply) ?? [];
    known.push(Math.floor(key / state.supplyCount));
    holders.set(supply, known);
  }
  const tierOf = new Map<number, number>();
  state.tiers.demand.forEach((tier, at) => tier.forEach((demand) => tierOf.set(demand, at)));
  for (const list of holders.values()) {
    list.sort(
      (a, b) => tierOf.get(a)! - tierOf.get(b)! || state.demandRank[a]! - state.demandRank[b]!,
    );
  }
  return holders;
}

function shortestPath(state: SpreadState, sources: readonly number[]): Path | null {
  const { found, trail } = search(state, sources, (supply) => state.supplyLeftWh[supply]! > 0);
  if (found === null) return null;
  const path: number[] = [];
  for (let supply: number | null = found; supply !== null;) {
    const demand: number = trail.supplyFrom.get(supply)!;
    path.unshift(demand, supply);
    supply = trail.demandFrom.get(demand) ?? null;
  }
  return path;
}

/** Sends the bottleneck along a path: each demand takes from the next supply and frees the last. */
function push(state: SpreadState, path: Path): void {
  let wh = Math.min(state.demandLeftWh[path[0]!]!, state.supplyLeftWh[path.at(-1)!]!);
  for (let at = 2; at < path.length; at += 2) {
    wh = Math.min(wh, state.flowWh.get(path[at]! * state.supplyCount + path[at - 1]!)!);
  }
  assert(wh > 0, 'maximal: a path carries something');
  for (let at = 0; at < path.length; at += 2) {
    if (at > 0) give(state, { demand: path[at]!, supply: path[at - 1]!, wh: -wh });
    give(state, { demand: path[at]!, supply: path[at + 1]!, wh });
  }
}

function proveMaximum(
  hour: HourInput,
  state: SpreadState,
  { listed, cells }: { readonly listed: ReadonlySet<number>; readonly cells: readonly Cell[] },
): CutProof {
  const { trail } = search(state, [...listed], () => false);
  const reachedDemand = [...trail.demandFrom.keys()].sort((a, b) => a - b);
  const exhaustedSupply = [...trail.supplyFrom.keys()].sort((a, b) => a - b);
  const reached = new Set(reachedDemand);
  let cutWh = 0;
  hour.demand.forEach(({ wh }, row) => {
    if (listed.has(row) && !reached.has(row)) cutWh += wh;
  });
  for (const supply of exhaustedSupply) cutWh += hour.supply[supply]!.wh;
  const matchedWh = cells.reduce((total, { wh }) => total + wh, 0);
  assert(cutWh === matchedWh, 'maximal: the minimum cut equals the matched total');
  return { reachedDemand, exhaustedSupply, cutWh };
}
