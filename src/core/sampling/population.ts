import { assert } from '../errors.js';
import { toHex, sha256 } from '../ledger/merkle.js';
import { csvNumber, csvTable } from '../tabular/csv-text.js';
import { compareIds } from '../text.js';

/** Units in which a population is counted: whole numbers of these. */
export const SAMPLE_UNITS = ['Wh', 'g', 'centime'] as const;
/** One of them. */
export type SampleUnit = (typeof SAMPLE_UNITS)[number];

/** An item that can be drawn. */
export interface SampleItem {
  /** Quality class, then plant, meter or contract: `measured/GRID-1`. A credit's begins with `credit/`. */
  readonly stratum: string;
  /** Names the item for ever, and no other of its population. */
  readonly key: string;
  /** Absolute, in whole units of the population; zero is tested by completeness alone. */
  readonly size: number;
}

/** What a population comes to. */
export interface PopulationTotals {
  readonly count: number;
  /** Items of size zero among them. */
  readonly zeroCount: number;
  /** Σ size, whole units. */
  readonly total: number;
}

/**
 * An item from an amount with a sign: what is below zero is a credit, in a stratum of its own (ISA 530: an
 * understatement must not hide an overstatement).
 *
 * @param amount  Whole units, safe.
 */
export function itemOf({
  stratum,
  key,
  amount,
}: {
  readonly stratum: string;
  readonly key: string;
  readonly amount: number;
}): SampleItem {
  assert(Number.isSafeInteger(amount), 'sampling: whole units');
  return { stratum: amount < 0 ? `credit/${stratum}` : stratum, key, size: Math.abs(amount) };
}

/**
 * Items in the one order in which they are drawn: by stratum, then by key, as UTF-8 bytes (SAMPLING section 2).
 * It asserts that no key stands there twice.
 */
export function inOrder(items: Iterable<SampleItem>): readonly SampleItem[] {
  const ordered = [...items].toSorted(
    (a, b) => compareIds(a.stratum, b.stratum) || compareIds(a.key, b.key),
  );
  assert(
    new Set(ordered.map(({ key }) => key)).size === ordered.length,
    'sampling: a key names one item',
  );
  return ordered;
}

/** Counts a population. Σ size is asserted safe. */
export function totalsOf(items: Iterable<SampleItem>): PopulationTotals {
  let [count, zeroCount, total] = [0, 0, 0];
  for (const { size } of items) {
    assert(Number.isSafeInteger(size) && size >= 0, 'sampling: whole units, not negative');
    count += 1;
    total += size;
    if (size === 0) zeroCount += 1;
  }
  assert(Number.isSafeInteger(total), 'sampling: the total is safe');
  return { count, zeroCount, total };
}

/** A population as the table that anybody draws from again: in order, a line an item (SAMPLING section 2). */
export function populationTable(items: Iterable<SampleItem>): string {
  const lines = inOrder(items).map(({ stratum, key, size }) => [
    stratum,
    key,
    csvNumber(String(size)),
  ]);
  return csvTable([['stratum', 'key', 'size'], ...lines]);
}

/** SHA-256 of the table, lower-case hex: what a sample was drawn from. */
export function populationHash(items: Iterable<SampleItem>): string {
  return toHex(sha256(populationTable(items)));
}
