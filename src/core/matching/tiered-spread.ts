import { assert } from '../errors.js';
import { addFraction, compareFractions, type Fraction, ZERO } from '../math/fraction.js';
import {
  type Cell,
  type HourInput,
  type Policy,
  stableOrder,
  type TieRule,
  type Tiers,
  tiersOf,
} from './hour.js';

/** What is left of an hour while rounds are played, and who has got what. */
export interface SpreadState {
  readonly demandLeftWh: Float64Array;
  readonly supplyLeftWh: Float64Array;
  /** Wh by pair: `demand × supply count + supply`. */
  readonly flowWh: Map<number, number>;
  readonly supplyCount: number;
  readonly tiers: Tiers;
  /** Rank of each row in stable id order. */
  readonly demandRank: Float64Array;
  readonly supplyRank: Float64Array;
  readonly tieRule: TieRule;
  /** Credit of each row towards odd units, zero at the start of the hour. */
  readonly demandCredit: Fraction[];
  readonly supplyCredit: Fraction[];
}

/**
 * `tiered-spread` (METHOD 4.3; after the 24/7 SDK's spread matcher, Energy Web, MIT): demand tiers
 * in order, each demand routed to its first supply tier that has volume, every route of a round
 * receiving the same whole number of Wh; odd units by the tie rule. A tier without a route is passed
 * over, so lower tiers are still served.
 */
export const tieredSpread: Policy = (hour, tieRule) => {
  const state = startSpread(hour, tieRule);
  const roundLimit = 2 * (hour.demand.length + hour.supply.length);
  let rounds = 0;
  for (let routes = nextRoutes(state); routes.length > 0; routes = nextRoutes(state)) {
    rounds += 1;
    assert(rounds <= roundLimit, 'tiered-spread: rounds never exceed twice the rows');
    playRound(state, routes);
  }
  return cellsOf(state);
};

/** Sets up an hour for rounds. */
export function startSpread(hour: HourInput, tieRule: TieRule): SpreadState {
  const rank = (rows: readonly { readonly id: string }[]): Float64Array => {
    const ranks = new Float64Array(rows.length);
    stableOrder(rows).forEach((at, position) => (ranks[at] = position));
    return ranks;
  };
  return {
    demandLeftWh: Float64Array.from(hour.demand, ({ wh }) => wh),
    supplyLeftWh: Float64Array.from(hour.supply, ({ wh }) => wh),
    flowWh: new Map(),
    supplyCount: hour.supply.length,
    tiers: tiersOf(hour),
    demandRank: rank(hour.demand),
    supplyRank: rank(hour.supply),
    tieRule,
    demandCredit: hour.demand.map(() => ZERO),
    supplyCredit: hour.supply.map(() => ZERO),
  };
}

/** One demand row, and the supply rows it may draw on in this round. */
interface Route {
  readonly demand: number;
  readonly supplies: readonly number[];
}

/** The routes of the first demand tier that has any. */
function nextRoutes(state: SpreadState): Route[] {
  for (const tier of state.tiers.demand) {
    const routes = routesOfTier(state, tier);
    if (routes.length > 0) return routes;
  }
  return [];
}

/**
 * The routes of one demand tier: each demand with volume left goes to all supplies with volume left
 * in its own first supply tier that has any.
 */
export function routesOfTier(state: SpreadState, tier: readonly number[]): Route[] {
  return tier.flatMap((demand) => {
    if (state.demandLeftWh[demand] === 0) return [];
    for (const supplyTier of state.tiers.supplyOf[demand]!) {
      const supplies = supplyTier.filter((supply) => state.supplyLeftWh[supply]! > 0);
      if (supplies.length > 0) return [{ demand, supplies }];
    }
    return [];
  });
}

