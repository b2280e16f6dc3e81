/**
 * `tiered-spread` written down a second time, as METHOD 4.3 says it: on bigints, route by route, with
 * every credit an exact fraction. The oracle of the engine's tests and the peer of its benchmark.
 */
import type { HourInput } from '../../src/core/matching/policies/hour.js';

interface Row {
  readonly id: string;
  readonly at: number;
  left: bigint;
  credit: readonly [over: bigint, under: bigint];
}
type Route = readonly [demand: Row, supplies: readonly Row[]];

/** Wh by `demand position:supply position`, largest-remainder ties. */
export function spreadByTheBook(hour: HourInput): ReadonlyMap<string, number> {
  const rowsOf = (rows: HourInput['demand'] | HourInput['supply']): Row[] =>
    rows.map(({ id, wh }, at) => ({ id, at, left: BigInt(wh), credit: [0n, 1n] }));
  const demand = rowsOf(hour.demand);
  const supply = rowsOf(hour.supply);
  const flow = new Map<string, bigint>();
  const give = (from: Row, to: Row, units: bigint): void => {
    const key = `${from.at}:${to.at}`;
    flow.set(key, (flow.get(key) ?? 0n) + units);
    from.left -= units;
    to.left -= units;
  };
  const pick = (rows: readonly Row[], tiers: readonly (readonly string[])[] | undefined): Row[][] =>
    (tiers ?? [rows.map(({ id }) => id)]).map((ids, tier, all) => {
      const before = new Set(all.slice(0, tier).flat());
      return [...new Set(ids)]
        .filter((id) => !before.has(id))
        .flatMap((id) => rows.filter((row) => row.id === id));
    });
  const demandTiers = pick(demand, hour.demandTiers);
  const supplyTiers = hour.demand.map(({ supplyTiers: tiers }) =>
    pick(supply, tiers === undefined ? undefined : tiers),
  );
  for (;;) {
    const routes = demandTiers
      .map((tier) => tier.flatMap((row): Route[] => routeOf(row, supplyTiers[row.at]!)))
      .find((tier) => tier.length > 0);
    if (routes === undefined) {
      return new Map([...flow].map(([pair, units]) => [pair, Number(units)]));
    }
    playRound(routes, give);
  }
}

function routeOf(demand: Row, tiers: readonly (readonly Row[])[]): Route[] {
  if (demand.left === 0n) return [];
  const open = tiers.map((tier) => tier.filter(({ left }) => left > 0n));
  const first = open.find((tier) => tier.length > 0);
  return first === undefined ? [] : [[demand, first]];
}

function playRound(
  routes: readonly Route[],
  give: (demand: Row, supply: Row, units: bigint) => void,
): void {
  const takers = new Map<Row, Row[]>();
  for (const [demand, supplies] of routes) {
    for (const supply of supplies) takers.set(supply, [...(takers.get(supply) ?? []), demand]);
  }
  const counted = [...routes, ...takers].map(([row, others]) => row.left / BigInt(others.length));
  const even = counted.reduce((least, share) => (share < least ? share : least));
  if (even > 0n) {
    for (const [demand, supplies] of routes) for (const to of supplies) give(demand, to, even);
    return;
  }
  const scarce = (sides: Iterable<readonly [Row, readonly Row[]]>) =>
    [...sides]
      .filter(([row, others]) => row.left < BigInt(others.length))
      .toSorted(([a], [b]) => byId(a, b))[0];
  const ofDemand = scarce(routes);
  const [row, others] = ofDemand ?? scarce(takers)!;
  for (const other of receivers(others, row.left)) {
    if (ofDemand === undefined) give(other, row, 1n);
    else give(row, other, 1n);
  }
}

function receivers(rows: readonly Row[], units: bigint): readonly Row[] {
  const count = BigInt(rows.length);
  for (const row of rows)
    row.credit = [row.credit[0] * count + units * row.credit[1], row.credit[1] * count];
  const chosen = rows
    .toSorted((a, b) => {
      const apart = b.credit[0] * a.credit[1] - a.credit[0] * b.credit[1];
      return apart === 0n ? byId(a, b) : apart > 0n ? 1 : -1;
    })
    .slice(0, Number(units));
  for (const row of chosen) row.credit = [row.credit[0] - row.credit[1], row.credit[1]];
  return chosen;
}

/** Ids of tests and benchmarks are ASCII, where `<` and UTF-8 bytes agree. */
const byId = (a: Row, b: Row): number => (a.id === b.id ? a.at - b.at : a.id < b.id ? -1 : 1);
