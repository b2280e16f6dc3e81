import { assert, DomainError } from '../../errors.js';
import { assertWattHours, sumWattHours } from '../../units/energy.js';
import { compareIds } from '../../text.js';

/** One supply row of one hour: certifiable Wh at the delivery point. */
export interface Supply {
  readonly id: string;
  readonly wh: number;
}

/** One demand row of one hour. */
export interface Demand {
  readonly id: string;
  readonly wh: number;
  /**
   * Ordered supply tiers by id; a supply that is not listed is never drawn. Absent: every supply of
   * the hour, in one tier. Where an id is listed twice, its first place counts.
   */
  readonly supplyTiers?: readonly (readonly string[])[] | undefined;
}

/** What there is in one hour. Rows with one id share one place; each row is its own entity. */
export interface HourInput {
  /** UTC instant of the hour's start. */
  readonly start: string;
  readonly supply: readonly Supply[];
  readonly demand: readonly Demand[];
  /**
   * Ordered demand tiers by id; a demand that is not listed is never served. Absent: every demand
   * of the hour, in one tier. Where an id is listed twice, its first place counts.
   */
  readonly demandTiers?: readonly (readonly string[])[] | undefined;
}

/** Who gets odd units under `tiered-spread` (METHOD 4.3, parameter `tie_rule`). */
export type TieRule = 'largest-remainder' | 'first-listed';

/** How much of one supply row covers one demand row. Indices are positions in the hour's input. */
export interface Cell {
  readonly demand: number;
  readonly supply: number;
  readonly wh: number;
}

/** A policy: one hour in, its cells out. Zero cells are absent; a pair appears once. */
export type Policy = (hour: HourInput, tieRule: TieRule) => readonly Cell[];

/** What became of one hour. Non-zero rows only, in input order of demand, then supply. */
export interface HourResult {
  readonly start: string;
  readonly matches: readonly { demand: string; supply: string; wh: number }[];
  readonly unmet: readonly { demand: string; wh: number }[];
  readonly unused: readonly { supply: string; wh: number }[];
}

/** Sums over a period; `matchedWh + unmetWh = demandWh`, `matchedWh + unusedWh = supplyWh`. */
export interface MatchTotals {
  readonly demandWh: number;
  readonly supplyWh: number;
  readonly matchedWh: number;
  readonly unmetWh: number;
  readonly unusedWh: number;
}

/**
 * Applies a policy hour by hour and accounts for every watt-hour (METHOD 4.5): unmatched demand and
 * unused supply are results, hours never exchange energy, and a broken invariant stops the run.
 *
 * @param hours    Hours, each once, in the order in which they are to be returned.
 * @param policy   One of `POLICIES`.
 * @param tieRule  Used by `tiered-spread`; the others ignore it.
 * @throws DomainError `matching.pool_required` from `pro-rata`; `energy.total_unsafe`.
 */
export function matchHours(
  hours: readonly HourInput[],
  policy: Policy,
  tieRule: TieRule,
): { readonly hours: readonly HourResult[]; readonly totals: MatchTotals } {
  const results = hours.map((hour) => resultOf(hour, policy(hour, tieRule)));
  const totals = {
    demandWh: sumWattHours(hours.flatMap(({ demand }) => demand.map(({ wh }) => wh))),
    supplyWh: sumWattHours(hours.flatMap(({ supply }) => supply.map(({ wh }) => wh))),
    matchedWh: sumWattHours(results.flatMap(({ matches }) => matches.map(({ wh }) => wh))),
    unmetWh: sumWattHours(results.flatMap(({ unmet }) => unmet.map(({ wh }) => wh))),
    unusedWh: sumWattHours(results.flatMap(({ unused }) => unused.map(({ wh }) => wh))),
  };
  assert(totals.matchedWh + totals.unmetWh === totals.demandWh, 'matching: demand is conserved');
  assert(totals.matchedWh + totals.unusedWh === totals.supplyWh, 'matching: supply is conserved');
  return { hours: results, totals };
}

