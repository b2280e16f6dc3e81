import { assert } from '../errors.js';
import { type Credits, listForUnits, startCredits } from './credits.js';
import { type Cell, type HourInput, stableOrder, type TieRule, tiersOf } from './hour.js';

/** Demands of one tier that may draw on the same supplies in the same order. */
interface Group {
  /** Demand rows, in the order that decides ties. */
  readonly demands: readonly number[];
  /** Supply rows of each supply tier, in the order that decides ties. */
  readonly supplyTiers: readonly (readonly number[])[];
}

/** What is left of an hour while rounds are played, and who has got what. */
export interface Spread {
  readonly demandLeftWh: Float64Array;
  readonly supplyLeftWh: Float64Array;
  readonly supplyCount: number;
  /** Wh by pair: `demand × supplyCount + supply`. */
  readonly flowWh: Float64Array;
  /** Demand rows of each demand tier, in stable order. */
  readonly demandTiers: readonly (readonly number[])[];
  /** Per demand row, its supply tiers in stable order. */
  readonly supplyTiersOf: readonly (readonly (readonly number[])[])[];
  /** Groups of each demand tier. */
  readonly groups: readonly (readonly Group[])[];
  readonly ties: Ties;
}

/** Who comes first: rank of each row where one must be picked, and credits towards odd units. */
interface Ties {
  readonly rule: TieRule;
  readonly demandRank: Int32Array;
  readonly supplyRank: Int32Array;
  /** Place of each demand among the receivers of a supply. */
  readonly receiverRank: Int32Array;
  readonly demandCredits: Credits;
  readonly supplyCredits: Credits;
}

/** Sets up an hour for rounds. */
export function startSpread(hour: HourInput, rule: TieRule): Spread {
  const tiers = tiersOf(hour);
  const isStable = rule === 'largest-remainder';
  const inputOrder = (count: number): Int32Array =>
    Int32Array.from({ length: count }, (_, at) => at);
  const demandRank = isStable ? ranksOf(hour.demand) : inputOrder(hour.demand.length);
  const supplyRank = isStable ? ranksOf(hour.supply) : inputOrder(hour.supply.length);
  const receiverRank = new Int32Array(demandRank);
  if (!isStable) tiers.demand.flat().forEach((row, at) => (receiverRank[row] = at));
  const arranged = new Map<readonly (readonly number[])[], readonly (readonly number[])[]>();
  const arrange = (listed: readonly (readonly number[])[]): readonly (readonly number[])[] => {
    if (!isStable) return listed;
    const known = arranged.get(listed);
    if (known !== undefined) return known;
    const sorted = listed.map((tier) => tier.toSorted((a, b) => supplyRank[a]! - supplyRank[b]!));
    arranged.set(listed, sorted);
    return sorted;
  };
  const supplyTiersOf = tiers.supplyOf.map(arrange);
  const demandTiers = tiers.demand.map((tier) =>
    tier.toSorted((a, b) => receiverRank[a]! - receiverRank[b]!),
  );
  return {
    demandLeftWh: Float64Array.from(hour.demand, ({ wh }) => wh),
    supplyLeftWh: Float64Array.from(hour.supply, ({ wh }) => wh),
    supplyCount: hour.supply.length,
    flowWh: new Float64Array(hour.demand.length * hour.supply.length),
    demandTiers,
    supplyTiersOf,
    groups: demandTiers.map((tier) => groupsOf(tier, supplyTiersOf)),
    ties: {
      ...{ rule, demandRank, supplyRank, receiverRank },
      demandCredits: startCredits(hour.demand.length),
      supplyCredits: startCredits(hour.supply.length),
    },
  };
}

function ranksOf(rows: readonly { readonly id: string }[]): Int32Array {
  const ranks = new Int32Array(rows.length);
  stableOrder(rows).forEach((row, at) => (ranks[row] = at));
  return ranks;
}

