import { assert } from '../errors.js';
import { apportion } from '../math/apportion.js';
import { ceilBeforeShare, floorOfShare, isProperShare } from '../math/exact-share.js';
import type { Fraction } from '../math/fraction.js';
import { sumWattHours } from '../units/energy.js';

/** Ways to choose which charge a discharge draws on (METHOD 3.1, allocation methodology). */
export const STORAGE_METHODS = ['fifo', 'lifo', 'weighted-average'] as const;
/** One way. */
export type StorageMethod = (typeof STORAGE_METHODS)[number];

/** One charge or discharge of a storage device. Direction is a field, never a sign. */
export interface StorageFlow {
  readonly id: string;
  readonly direction: 'charge' | 'discharge';
  /** Interval, ms, half-open. */
  readonly startMs: number;
  readonly endMs: number;
  readonly wh: number;
}

/** What a discharge drew on one charge. The difference of the two amounts was lost on the way. */
export interface StorageAllocation {
  readonly chargeId: string;
  readonly dischargeId: string;
  readonly chargeWh: number;
  readonly dischargeWh: number;
}

/** Every discharge, traced back to what was charged before it. */
export interface StorageTrace {
  /** By discharge, then in the order in which charges were drawn. */
  readonly allocations: readonly StorageAllocation[];
  /** Discharge that no charge stands behind: it earns no certificate. */
  readonly unbacked: readonly { readonly dischargeId: string; readonly wh: number }[];
  /** Charge that nothing has drawn yet. */
  readonly stored: readonly { readonly chargeId: string; readonly wh: number }[];
}

/** A charge, or a part of one, with what is left of it. */
export interface OpenCharge {
  readonly id: string;
  leftWh: number;
}

/**
 * Traces discharges to charges in whole watt-hours, creating no energy (METHOD 3.6): a discharge `D`
 * needs `N = ceil(D / e)` of charge; of the charge drawn so far, `C_i`, it is credited
 * `floor(C_i × e)`. Where the charge suffices, the credits sum to exactly `D`; otherwise the rest is
 * unbacked. A discharge draws only on charges that ended before it started.
 *
 * @param flows       In order of start, disjoint; of one device.
 * @param efficiency  Round-trip efficiency, 0 < e ≤ 1, exact.
 * @param method      `fifo`: earliest charge first; `lifo`: latest first; `weighted-average`: all
 *                    charges in proportion to what is left of them, odd units by largest remainder.
 */
export function allocateStorage(
  flows: readonly StorageFlow[],
  efficiency: Fraction,
  method: StorageMethod,
): StorageTrace {
  assert(isProperShare(efficiency), 'storage: 0 < e <= 1');
  let open: OpenCharge[] = [];
  const allocations: StorageAllocation[] = [];
  const unbacked: { dischargeId: string; wh: number }[] = [];
  let lastEndMs = -Infinity;
  for (const flow of flows) {
    assert(flow.startMs >= lastEndMs && flow.endMs > flow.startMs, 'storage: flows are in order');
    lastEndMs = flow.endMs;
    if (flow.wh === 0) continue;
    if (flow.direction === 'charge') {
      open.push({ id: flow.id, leftWh: flow.wh });
      continue;
    }
    const drawn = drawDischarge(flow, { open, efficiency, method });
    allocations.push(...drawn);
    const coveredWh = sumWattHours(drawn.map(({ dischargeWh }) => dischargeWh));
    if (coveredWh < flow.wh) unbacked.push({ dischargeId: flow.id, wh: flow.wh - coveredWh });
    open = open.filter(({ leftWh }) => leftWh > 0);
  }
  const stored = open.map(({ id, leftWh }) => ({ chargeId: id, wh: leftWh }));
  const trace = { allocations, unbacked, stored };
  assertConserved(flows, trace);
  return trace;
}

/**
 * Draws one discharge on the charges that are open, and takes from them what it needs.
 *
 * @param from.open  In the order in which they were charged; what is left of each goes down.
 * @returns          What was drawn on each, above zero, in the order of drawing.
 */
export function drawDischarge(
  { id, wh }: Pick<StorageFlow, 'id' | 'wh'>,
  from: {
    readonly open: readonly OpenCharge[];
    readonly efficiency: Fraction;
    readonly method: StorageMethod;
  },
): StorageAllocation[] {
  const { open, efficiency, method } = from;
  const storedWh = sumWattHours(open.map(({ leftWh }) => leftWh));
  let neededWh = ceilBeforeShare(wh, efficiency, storedWh);
  const shares =
    method === 'weighted-average'
      ? apportion(
          neededWh,
          Float64Array.from(open, ({ leftWh }) => leftWh),
        )
      : null;
  const allocations: StorageAllocation[] = [];
  let drawnWh = 0;
  let coveredWh = 0;
  const order = method === 'lifo' ? open.toReversed() : open;
  order.forEach((charge, at) => {
    const chargeWh = shares === null ? Math.min(charge.leftWh, neededWh) : shares[at]!;
    if (chargeWh === 0) return;
    neededWh -= chargeWh;
    drawnWh += chargeWh;
    charge.leftWh -= chargeWh;
    const dischargeWh = floorOfShare(drawnWh, efficiency) - coveredWh;
    coveredWh += dischargeWh;
    allocations.push({ chargeId: charge.id, dischargeId: id, chargeWh, dischargeWh });
  });
  return allocations;
}

function assertConserved(flows: readonly StorageFlow[], trace: StorageTrace): void {
  const sumOf = (direction: StorageFlow['direction']): number =>
    sumWattHours(flows.filter((flow) => flow.direction === direction).map(({ wh }) => wh));
  const total = (rows: readonly { readonly wh: number }[]): number =>
    sumWattHours(rows.map(({ wh }) => wh));
  const chargedWh = sumWattHours(trace.allocations.map(({ chargeWh }) => chargeWh));
  const creditedWh = sumWattHours(trace.allocations.map(({ dischargeWh }) => dischargeWh));
  assert(chargedWh + total(trace.stored) === sumOf('charge'), 'storage: charge is conserved');
  assert(
    creditedWh + total(trace.unbacked) === sumOf('discharge'),
    'storage: discharge is conserved',
  );
  assert(creditedWh <= chargedWh, 'storage: no energy is created');
}