function resultOf(hour: HourInput, cells: readonly Cell[]): HourResult {
  const unmetWh = Float64Array.from(hour.demand, ({ wh }) => wh);
  const unusedWh = Float64Array.from(hour.supply, ({ wh }) => wh);
  const seen = new Set<number>();
  for (const { demand, supply, wh } of cells) {
    assertWattHours(wh, 'matched cell');
    assert(wh > 0, 'matching: a cell is positive');
    const key = demand * hour.supply.length + supply;
    assert(!seen.has(key), 'matching: a pair appears once');
    seen.add(key);
    unmetWh[demand] = unmetWh[demand]! - wh;
    unusedWh[supply] = unusedWh[supply]! - wh;
  }
  assert(
    unmetWh.every((wh) => wh >= 0),
    'matching: no demand is covered twice',
  );
  assert(
    unusedWh.every((wh) => wh >= 0),
    'matching: no supply is spent twice',
  );
  const ordered = cells.toSorted((a, b) => a.demand - b.demand || a.supply - b.supply);
  return {
    start: hour.start,
    matches: ordered.map(({ demand, supply, wh }) => ({
      demand: hour.demand[demand]!.id,
      supply: hour.supply[supply]!.id,
      wh,
    })),
    unmet: hour.demand
      .map(({ id }, row) => ({ demand: id, wh: unmetWh[row]! }))
      .filter(({ wh }) => wh > 0),
    unused: hour.supply
      .map(({ id }, row) => ({ supply: id, wh: unusedWh[row]! }))
      .filter(({ wh }) => wh > 0),
  };
}

/**
 * The order of rows that decides every tie: id by its bytes, then row number.
 *
 * @returns Row positions in stable order.
 */
export function stableOrder(rows: readonly { readonly id: string }[]): number[] {
  return rows.map((_, row) => row).sort((a, b) => compareIds(rows[a]!.id, rows[b]!.id) || a - b);
}

/** Rows of an hour by tier: ids resolved to positions, listed order kept, each row once. */
export interface Tiers {
  /** Demand rows of each demand tier. */
  readonly demand: readonly (readonly number[])[];
  /** For each demand row, the supply rows of each of its supply tiers. */
  readonly supplyOf: readonly (readonly (readonly number[])[])[];
}

/**
 * Resolves the tiers of an hour. Ids in a tier that have no row this hour are passed over.
 *
 * @returns Positions in `hour.demand` and `hour.supply`.
 */
export function tiersOf(hour: HourInput): Tiers {
  const demandRows = rowsById(hour.demand);
  const supplyRows = rowsById(hour.supply);
  const allDemand = [hour.demand.map((_, row) => row)];
  const allSupply = [hour.supply.map((_, row) => row)];
  const resolved = new Map<readonly (readonly string[])[], number[][]>();
  return {
    demand: hour.demandTiers === undefined ? allDemand : placed(hour.demandTiers, demandRows),
    supplyOf: hour.demand.map(({ supplyTiers }) => {
      if (supplyTiers === undefined) return allSupply;
      // Demands that share their list share the rows: they are matched as one group.
      const known = resolved.get(supplyTiers);
      if (known !== undefined) return known;
      const rows = placed(supplyTiers, supplyRows);
      resolved.set(supplyTiers, rows);
      return rows;
    }),
  };
}

function rowsById(rows: readonly { readonly id: string }[]): ReadonlyMap<string, number[]> {
  const byId = new Map<string, number[]>();
  rows.forEach(({ id }, row) => {
    const known = byId.get(id);
    if (known === undefined) byId.set(id, [row]);
    else known.push(row);
  });
  return byId;
}

function placed(
  tiers: readonly (readonly string[])[],
  rows: ReadonlyMap<string, readonly number[]>,
): number[][] {
  const seen = new Set<string>();
  return tiers.map((ids) =>
    ids.flatMap((id) => {
      if (seen.has(id)) return [];
      seen.add(id);
      return rows.get(id) ?? [];
    }),
  );
}

/**
 * Refuses an hour in which some demand may not draw on some supply: `pro-rata` shares a pool, and a
 * pool in which a pair is not eligible is two pools (METHOD 4.3).
 *
 * @throws DomainError `matching.pool_required` naming the first such pair.
 */
export function requirePool(hour: HourInput): void {
  for (const demand of hour.demand) {
    if (demand.supplyTiers === undefined) continue;
    const listed = new Set(demand.supplyTiers.flat());
    const missing = hour.supply.find(({ id }) => !listed.has(id));
    if (missing !== undefined) {
      throw new DomainError('matching.pool_required', {
        hour: hour.start,
        demandId: demand.id,
        supplyId: missing.id,
      });
    }
  }
}
