import { DomainError } from '../errors.js';
import { quotientOf, remainderOf } from '../math/wide-quotient.js';
import { inOrder, type SampleItem, totalsOf } from './population.js';

/** Reliability factors × 100 where no error is expected (ISA 530, Poisson): by confidence in per cent. */
export const RELIABILITY_PER_100 = { 95: 300, 90: 231 } as const;
/** Confidence, per cent. */
export type ConfidencePct = keyof typeof RELIABILITY_PER_100;

/** How a monetary-unit sample is sized. */
export interface UnitPlan {
  /** n = ⌈P × R100 / (100 × T)⌉, on the whole population. */
  readonly plannedCount: number;
  /** J = ⌊100 × T / R100⌋, whole units, 1 or more. */
  readonly interval: number;
}

/** An item that is tested, and why. */
export interface DrawnItem extends SampleItem {
  /** `certain`: at least as large as the interval; `drawn`: it holds a unit that the pass stopped at. */
  readonly because: 'certain' | 'drawn';
  /** Place of that unit in what was left of the population, from 0; null for one that is certain. */
  readonly unit: number | null;
}

/** A monetary-unit sample. */
export interface UnitSample extends UnitPlan {
  /** First unit of the pass: the seed modulo the interval. */
  readonly start: number;
  /** In the order of the population. */
  readonly items: readonly DrawnItem[];
}

/**
 * Sizes a monetary-unit sample with no errors expected (SAMPLING section 3).
 *
 * @param total          P, whole units.
 * @param tolerable      T: misstatement that is tolerable, whole units.
 * @throws DomainError `sampling.nothing_to_draw` for an empty population; `sampling.interval_below_one`
 */
export function planUnits({
  total,
  tolerable,
  confidencePct,
}: {
  readonly total: number;
  readonly tolerable: number;
  readonly confidencePct: ConfidencePct;
}): UnitPlan {
  if (total === 0) throw nothingToDraw();
  const reliability = RELIABILITY_PER_100[confidencePct];
  const interval = quotientOf([100, tolerable], [reliability], 'down');
  if (interval < 1) {
    const least = quotientOf([reliability], [100], 'up');
    const fix = `Tolerate at least ${least}: below that, every unit would be an interval of its own.`;
    throw new DomainError('sampling.interval_below_one', { tolerable, confidencePct, fix });
  }
  return { plannedCount: quotientOf([total, reliability], [100, tolerable], 'up'), interval };
}

/**
 * Draws a monetary-unit sample: every item of at least an interval, and of the rest those that hold the units
 * start, start + J, … of one pass in order (SAMPLING section 3). The same input gives the same items.
 *
 * @param seed  As `seedOf` gives it.
 * @throws DomainError as `planUnits`
 */
export function drawUnits(
  items: Iterable<SampleItem>,
  wanted: {
    readonly tolerable: number;
    readonly confidencePct: ConfidencePct;
    readonly seed: Uint8Array;
  },
): UnitSample {
  const { tolerable, confidencePct, seed } = wanted;
  const population = inOrder(items);
  const { total } = totalsOf(population);
  const { plannedCount, interval } = planUnits({ total, tolerable, confidencePct });
  const start = remainderOf(seed, interval);
  const drawn: DrawnItem[] = [];
  let [passed, next] = [0, start];
  for (const item of population) {
    if (item.size >= interval) {
      drawn.push({ ...item, because: 'certain', unit: null });
      continue;
    }
    passed += item.size;
    // Smaller than an interval: it holds one of these units at most.
    if (next >= passed) continue;
    drawn.push({ ...item, because: 'drawn', unit: next });
    next += interval;
  }
  return { plannedCount, interval, start, items: drawn };
}

/** Refusal of a population without a single unit. */
export function nothingToDraw(): DomainError {
  const fix = 'Choose a population that has items, or test its completeness alone.';
  return new DomainError('sampling.nothing_to_draw', { fix });
}
