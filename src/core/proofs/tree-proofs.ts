import { assert } from '../errors.js';
import { nodeHash, toHex, type TreeNode } from '../ledger/merkle.js';

/** Leaves from `begin` up to, not including, `end`, of which a proof holds the root. */
export interface LeafRange {
  readonly begin: number;
  readonly end: number;
}

const HASH_BYTES = 32;

/** Largest power of two below `count`, for `count` ≥ 2. Sizes may pass 2^31: no shifts. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

/**
 * Ranges whose roots prove that leaf `index` is in the tree of `size` leaves, from the leaf's sibling
 * up (RFC 6962 section 2.1.1, `PATH`).
 *
 * @param index  0 ≤ `index` < `size`.
 */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  assert(isCount(index) && isCount(size) && index < size, 'inclusion: a leaf of the tree');
  const ranges: LeafRange[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      ranges.push({ begin: middle, end });
      end = middle;
    } else {
      ranges.push({ begin, end: middle });
      begin = middle;
    }
  }
  return ranges.toReversed();
}

/**
 * Ranges whose roots prove that the tree of `size2` leaves begins with the tree of `size1` (RFC 6962 section
 * 2.1.2, `PROOF`); none where the two are one.
 *
 * @param size1  0 < `size1` ≤ `size2`.
 */
export function consistencyRanges(size1: number, size2: number): readonly LeafRange[] {
  assert(isCount(size1) && isCount(size2), 'consistency: sizes are counts');
  assert(size1 > 0 && size1 <= size2, 'consistency: from a smaller tree that is not empty');
  const ranges: LeafRange[] = [];
  let [begin, end, isWhole] = [0, size2, true];
  while (size1 < end) {
    const middle = begin + splitOf(end - begin);
    if (size1 <= middle) {
      ranges.push({ begin: middle, end });
      end = middle;
    } else {
      ranges.push({ begin, end: middle });
      [begin, isWhole] = [middle, false];
    }
  }
  // The verifier has the root of the smaller tree, and needs it not where it is a node of the larger.
  if (!isWhole) ranges.push({ begin, end });
  return ranges.toReversed();
}

/**
 * The complete nodes that cover a range, from left to right. Ranges of proofs begin at a multiple of
 * what they cover.
 */
export function nodesOf({ begin, end }: LeafRange): readonly TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let at = begin; at < end;) {
    let [level, count] = [0, 1];
    while (at % (count * 2) === 0 && at + count * 2 <= end) [level, count] = [level + 1, count * 2];
    nodes.push({ level, index: at / count });
    at += count;
  }
  return nodes;
}

/**
 * Root of a range from the hashes of its complete nodes, as `nodesOf` orders them. An odd node is
 * promoted, never duplicated.
 *
 * @param hashes  At least one, 32 bytes each.
 */
export function rootOfNodes(hashes: readonly Uint8Array[]): Uint8Array {
  const last = hashes.at(-1);
  assert(last !== undefined, 'tree: a range has a node');
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/**
 * Whether a leaf stands at its place in a tree (RFC 9162 section 2.1.3.2). Proofs that are too short or too long,
 * hashes of another length, places outside of the tree, and an empty tree are refused.
 *
 * @param leaf   Hash of the leaf, 32 bytes.
 * @param proof  From the leaf's sibling up.
 */
export function isIncluded(
  { index, size, leaf, root }: InclusionClaim,
  proof: readonly Uint8Array[],
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (![leaf, root, ...proof].every(isHash)) return false;
  let [place, last, hash] = [index, size - 1, leaf];
  for (const beside of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(beside, hash);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      hash = nodeHash(hash, beside);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && isSame(hash, root);
}

/** What a proof of inclusion is to show. */
export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
}

/** What a proof of consistency is to show. */
export interface ConsistencyClaim {
  readonly size1: number;
  readonly size2: number;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
}

/**
 * Whether a tree begins with an earlier one (RFC 9162 section 2.1.4.2). From an empty tree everything would
 * follow, so that it proves nothing and is refused; so is a smaller tree than before, and a proof where none
 * is needed.
 */
export function isConsistent(
  { size1, size2, root1, root2 }: ConsistencyClaim,
  proof: readonly Uint8Array[],
): boolean {
  if (!isCount(size1) || !isCount(size2) || size1 === 0 || size1 > size2) return false;
  if (![root1, root2, ...proof].every(isHash)) return false;
  if (size1 === size2) return proof.length === 0 && isSame(root1, root2);
  if (proof.length === 0) return false;
  let [place, last] = [size1 - 1, size2 - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  // A smaller tree that is a node of the larger is where the proof begins.
  const path = place === 0 ? [root1, ...proof] : proof;
  let [hash1, hash2] = [path[0]!, path[0]!];
  for (const beside of path.slice(1)) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      [hash1, hash2] = [nodeHash(beside, hash1), nodeHash(beside, hash2)];
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      hash2 = nodeHash(hash2, beside);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && isSame(hash1, root1) && isSame(hash2, root2);
}

const half = (count: number): number => Math.floor(count / 2);
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isHash = (hash: Uint8Array): boolean => hash.length === HASH_BYTES;
const isSame = (one: Uint8Array, other: Uint8Array): boolean => toHex(one) === toHex(other);
