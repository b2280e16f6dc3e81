import { assert } from '../../errors.js';
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
      rule,
      demandRank,
      supplyRank,
      receiverRank,
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

/**
 * A group while its tier is played. Every demand in it has got the same from every supply. Rows with
 * volume left stand at the front of their list, in its order.
 */
interface Running {
  readonly demands: Int32Array;
  demandCount: number;
  /** Of the first supply tier that has any with volume left. */
  supplies: Int32Array;
  supplyCount: number;
  readonly supplyTiers: readonly (readonly number[])[];
  tierAt: number;
  /** Wh that each of `demands` has drawn on each supply, beside odd units. */
  readonly levelWh: Float64Array;
}

const NONE = new Int32Array(0);

/**
 * Plays the rounds of one demand tier to the end (METHOD 4.3, steps 1 to 4): every route of a round
 * receives the same whole number of Wh; where that is none, one entity hands out its odd units.
 * A round costs as much as there are rows, not routes: what a group has drawn is kept as one level.
 */
export function playTier(spread: Spread, tierAt: number): void {
  const running = spread.groups[tierAt]!.map((group): Running => ({
    demands: Int32Array.from(group.demands),
    demandCount: group.demands.length,
    supplies: NONE,
    supplyCount: 0,
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
    for (const { supplies, supplyCount, demandCount } of routed) {
      for (let at = 0; at < supplyCount; at += 1) {
        takers[supplies[at]!] = takers[supplies[at]!]! + demandCount;
      }
    }
    const evenWh = evenShare(spread, routed, takers);
    if (evenWh >= 1) for (const group of routed) giveEvenly(spread, group, evenWh);
    else giveOddUnits(spread, routed, takers);
  }
}

/** Drops what is used up; false once the group has no route, with its flows written down. */
function refresh(spread: Spread, group: Running): boolean {
  const { demandLeftWh, supplyLeftWh } = spread;
  const { demands, demandCount, supplyTiers } = group;
  if (demandCount === 0) return false;
  group.demandCount = 0;
  for (let at = 0; at < demandCount; at += 1) {
    const demand = demands[at]!;
    if (demandLeftWh[demand] === 0) writeFlows(spread, group, demand);
    else demands[group.demandCount++] = demand;
  }
  if (group.demandCount === 0) return false;
  group.supplyCount = keepSpare(group.supplies, group.supplyCount, supplyLeftWh);
  while (group.supplyCount === 0 && group.tierAt + 1 < supplyTiers.length) {
    group.tierAt += 1;
    const tier = supplyTiers[group.tierAt]!;
    group.supplies = Int32Array.from(tier);
    group.supplyCount = keepSpare(group.supplies, tier.length, supplyLeftWh);
  }
  if (group.supplyCount > 0) return true;
  for (let at = 0; at < group.demandCount; at += 1) writeFlows(spread, group, demands[at]!);
  group.demandCount = 0;
  return false;
}

/** Moves rows with volume left to the front; how many there are. */
function keepSpare(rows: Int32Array, count: number, leftWh: Float64Array): number {
  let kept = 0;
  for (let at = 0; at < count; at += 1) {
    if (leftWh[rows[at]!]! <= 0) continue;
    rows[kept] = rows[at]!;
    kept += 1;
  }
  return kept;
}

function writeFlows({ flowWh, supplyCount }: Spread, { levelWh }: Running, demand: number): void {
  const from = demand * supplyCount;
  for (let supply = 0; supply < supplyCount; supply += 1) {
    flowWh[from + supply] = flowWh[from + supply]! + levelWh[supply]!;
  }
}

function evenShare(spread: Spread, routed: readonly Running[], takers: Int32Array): number {
  const { demandLeftWh, supplyLeftWh } = spread;
  let evenWh = Infinity;
  for (const { demands, demandCount, supplies, supplyCount } of routed) {
    let leastWh = Infinity;
    for (let at = 0; at < demandCount; at += 1) {
      leastWh = Math.min(leastWh, demandLeftWh[demands[at]!]!);
    }
    evenWh = Math.min(evenWh, Math.floor(leastWh / supplyCount));
    for (let at = 0; at < supplyCount; at += 1) {
      const supply = supplies[at]!;
      evenWh = Math.min(evenWh, Math.floor(supplyLeftWh[supply]! / takers[supply]!));
    }
  }
  return evenWh;
}

function giveEvenly({ demandLeftWh, supplyLeftWh }: Spread, group: Running, evenWh: number): void {
  const { demands, demandCount, supplies, supplyCount, levelWh } = group;
  const perDemandWh = evenWh * supplyCount;
  for (let at = 0; at < demandCount; at += 1) {
    demandLeftWh[demands[at]!] = demandLeftWh[demands[at]!]! - perDemandWh;
  }
  const perSupplyWh = evenWh * demandCount;
  for (let at = 0; at < supplyCount; at += 1) {
    const supply = supplies[at]!;
    supplyLeftWh[supply] = supplyLeftWh[supply]! - perSupplyWh;
    levelWh[supply] = levelWh[supply]! + evenWh;
  }
}

/** Step 4: the first entity with less than it has routes gives one unit to as many counterparts. */
function giveOddUnits(spread: Spread, routed: readonly Running[], takers: Int32Array): void {
  const { demandLeftWh, supplyLeftWh, ties } = spread;
  let scarce = -1;
  let routes: Int32Array = NONE;
  for (const { demands, demandCount, supplies, supplyCount } of routed) {
    for (let at = 0; at < demandCount; at += 1) {
      const demand = demands[at]!;
      if (demandLeftWh[demand]! >= supplyCount) continue;
      if (scarce < 0 || ties.demandRank[demand]! < ties.demandRank[scarce]!) {
        scarce = demand;
        routes = supplies.subarray(0, supplyCount);
      }
    }
  }
  if (scarce >= 0) {
    const units = demandLeftWh[scarce]!;
    for (const supply of receiversOf(ties, ties.supplyCredits, routes, units)) {
      give(spread, { demand: scarce, supply, wh: 1 });
    }
    return;
  }
  let first = -1;
  for (const { supplies, supplyCount } of routed) {
    for (let at = 0; at < supplyCount; at += 1) {
      const supply = supplies[at]!;
      if (supplyLeftWh[supply]! >= takers[supply]!) continue;
      if (first < 0 || ties.supplyRank[supply]! < ties.supplyRank[first]!) first = supply;
    }
  }
  const units = supplyLeftWh[first]!;
  for (const demand of receiversOf(
    ties,
    ties.demandCredits,
    drawersOf(first, routed, ties),
    units,
  )) {
    give(spread, { demand, supply: first, wh: 1 });
  }
}

/** Demands with a route to a supply, in the order that decides ties. */
function drawersOf(supply: number, routed: readonly Running[], ties: Ties): Int32Array {
  const lists = routed
    .filter(({ supplies, supplyCount }) => supplies.subarray(0, supplyCount).includes(supply))
    .map(({ demands, demandCount }) => demands.subarray(0, demandCount));
  if (lists.length === 1) return lists[0]!;
  const listed = lists.flatMap((list) => [...list]);
  return Int32Array.from(listed.sort((a, b) => ties.receiverRank[a]! - ties.receiverRank[b]!));
}

function receiversOf(
  { rule }: Ties,
  credits: Credits,
  listed: Int32Array,
  units: number,
): Iterable<number> {
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
