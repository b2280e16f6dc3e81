/**
 * How well an interval is known (METHOD 2.3). The numbers are stored: never renumber, only add.
 * They run from worst to best, so the quality of a sum is the smallest code of its parts.
 */
export const QUALITY = {
  MISSING: 0,
  SUSPECT: 1,
  FORECAST: 2,
  RAW: 3,
  EST_LINEAR: 4,
  EST_HIST: 5,
  EDITED: 6,
  DERIVED: 7,
  ACTUAL: 8,
} as const;

/** Name of a quality. */
export type QualityName = keyof typeof QUALITY;

/** The names, worst first. */
export const QUALITY_NAMES = Object.keys(QUALITY) as readonly QualityName[];

/** How a statement counts energy of a quality (API section 1). */
export type QualityShare = 'measured' | 'calculated' | 'estimated' | 'unvalidated' | 'missing';

const SHARES: readonly QualityShare[] = [
  'missing',
  'unvalidated',
  'unvalidated',
  'unvalidated',
  'estimated',
  'estimated',
  'measured',
  'calculated',
  'measured',
];

/**
 * Code of a quality as a file writes it, in either case.
 *
 * @returns The stored number; null when the name is not on the list.
 */
export function parseQuality(text: string): number | null {
  const name = text.toUpperCase();
  return Object.hasOwn(QUALITY, name) ? QUALITY[name as QualityName] : null;
}

/**
 * Under which heading a statement counts energy of this quality.
 *
 * @param code  A number of `QUALITY`.
 */
export function qualityShare(code: number): QualityShare {
  return SHARES[code] ?? 'missing';
}

/**
 * Whether consumption of this quality stands in a statement (METHOD 2.3, column "load billable").
 * Estimates do, marked; raw, suspect, forecast and missing do not.
 */
export function isBillableLoad(code: number): boolean {
  return code >= QUALITY.EST_LINEAR;
}
