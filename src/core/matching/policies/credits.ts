import { addFraction, compareFractions, type Fraction, ZERO } from '../../math/fraction.js';

// Sums of at most a few thousand shares in doubles are far nearer than this to the exact ones.
const SURELY_APART = 1e-6;

/**
 * Credits of the rows of one side towards odd units (METHOD 4.3): exact, but counted in doubles as
 * long as doubles can tell. Rows that were listed together share their history, so most comparisons
 * are of small integers; only a near tie of different histories adds up fractions.
 */
export interface Credits {
  /** Place of each row in the tree of histories; 0 = was never listed. */
  readonly historyOf: Int32Array;
  /** Units that each row has received. */
  readonly received: Int32Array;
  /** Nodes of the tree: where each came from, and what it added. */
  readonly parent: number[];
  readonly units: number[];
  readonly among: number[];
  readonly sum: number[];
  readonly exact: (Fraction | null)[];
  /** Node that follows another in the listing being made, and which listing that was. */
  readonly next: number[];
  readonly listing: number[];
}

/** No credits yet, for so many rows. */
export function startCredits(rowCount: number): Credits {
  return {
    historyOf: new Int32Array(rowCount),
    received: new Int32Array(rowCount),
    parent: [-1],
    units: [0],
    among: [1],
    sum: [0],
    exact: [ZERO],
    next: [0],
    listing: [-1],
  };
}

/**
 * Lists rows for odd units: each gains `units / rows.length`, the largest credits receive a unit
 * each and lose 1.
 *
 * @param rows   In the order that decides ties.
 * @param units  Fewer than there are rows.
 * @returns      The rows that receive, any order.
 */
export function listForUnits(credits: Credits, rows: Int32Array, units: number): number[] {
  const firstNode = credits.parent.length;
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at]!;
    const before = credits.historyOf[row]!;
    if (credits.listing[before] !== firstNode) {
      credits.listing[before] = firstNode;
      credits.next[before] = addNode(credits, before, { units, among: rows.length });
    }
    credits.historyOf[row] = credits.next[before]!;
  }
  const receivers =
    credits.parent.length === firstNode + 1
      ? fewestReceived(credits, rows, units)
      : largest(credits, rows, units);
  for (const row of receivers) credits.received[row] = credits.received[row]! + 1;
  return receivers;
}

function addNode(
  credits: Credits,
  parent: number,
  { units, among }: { readonly units: number; readonly among: number },
): number {
  const node = credits.parent.length;
  credits.parent.push(parent);
  credits.units.push(units);
  credits.among.push(among);
  credits.sum.push(credits.sum[parent]! + units / among);
  credits.exact.push(null);
  credits.next.push(0);
  credits.listing.push(-1);
  return node;
}

/** Rows of one history differ by what they have received only. */
function fewestReceived({ received }: Credits, rows: Int32Array, units: number): number[] {
  const receivers: number[] = [];
  let level = Infinity;
  for (let at = 0; at < rows.length; at += 1) level = Math.min(level, received[rows[at]!]!);
  while (receivers.length < units) {
    let next = Infinity;
    for (let at = 0; at < rows.length; at += 1) {
      const has = received[rows[at]!]!;
      if (has === level && receivers.length < units) receivers.push(rows[at]!);
      else if (has > level && has < next) next = has;
    }
    level = next;
  }
  return receivers;
}

/** The largest credits, by doubles where they are surely apart, exactly around the last of them. */
function largest(credits: Credits, listed: Int32Array, units: number): number[] {
  const { sum, historyOf, received } = credits;
  const rows = [...listed];
  const values = Float64Array.from(rows, (row) => sum[historyOf[row]!]! - received[row]!);
  const threshold = values.slice().sort()[rows.length - units]!;
  const receivers = rows.filter((_, at) => values[at]! > threshold + SURELY_APART);
  const near = rows.filter((_, at) => Math.abs(values[at]! - threshold) <= SURELY_APART);
  const order = new Map(near.map((row, at) => [row, at]));
  near.sort((a, b) => compareCredits(credits, b, a) || order.get(a)! - order.get(b)!);
  return [...receivers, ...near.slice(0, units - receivers.length)];
}

/** Orders two rows by credit, exactly. */
function compareCredits(credits: Credits, a: number, b: number): number {
  const { historyOf, received, sum } = credits;
  const [from, to] = [historyOf[a]!, historyOf[b]!];
  if (from === to) return received[b]! - received[a]!;
  const apart = sum[from]! - received[a]! - (sum[to]! - received[b]!);
  if (Math.abs(apart) > SURELY_APART) return apart;
  return compareFractions(
    addFraction(exactly(credits, from), -received[a]!, 1),
    addFraction(exactly(credits, to), -received[b]!, 1),
  );
}

/** The exact sum of a history, kept once it is known. */
function exactly(credits: Credits, node: number): Fraction {
  const path: number[] = [];
  let at = node;
  while (credits.exact[at] === null) {
    path.push(at);
    at = credits.parent[at]!;
  }
  let value = credits.exact[at]!;
  for (const step of path.toReversed()) {
    value = addFraction(value, credits.units[step]!, credits.among[step]!);
    credits.exact[step] = value;
  }
  return value;
}