function groupsOf(
  tier: readonly number[],
  supplyTiersOf: Spread['supplyTiersOf'],
): readonly Group[] {
  const byTiers = new Map<Group['supplyTiers'], number[]>();
  for (const demand of tier) {
    const supplyTiers = supplyTiersOf[demand]!;
    const known = byTiers.get(supplyTiers);
    if (known === undefined) byTiers.set(supplyTiers, [demand]);
    else known.push(demand);
  }
  return [...byTiers].map(([supplyTiers, demands]) => ({ demands, supplyTiers }));
}

/** A group while its tier is played. Every demand in it has got the same from every supply. */
interface Running {
  /** Demand rows with volume left. */
  demands: number[];
  /** Supply rows with volume left in the first supply tier that has any. */
  supplies: number[];
  readonly supplyTiers: readonly (readonly number[])[];
  tierAt: number;
  /** Wh that each of `demands` has drawn on each supply, beside odd units. */
  readonly levelWh: Float64Array;
}

/**
 * Plays the rounds of one demand tier to the end (METHOD 4.3, steps 1 to 4): every route of a round
 * receives the same whole number of Wh; where that is none, one entity hands out its odd units.
 * A round costs as much as there are rows, not routes: what a group has drawn is kept as one level.
 */
export function playTier(spread: Spread, tierAt: number): void {
  const running = spread.groups[tierAt]!.map((group): Running => ({
    demands: [...group.demands],
    supplies: [],
    supplyTiers: group.supplyTiers,
    tierAt: -1,
    levelWh: new Float64Array(spread.supplyCount),
  }));
  const takers = new Int32Array(spread.supplyCount);
  const roundLimit = 2 * (spread.demandLeftWh.length + spread.supplyCount);
  for (let rounds = 0; ; rounds += 1) {
    const routed = running.filter((group) => refresh(spread, group));
    if (routed.length === 0) return;
    assert(rounds < roundLimit, 'tiered-spread: rounds never exceed twice the rows');
    takers.fill(0);
    for (const { demands, supplies } of routed) {
      for (const supply of supplies) takers[supply] = takers[supply]! + demands.length;
    }
    const evenWh = evenShare(spread, routed, takers);
    if (evenWh >= 1) giveEvenly(spread, routed, evenWh);
    else giveOddUnits(spread, routed, takers);
  }
}

/** Drops what is used up; false once the group has no route, with its flows written down. */
function refresh(spread: Spread, group: Running): boolean {
  const { demandLeftWh, supplyLeftWh } = spread;
  if (group.demands.length === 0) return false;
  const done = group.demands.filter((demand) => demandLeftWh[demand] === 0);
  if (done.length > 0) {
    writeFlows(spread, group, done);
    group.demands = group.demands.filter((demand) => demandLeftWh[demand]! > 0);
    if (group.demands.length === 0) return false;
  }
  group.supplies = group.supplies.filter((supply) => supplyLeftWh[supply]! > 0);
  while (group.supplies.length === 0 && group.tierAt + 1 < group.supplyTiers.length) {
    group.tierAt += 1;
    const tier = group.supplyTiers[group.tierAt]!;
    group.supplies = tier.filter((supply) => supplyLeftWh[supply]! > 0);
  }
  if (group.supplies.length > 0) return true;
  writeFlows(spread, group, group.demands);
  group.demands = [];
  return false;
}

function writeFlows(spread: Spread, { levelWh }: Running, demands: readonly number[]): void {
  const { flowWh, supplyCount } = spread;
  for (const demand of demands) {
    const from = demand * supplyCount;
    for (let supply = 0; supply < supplyCount; supply += 1) {
      flowWh[from + supply] = flowWh[from + supply]! + levelWh[supply]!;
    }
  }
}

