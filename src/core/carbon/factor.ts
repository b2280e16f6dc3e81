import { compareIds } from '../text.js';
import { HOUR_MS, parseInstant } from '../time/interval.js';

/** What a factor is of (METHOD 6.2). */
export const FACTOR_KINDS = [
  'grid_average',
  'residual_mix',
  'supplier',
  'instrument',
  'fossil',
  'marginal',
  'operating_margin',
  'build_margin',
  'grid_losses',
  'upstream',
  'biogenic',
] as const;
/** One of them. */
export type FactorKind = (typeof FACTOR_KINDS)[number];

/** Resolutions in the order in which they are taken: the finest that has a value for the hour. */
export const FACTOR_RUNGS = ['hourly', 'monthly', 'annual'] as const;

/** One version of an emission factor: a value for each of its steps. */
export interface Factor {
  readonly code: string;
  readonly version: number;
  readonly kind: string;
  readonly zone: string;
  /** `direct` or `lifecycle`. */
  readonly basis: string;
  readonly resolution: string;
  readonly validFromMs: number;
  /** Exclusive. */
  readonly validToMs: number;
  /** Of a monthly one the first instant of each step, RFC 3339, ascending; else none, or absent. */
  readonly stepStarts?: readonly string[];
  /** Null: the publisher has no value for that hour. */
  readonly mgPerKwh: readonly (number | null)[];
  /** Carbon-free share, ppm; null = not published. */
  readonly cfePpm: readonly (number | null)[];
}

/** What is looked for: a kind in a zone over whole hours. */
export interface WantedFactor {
  readonly kind: FactorKind;
  readonly zone: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Whether life-cycle factors are taken too: never in Scope 2. */
  readonly isAnyBasis?: true;
}

/** How many hours of a period took their value from which version. */
export interface FactorUse<F extends Factor> {
  readonly factor: F;
  readonly hours: number;
}

/** Factors over the hours of a period. */
export interface FactorHours<F extends Factor> {
  /** One per hour, mg CO2e per kWh; null where no direct factor has a value. */
  readonly mgPerKwh: readonly (number | null)[];
  /** One per hour, ppm; null = not published. */
  readonly cfePpm: readonly (number | null)[];
  /** Versions that were used, by rung and code. */
  readonly used: readonly FactorUse<F>[];
  /** First hour without a value; null = every hour has one. */
  readonly missingMs: number | null;
  /** Code of a life-cycle factor that would have had a value for that hour: it is never taken. */
  readonly lifecycleCode: string | null;
}

/** Where a factor's value of an hour stands in its list. */
function placeOf(factor: Factor, hourMs: number): number {
  if (factor.resolution === 'hourly') return (hourMs - factor.validFromMs) / HOUR_MS;
  const { stepStarts = [] } = factor;
  if (stepStarts.length === 0) return 0;
  return stepStarts.findLastIndex((start) => parseInstant(start)! <= hourMs);
}

/**
 * A factor's value of an hour.
 *
 * @returns Place of the value in its lists; null outside of its validity, and where it has no value.
 */
export function factorPlace(factor: Factor, hourMs: number): number | null {
  if (hourMs < factor.validFromMs || hourMs >= factor.validToMs) return null;
  const place = placeOf(factor, hourMs);
  return factor.mgPerKwh[place] == null ? null : place;
}

const rungOf = ({ resolution }: Factor): number =>
  FACTOR_RUNGS.findIndex((rung) => rung === resolution);

/**
 * The value of every hour of a period, each from the first that has one (METHOD 6.2): an hourly factor
 * before a monthly one before an annual one, within that by code. Direct factors only: a life-cycle one
 * is never taken in Scope 2.
 *
 * @param factors  Latest versions, in any order.
 */
export function factorHours<F extends Factor>(
  factors: readonly F[],
  { kind, zone, startMs, endMs, isAnyBasis }: WantedFactor,
): FactorHours<F> {
  const ordered = factors
    .filter((factor) => factor.kind === kind && factor.zone === zone)
    .toSorted((a, b) => rungOf(a) - rungOf(b) || compareIds(a.code, b.code));
  const direct = ordered.filter(({ basis }) => isAnyBasis === true || basis === 'direct');
  const hoursOf = new Map<F, number>();
  const mgPerKwh: (number | null)[] = [];
  const cfePpm: (number | null)[] = [];
  for (let hourMs = startMs; hourMs < endMs; hourMs += HOUR_MS) {
    const factor = direct.find((one) => factorPlace(one, hourMs) !== null);
    const place = factor === undefined ? null : factorPlace(factor, hourMs);
    mgPerKwh.push(place === null ? null : factor!.mgPerKwh[place]!);
    cfePpm.push(place === null ? null : (factor!.cfePpm[place] ?? null));
    if (factor !== undefined) hoursOf.set(factor, (hoursOf.get(factor) ?? 0) + 1);
  }
  const missing = mgPerKwh.indexOf(null);
  const missingMs = missing < 0 ? null : startMs + missing * HOUR_MS;
  const stranger =
    missingMs === null
      ? undefined
      : ordered.find((one) => one.basis !== 'direct' && factorPlace(one, missingMs) !== null);
  return {
    mgPerKwh,
    cfePpm,
    used: direct.flatMap((factor) => {
      const hours = hoursOf.get(factor);
      return hours === undefined ? [] : [{ factor, hours }];
    }),
    missingMs,
    lifecycleCode: stranger?.code ?? null,
  };
}

/**
 * Hours of one span after those of another: values in order, uses added up by version.
 *
 * @param all  Spans in order; the first missing hour of any is missing.
 */
export function joinFactorHours<F extends Factor>(all: readonly FactorHours<F>[]): FactorHours<F> {
  const [only] = all;
  if (all.length === 1) return only!;
  const uses = new Map<string, FactorUse<F>>();
  for (const { factor, hours } of all.flatMap(({ used }) => used)) {
    const key = `${factor.code}@${factor.version}`;
    uses.set(key, { factor, hours: (uses.get(key)?.hours ?? 0) + hours });
  }
  const lacking = all.find(({ missingMs }) => missingMs !== null);
  return {
    mgPerKwh: all.flatMap(({ mgPerKwh }) => mgPerKwh),
    cfePpm: all.flatMap(({ cfePpm }) => cfePpm),
    used: [...uses.values()],
    missingMs: lacking?.missingMs ?? null,
    lifecycleCode: lacking?.lifecycleCode ?? null,
  };
}

/** Whether every hour has a value; the type then says so. */
export function isWhole<F extends Factor>(
  hours: FactorHours<F>,
): hours is FactorHours<F> & { readonly mgPerKwh: readonly number[] } {
  return hours.missingMs === null && hours.mgPerKwh.length > 0;
}
