import { sha256, toHex } from '../ledger/merkle.js';
import { apportion } from '../math/apportion.js';
import { DomainError } from '../errors.js';
import { compareIds } from '../text.js';
import { nothingToDraw } from './monetary-unit.js';
import { inOrder, type SampleItem } from './population.js';

/** How many items a control is tested on, by how often it is done (SAMPLING section 5). */
export const CONTROL_TESTS = {
  daily: { min: 20, max: 30 },
  weekly: { min: 5, max: 10 },
  monthly: { min: 3, max: 6 },
  quarterly: { min: 4, max: 4 },
} as const;
/** How often a control is done. */
export type ControlFrequency = keyof typeof CONTROL_TESTS;

/** A stratum of a stratified sample. */
export interface SampledStratum {
  readonly stratum: string;
  readonly count: number;
  readonly drawnCount: number;
}

/** A stratified sample. */
export interface StratifiedSample {
  readonly strata: readonly SampledStratum[];
  /** In the order of the population. */
  readonly items: readonly SampleItem[];
}

/**
 * Draws a number of items from all strata, each item of a stratum alike, whatever its size (SAMPLING section 4).
 * One goes to each stratum, and the rest in proportion to what is left of each, by the largest remainder, the earlier
 * stratum first where they are equal; where there are fewer than strata, all go in proportion. Of a stratum those are
 * taken that `SHA-256(seed || key)` puts first. Where more are wanted than there are, all are taken.
 *
 * @param count  Whole, 1 or more.
 * @param seed   As `seedOf` gives it.
 * @throws DomainError `sampling.nothing_to_draw` for an empty population
 */
export function drawStratified(
  items: Iterable<SampleItem>,
  { count, seed }: { readonly count: number; readonly seed: Uint8Array },
): StratifiedSample {
  const population = inOrder(items);
  if (population.length === 0) throw nothingToDraw();
  const byStratum = Map.groupBy(population, ({ stratum }) => stratum);
  const counts = [...byStratum.values()].map(({ length }) => length);
  const shares = allotted(counts, Math.min(count, population.length));
  const strata: SampledStratum[] = [];
  const drawn: SampleItem[] = [];
  for (const [at, [stratum, members]] of [...byStratum].entries()) {
    const drawnCount = shares[at]!;
    const ranked = members
      .map((item) => ({ item, rank: toHex(sha256(seed, item.key)) }))
      .toSorted((a, b) => compareIds(a.rank, b.rank));
    const taken = new Set(ranked.slice(0, drawnCount).map(({ item }) => item));
    drawn.push(...members.filter((item) => taken.has(item)));
    strata.push({ stratum, count: members.length, drawnCount });
  }
  return { strata, items: drawn };
}

/**
 * How many items a test of a control takes.
 *
 * @param count  Wanted; null for the fewest that the frequency allows.
 * @throws DomainError `sampling.size_out_of_range`
 */
export function controlTestCount(frequency: ControlFrequency, count: number | null): number {
  const { min, max } = CONTROL_TESTS[frequency];
  const wanted = count ?? min;
  if (wanted >= min && wanted <= max) return wanted;
  const fix = `Test ${min === max ? min : `${min} to ${max}`} items of what is done ${frequency}.`;
  throw new DomainError('sampling.size_out_of_range', { frequency, count: wanted, min, max, fix });
}

/** Whole shares of `count`, none above what its stratum has. */
function allotted(counts: readonly number[], count: number): readonly number[] {
  const each = count < counts.length ? 0 : 1;
  const rest = count - each * counts.length;
  if (rest === 0) return counts.map(() => each);
  const left = counts.map((of) => of - each);
  return [...apportion(rest, Float64Array.from(left))].map((more) => each + more);
}
