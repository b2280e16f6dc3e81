import { treeRoot, toHex } from '../ledger/merkle.js';
import { DAY_MS } from '../time/interval.js';
import type { EventHeader } from './pack-log.js';

/** Type of the event that seals which events a month's pack holds. */
export const ATTESTED = 'attestation.issued';

/** A calendar month in UTC and a day before and after it, ms: no civil month reaches further. */
export function reachOf(month: string): { readonly fromMs: number; readonly toMs: number } {
  const [year, at] = month.split('-').map(Number) as [number, number];
  return { fromMs: Date.UTC(year, at - 1, 1) - DAY_MS, toMs: Date.UTC(year, at, 1) + DAY_MS };
}

/** Whether an event matters to a month, so that a pack of it holds the event (PACK section 4). */
export function isInPopulation(
  { type, validFrom, validTo, body }: Pick<EventHeader, 'type' | 'validFrom' | 'validTo' | 'body'>,
  month: string,
): boolean {
  if (type === ATTESTED) return false;
  if (validFrom === null || validTo === null) return true;
  if (type === 'matching.run') {
    return (body['run'] as { readonly month?: unknown } | undefined)?.month === month;
  }
  const { fromMs, toMs } = reachOf(month);
  return Date.parse(validTo) > fromMs && Date.parse(validFrom) < toMs;
}

/** Which events a pack holds, as the log seals it: how many, and the root of the tree over their leaves, in order. */
export interface Population {
  /** They stand before this place. */
  readonly before: number;
  readonly count: number;
  /** Lower-case hex. */
  readonly root: string;
}

/**
 * Seals a population.
 *
 * @param leaves  Leaf hashes of its events, in order, 32 bytes each.
 * @param before  Place before which they stand.
 */
export function populationOf(leaves: readonly Uint8Array[], before: number): Population {
  return { before, count: leaves.length, root: toHex(treeRoot(leaves)) };
}
