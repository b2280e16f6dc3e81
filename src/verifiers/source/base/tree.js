/** Merkle trees of RFC 6962 section 2.1: leaves, roots, complete nodes, consistency (RFC 9162 section 2.1.4). */
import { sameBytes } from './bytes.js';
import { sha256 } from './sha256.js';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** @returns {Uint8Array} `SHA-256(0x00 || bytes)` */
export const leafHash = (bytes) => sha256(LEAF, bytes);

/** @returns {Uint8Array} `SHA-256(0x01 || left || right)` */
export const nodeHash = (left, right) => sha256(NODE, left, right);

/** A tree that grows to the right by complete nodes; it holds no more than one of each size. */
export class Tree {
  #nodes = [];
  #size = 0;

  /** How many leaves it has. */
  get size() {
    return this.#size;
  }

  /**
   * @param {Uint8Array} hash
   * @param {number} [span]  how many leaves are under it: a power of two that divides `size`
   */
  add(hash, span = 1) {
    this.#size += span;
    let node = { hash, span };
    while (this.#nodes.at(-1)?.span === node.span) {
      const left = this.#nodes.pop();
      node = { hash: nodeHash(left.hash, node.hash), span: node.span * 2 };
    }
    this.#nodes.push(node);
  }

  /** @returns {Uint8Array} an odd node is promoted; of no leaves the hash of nothing */
  root() {
    if (this.#nodes.length === 0) return sha256();
    return this.#nodes.map(({ hash }) => hash).reduceRight((right, left) => nodeHash(left, right));
  }
}

/** @returns {Uint8Array} the root over leaves, in their order */
export function rootOf(leaves) {
  const tree = new Tree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

/**
 * The spans of the complete nodes that cover the places from `begin` up to `end`, from left to right: each the largest
 * that begins at a multiple of what it covers and ends within.
 *
 * @returns {number[]}
 */
export function completeSpans(begin, end) {
  const spans = [];
  for (let at = begin; at < end;) {
    let span = 1;
    while (at % (span * 2) === 0 && at + span * 2 <= end) span *= 2;
    spans.push(span);
    at += span;
  }
  return spans;
}

/**
 * Whether `hashes` prove that the tree of `size` leaves begins with the one of `from`.
 *
 * @param {{from: number, size: number, hashes: Uint8Array[], fromRoot: Uint8Array, root: Uint8Array}} proof
 */
export function isConsistent({ from, size, hashes, fromRoot, root }) {
  if (from < 1 || from > size) return false;
  if (from === size) return hashes.length === 0 && sameBytes(fromRoot, root);
  const isPower = Number.isInteger(Math.log2(from));
  const path = isPower ? [fromRoot, ...hashes] : hashes;
  if (path.length === 0) return false;
  let first = from - 1;
  let last = size - 1;
  const half = (value) => Math.floor(value / 2);
  while (first % 2 === 1) [first, last] = [half(first), half(last)];
  let before = path[0];
  let after = path[0];
  for (const hash of path.slice(1)) {
    if (last === 0) return false;
    if (first % 2 === 1 || first === last) {
      before = nodeHash(hash, before);
      after = nodeHash(hash, after);
      while (first % 2 === 0 && first !== 0) [first, last] = [half(first), half(last)];
    } else {
      after = nodeHash(after, hash);
    }
    [first, last] = [half(first), half(last)];
  }
  return last === 0 && sameBytes(before, fromRoot) && sameBytes(after, root);
}
