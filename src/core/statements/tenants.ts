import { assert } from '../errors.js';
import { apportion } from '../math/apportion.js';
import type { MonthHour } from '../matching/match-hour.js';
import { compareIds } from '../text.js';
import { Decimal } from '../units/money.js';
import { claimPct, enginePct } from '../units/ratio.js';

/** Who uses which meters. A meter is of one tenant; what is of none is common. */
export interface TenantMeters {
  readonly code: string;
  readonly meterCodes: readonly string[];
  /** GPU-hours of the month, decimal text; null where none were supplied. */
  readonly gpuHours: string | null;
}

/** A tenant's part of a month. Percentages are null where nothing was used. */
export interface TenantShare {
  readonly tenantCode: string;
  /** Of its own meters, and its share of the common ones. */
  readonly ownWh: number;
  readonly commonWh: number;
  readonly loadWh: number;
  readonly matchedWh: number;
  readonly residualWh: number;
  readonly coveragePct: string | null;
  readonly coverageClaimPct: string | null;
  /** Σ load × grid factor, kg CO2e. */
  readonly locationBasedKg: number;
  /** Σ residual × grid factor + Σ matched × factor of what covered it, kg CO2e. */
  readonly marketHourlyKg: number;
  /** Per GPU-hour; null where none were supplied. */
  readonly perGpuHour: {
    readonly gpuHours: string;
    readonly kwh: string;
    readonly matchedKwh: string;
    readonly locationBasedG: string;
    readonly marketHourlyG: string;
  } | null;
}

/** The tenants' parts and the site that they sum to. */
export interface TenantShares {
  readonly loadWh: number;
  readonly matchedWh: number;
  readonly locationBasedKg: number;
  readonly marketHourlyKg: number;
  readonly tenants: readonly TenantShare[];
}

/** What emissions are computed from. */
export interface TenantFactors {
  /** Grid average, mg CO2e per kWh, one per hour. */
  readonly gridMgPerKwh: readonly number[];
  /** Direct factor of each plant's certificates, mg CO2e per kWh. */
  readonly plantMgPerKwh: ReadonlyMap<string, number>;
}

interface Sums {
  readonly tenant: TenantMeters;
  ownWh: number;
  commonWh: number;
  matchedWh: number;
  /** Exact, Wh × mg/kWh, which is a millionth of a gram. */
  location: Decimal;
  market: Decimal;
}

/**
 * Shares a matched month out to tenants, hour by hour. Own meters count whole. Common meters are
 * shared by what each tenant's own meters used in the hour (alike where none did), odd Wh by largest
 * remainder, ties by tenant code; what covered them goes the same way. The tenants' Wh sum to the
 * site's in every hour; their kilograms to the site's by largest remainder.
 *
 * @param hours    Every hour of the month, in order.
 * @param tenants  At least one; no meter twice.
 */
export function shareToTenants(
  hours: readonly MonthHour[],
  tenants: readonly TenantMeters[],
  factors: TenantFactors,
): TenantShares {
  assert(tenants.length > 0, 'tenants: somebody to share to');
  const sums = tenants
    .toSorted((a, b) => compareIds(a.code, b.code))
    .map((tenant): Sums => {
      const zero = new Decimal(0);
      return { tenant, ownWh: 0, commonWh: 0, matchedWh: 0, location: zero, market: zero };
    });
  const ownerOf = ownersOf(sums.map(({ tenant }) => tenant));
  hours.forEach((hour, at) =>
    addHour(sums, hour, { ownerOf, factors, gridMg: factors.gridMgPerKwh[at]! }),
  );
  return sharesOf(sums, hours);
}

/**
 * What one tenant used of each hour, and what of it was matched: the series behind its figures.
 *
 * @param code  One of the tenants.
 */
export function tenantSeries(
  hours: readonly MonthHour[],
  tenants: readonly Pick<TenantMeters, 'code' | 'meterCodes'>[],
  code: string,
): readonly { readonly hourMs: number; readonly loadWh: number; readonly matchedWh: number }[] {
  const ordered = tenants.toSorted((a, b) => compareIds(a.code, b.code));
  const at = ordered.findIndex((tenant) => tenant.code === code);
  assert(at >= 0, 'tenants: one of them');
  const ownerOf = ownersOf(ordered);
  return hours.map((hour) => {
    const split = splitHour(hour, ownerOf, ordered.length);
    const loadWh = split.own[at]! + split.common[at]!;
    return { hourMs: hour.hourMs, loadWh, matchedWh: split.matched[at]! };
  });
}

/** Position of the tenant of each meter. */
function ownersOf(
  tenants: readonly Pick<TenantMeters, 'meterCodes'>[],
): ReadonlyMap<string, number> {
  const ownerOf = new Map<string, number>();
  tenants.forEach(({ meterCodes }, at) => {
    for (const code of meterCodes) {
      assert(!ownerOf.has(code), 'tenants: a meter is of one tenant');
      ownerOf.set(code, at);
    }
  });
  return ownerOf;
}

