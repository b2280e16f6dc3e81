import { HOUR_MS } from '../time/interval.js';

/** Kinds of emission factors (METHOD 6.2) that statements use. */
export type FactorKind = 'grid_average' | 'residual_mix' | 'fossil';

/** One version of an emission factor: one value, or one per hour from `validFromMs` on. */
export interface Factor {
  readonly code: string;
  readonly kind: string;
  readonly zone: string;
  readonly resolution: string;
  readonly validFromMs: number;
  /** Exclusive. */
  readonly validToMs: number;
  readonly mgPerKwh: readonly number[];
  /** Carbon-free share, ppm; null = not published. */
  readonly cfePpm: readonly (number | null)[];
}

/** What is looked for: a kind in a zone over whole hours. */
export interface WantedFactor {
  readonly kind: FactorKind;
  readonly zone: string;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The factor that covers a whole period: an hourly one before an annual one (METHOD 6.2, resolution
 * fallback), then by code.
 *
 * @param factors  Latest versions, by code.
 * @returns        null when none covers the period.
 */
export function factorFor<F extends Factor>(
  factors: readonly F[],
  { kind, zone, startMs, endMs }: WantedFactor,
): F | null {
  const covering = factors.filter(
    (factor) =>
      factor.kind === kind &&
      factor.zone === zone &&
      factor.validFromMs <= startMs &&
      factor.validToMs >= endMs,
  );
  return covering.find(({ resolution }) => resolution === 'hourly') ?? covering[0] ?? null;
}

/**
 * A factor's values for every hour of a period that it covers.
 *
 * @returns One value per hour; mg CO2e per kWh, and the grid share in ppm.
 */
export function factorHours(
  factor: Factor,
  { startMs, endMs }: Pick<WantedFactor, 'startMs' | 'endMs'>,
): { readonly mgPerKwh: readonly number[]; readonly cfePpm: readonly (number | null)[] } {
  const first = factor.resolution === 'hourly' ? (startMs - factor.validFromMs) / HOUR_MS : null;
  const positions = Array.from({ length: (endMs - startMs) / HOUR_MS }, (_, hour) =>
    first === null ? 0 : first + hour,
  );
  return {
    mgPerKwh: positions.map((at) => factor.mgPerKwh[at]!),
    cfePpm: positions.map((at) => factor.cfePpm[at] ?? null),
  };
}