/** Steps 2 to 4 of METHOD 4.3: the same whole amount on every route, or odd units of one entity. */
export function playRound(state: SpreadState, routes: readonly Route[]): void {
  const takersOf = new Map<number, number[]>();
  for (const { demand, supplies } of routes) {
    for (const supply of supplies) {
      const takers = takersOf.get(supply);
      if (takers === undefined) takersOf.set(supply, [demand]);
      else takers.push(demand);
    }
  }
  let evenWh = Infinity;
  for (const { demand, supplies } of routes) {
    evenWh = Math.min(evenWh, Math.floor(state.demandLeftWh[demand]! / supplies.length));
  }
  for (const [supply, takers] of takersOf) {
    evenWh = Math.min(evenWh, Math.floor(state.supplyLeftWh[supply]! / takers.length));
  }
  if (evenWh >= 1) {
    for (const { demand, supplies } of routes) {
      for (const supply of supplies) give(state, { demand, supply, wh: evenWh });
    }
    return;
  }
  giveOddUnits(state, routes, takersOf);
}

function giveOddUnits(
  state: SpreadState,
  routes: readonly Route[],
  takersOf: ReadonlyMap<number, readonly number[]>,
): void {
  const byRule = state.tieRule === 'first-listed';
  const scarceDemand = routes
    .filter(({ demand, supplies }) => state.demandLeftWh[demand]! < supplies.length)
    .sort((a, b) =>
      byRule ? a.demand - b.demand : state.demandRank[a.demand]! - state.demandRank[b.demand]!,
    )[0];
  if (scarceDemand !== undefined) {
    const { demand, supplies } = scarceDemand;
    const units = state.demandLeftWh[demand]!;
    const receivers = chooseReceivers(state, {
      units,
      listed: supplies,
      credit: state.supplyCredit,
      rank: state.supplyRank,
    });
    for (const supply of receivers) give(state, { demand, supply, wh: 1 });
    return;
  }
  const [supply, takers] = [...takersOf]
    .filter(([at, to]) => state.supplyLeftWh[at]! < to.length)
    .sort(([a], [b]) => (byRule ? a - b : state.supplyRank[a]! - state.supplyRank[b]!))[0]!;
  const receivers = chooseReceivers(state, {
    units: state.supplyLeftWh[supply]!,
    listed: takers,
    credit: state.demandCredit,
    rank: state.demandRank,
  });
  for (const demand of receivers) give(state, { demand, supply, wh: 1 });
}

/** Which of the counterparts receive one unit each, and their credits afterwards. */
function chooseReceivers(
  { tieRule }: SpreadState,
  {
    units,
    listed,
    credit,
    rank,
  }: {
    readonly units: number;
    readonly listed: readonly number[];
    readonly credit: Fraction[];
    readonly rank: Float64Array;
  },
): readonly number[] {
  if (tieRule === 'first-listed') return listed.slice(0, units);
  for (const at of listed) credit[at] = addFraction(credit[at]!, units, listed.length);
  const receivers = listed
    .toSorted((a, b) => compareFractions(credit[b]!, credit[a]!) || rank[a]! - rank[b]!)
    .slice(0, units);
  for (const at of receivers) credit[at] = addFraction(credit[at]!, -1, 1);
  return receivers;
}

/** Moves Wh along one pair. A negative amount takes back. */
export function give(state: SpreadState, { demand, supply, wh }: Cell): void {
  const key = demand * state.supplyCount + supply;
  state.flowWh.set(key, (state.flowWh.get(key) ?? 0) + wh);
  state.demandLeftWh[demand] = state.demandLeftWh[demand]! - wh;
  state.supplyLeftWh[supply] = state.supplyLeftWh[supply]! - wh;
}

/** The pairs that have got anything. */
export function cellsOf({ flowWh, supplyCount }: SpreadState): Cell[] {
  return [...flowWh]
    .filter(([, wh]) => wh > 0)
    .map(([key, wh]) => ({
      demand: Math.floor(key / supplyCount),
      supply: key % supplyCount,
      wh,
    }));
}