function evenShare(spread: Spread, routed: readonly Running[], takers: Int32Array): number {
  const { demandLeftWh, supplyLeftWh } = spread;
  let evenWh = Infinity;
  for (const { demands, supplies } of routed) {
    let leastWh = Infinity;
    for (const demand of demands) leastWh = Math.min(leastWh, demandLeftWh[demand]!);
    evenWh = Math.min(evenWh, Math.floor(leastWh / supplies.length));
    for (const supply of supplies) {
      evenWh = Math.min(evenWh, Math.floor(supplyLeftWh[supply]! / takers[supply]!));
    }
  }
  return evenWh;
}

function giveEvenly(
  { demandLeftWh, supplyLeftWh }: Spread,
  routed: readonly Running[],
  evenWh: number,
): void {
  for (const { demands, supplies, levelWh } of routed) {
    const perDemandWh = evenWh * supplies.length;
    for (const demand of demands) demandLeftWh[demand] = demandLeftWh[demand]! - perDemandWh;
    const perSupplyWh = evenWh * demands.length;
    for (const supply of supplies) {
      supplyLeftWh[supply] = supplyLeftWh[supply]! - perSupplyWh;
      levelWh[supply] = levelWh[supply]! + evenWh;
    }
  }
}

/** Step 4: the first entity with less than it has routes gives one unit to as many counterparts. */
function giveOddUnits(spread: Spread, routed: readonly Running[], takers: Int32Array): void {
  const { demandLeftWh, supplyLeftWh, ties } = spread;
  let scarce: { readonly demand: number; readonly group: Running } | null = null;
  for (const group of routed) {
    for (const demand of group.demands) {
      if (demandLeftWh[demand]! >= group.supplies.length) continue;
      if (scarce === null || ties.demandRank[demand]! < ties.demandRank[scarce.demand]!) {
        scarce = { demand, group };
      }
    }
  }
  if (scarce !== null) {
    const { demand, group } = scarce;
    const units = demandLeftWh[demand]!;
    for (const supply of receiversOf(ties, ties.supplyCredits, group.supplies, units)) {
      give(spread, { demand, supply, wh: 1 });
    }
    return;
  }
  let first = -1;
  for (const { supplies } of routed) {
    for (const supply of supplies) {
      if (supplyLeftWh[supply]! >= takers[supply]!) continue;
      if (first < 0 || ties.supplyRank[supply]! < ties.supplyRank[first]!) first = supply;
    }
  }
  const holding = routed.filter(({ supplies }) => supplies.includes(first));
  const listed = holding.flatMap(({ demands }) => demands);
  if (holding.length > 1) listed.sort((a, b) => ties.receiverRank[a]! - ties.receiverRank[b]!);
  const units = supplyLeftWh[first]!;
  for (const demand of receiversOf(ties, ties.demandCredits, listed, units)) {
    give(spread, { demand, supply: first, wh: 1 });
  }
}

function receiversOf(
  { rule }: Ties,
  credits: Credits,
  listed: readonly number[],
  units: number,
): readonly number[] {
  return rule === 'first-listed' ? listed.slice(0, units) : listForUnits(credits, listed, units);
}

/** Moves Wh along one pair. A negative amount takes back. */
export function give(spread: Spread, { demand, supply, wh }: Cell): void {
  const { flowWh, supplyCount, demandLeftWh, supplyLeftWh } = spread;
  const pair = demand * supplyCount + supply;
  flowWh[pair] = flowWh[pair]! + wh;
  demandLeftWh[demand] = demandLeftWh[demand]! - wh;
  supplyLeftWh[supply] = supplyLeftWh[supply]! - wh;
}

/** The pairs that have got anything, by demand row, then supply row. */
export function cellsOf({ flowWh, supplyCount }: Spread): Cell[] {
  const cells: Cell[] = [];
  for (let pair = 0; pair < flowWh.length; pair += 1) {
    const wh = flowWh[pair]!;
    if (wh <= 0) continue;
    cells.push({ demand: Math.floor(pair / supplyCount), supply: pair % supplyCount, wh });
  }
  return cells;
}