/** An hour split among tenants: own meters, their share of the common ones, and what was matched. */
function splitHour(
  hour: MonthHour,
  ownerOf: ReadonlyMap<string, number>,
  count: number,
): { readonly own: Float64Array; readonly common: Float64Array; readonly matched: Float64Array } {
  const own = new Float64Array(count);
  const matched = new Float64Array(count);
  let [commonWh, commonMatchedWh] = [0, 0];
  for (const { meterCode, wh, matchedWh } of hour.demand) {
    const owner = ownerOf.get(meterCode);
    if (owner === undefined) {
      commonWh += wh;
      commonMatchedWh += matchedWh;
    } else {
      own[owner] = own[owner]! + wh;
      matched[owner] = matched[owner]! + matchedWh;
    }
  }
  const weights = own.some((wh) => wh > 0) ? own : new Float64Array(count).fill(1);
  const common = apportion(commonWh, weights);
  apportion(commonMatchedWh, common).forEach((wh, at) => {
    matched[at] = matched[at]! + wh;
  });
  return { own, common, matched };
}

function addHour(
  sums: readonly Sums[],
  hour: MonthHour,
  {
    ownerOf,
    factors,
    gridMg,
  }: { ownerOf: ReadonlyMap<string, number>; factors: TenantFactors; gridMg: number },
): void {
  const { own, common, matched } = splitHour(hour, ownerOf, sums.length);
  const instruments = hour.supply.reduce(
    (sum, { certificate, matchedWh }) =>
      sum.plus(new Decimal(matchedWh).times(factors.plantMgPerKwh.get(certificate.plantCode)!)),
    new Decimal(0),
  );
  sums.forEach((sum, at) => {
    const loadWh = own[at]! + common[at]!;
    const matchedWh = matched[at]!;
    sum.ownWh += own[at]!;
    sum.commonWh += common[at]!;
    sum.matchedWh += matchedWh;
    sum.location = sum.location.plus(new Decimal(loadWh).times(gridMg));
    const covered =
      hour.matchedWh === 0
        ? new Decimal(0)
        : instruments.times(matchedWh).dividedBy(hour.matchedWh);
    sum.market = sum.market.plus(new Decimal(loadWh - matchedWh).times(gridMg)).plus(covered);
  });
}

function sharesOf(sums: readonly Sums[], hours: readonly MonthHour[]): TenantShares {
  const location = kilograms(sums.map((sum) => sum.location));
  const market = kilograms(sums.map((sum) => sum.market));
  const tenants = sums.map((sum, at): TenantShare => {
    const { tenant, ownWh, commonWh, matchedWh } = sum;
    const loadWh = ownWh + commonWh;
    const [part, whole] = [new Decimal(matchedWh), new Decimal(loadWh)];
    return {
      tenantCode: tenant.code,
      ownWh,
      commonWh,
      loadWh,
      matchedWh,
      residualWh: loadWh - matchedWh,
      coveragePct: enginePct(part, whole),
      coverageClaimPct: claimPct(part, whole),
      locationBasedKg: location.parts[at]!,
      marketHourlyKg: market.parts[at]!,
      perGpuHour: perGpuHour(sum, loadWh),
    };
  });
  const total = (of: (hour: MonthHour) => number): number =>
    hours.reduce((sum, hour) => sum + of(hour), 0);
  const shares = {
    loadWh: total(({ loadWh }) => loadWh),
    matchedWh: total(({ matchedWh }) => matchedWh),
    locationBasedKg: location.total,
    marketHourlyKg: market.total,
    tenants,
  };
  const sum = (of: (tenant: TenantShare) => number): number =>
    tenants.reduce((all, tenant) => all + of(tenant), 0);
  assert(sum(({ loadWh }) => loadWh) === shares.loadWh, 'tenants: their load is the site’s');
  assert(sum(({ matchedWh }) => matchedWh) === shares.matchedWh, 'tenants: and what covered it');
  return shares;
}

/** Whole kilograms of each part and of their sum, by largest remainder. */
function kilograms(exact: readonly Decimal[]): {
  readonly parts: readonly number[];
  readonly total: number;
} {
  const kg = exact.map((value) => value.dividedBy(1_000_000_000));
  const total = kg
    .reduce((sum, value) => sum.plus(value), new Decimal(0))
    .toDecimalPlaces(0, Decimal.ROUND_HALF_UP)
    .toNumber();
  const parts = kg.map((value) => value.floor().toNumber());
  const left = total - parts.reduce((sum, part) => sum + part, 0);
  const order = kg
    .map((value, at) => ({ at, cut: value.minus(value.floor()) }))
    .toSorted((a, b) => b.cut.comparedTo(a.cut) || a.at - b.at);
  for (const { at } of order.slice(0, left)) parts[at] = parts[at]! + 1;
  return { parts, total };
}

function perGpuHour(
  { tenant, matchedWh, location, market }: Sums,
  loadWh: number,
): TenantShare['perGpuHour'] {
  const { gpuHours } = tenant;
  if (gpuHours === null || new Decimal(gpuHours).isZero()) return null;
  const each = (value: Decimal, unit: number): string =>
    value.dividedBy(unit).dividedBy(gpuHours).toFixed(6, Decimal.ROUND_HALF_UP);
  return {
    gpuHours,
    kwh: each(new Decimal(loadWh), 1_000),
    matchedKwh: each(new Decimal(matchedWh), 1_000),
    locationBasedG: each(location, 1_000_000),
    marketHourlyG: each(market, 1_000_000),
  };
}
