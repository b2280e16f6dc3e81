import fc from 'fast-check';
import type { HourInput } from '../../src/core/matching/policies/hour.js';

/** Max-flow min-cut over every subset of the served demands (small cases). */
export function minimumCutByBruteForce(hour: HourInput, served: ReadonlySet<string>): number {
  const demand = hour.demand.filter(({ id }) => served.has(id));
  let best = Infinity;
  for (let subset = 0; subset < 2 ** demand.length; subset += 1) {
    const reach = new Set<string>();
    let cut = 0;
    demand.forEach(({ wh, supplyTiers }, at) => {
      if (subset & (1 << at)) supplyTiers!.flat().forEach((id) => reach.add(id));
      else cut += wh;
    });
    for (const { id, wh } of hour.supply) if (reach.has(id)) cut += wh;
    best = Math.min(best, cut);
  }
  return best;
}

/** An hour of four supplies and four demands in two tiers each, many of them scarce. */
export function anyHour(): fc.Arbitrary<HourInput> {
  const supplyIds = ['G1', 'G2', 'G3', 'G4'];
  const demandIds = ['C1', 'C2', 'C3', 'C4'];
  const wh = fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 1000 }));
  const tiers = fc
    .shuffledSubarray(supplyIds)
    .chain((ids) => fc.nat({ max: ids.length }).map((cut) => [ids.slice(0, cut), ids.slice(cut)]));
  return fc.record({
    start: fc.constant('2026-10-01T00:00:00Z'),
    supply: fc.tuple(...supplyIds.map((id) => wh.map((value) => ({ id, wh: value })))),
    demand: fc.tuple(
      ...demandIds.map((id) =>
        fc.tuple(wh, tiers).map(([value, supplyTiers]) => ({ id, wh: value, supplyTiers })),
      ),
    ),
    demandTiers: fc
      .shuffledSubarray(demandIds, { minLength: 4 })
      .chain((ids) => fc.nat({ max: 4 }).map((cut) => [ids.slice(0, cut), ids.slice(cut)])),
  });
}
