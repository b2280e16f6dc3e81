import { createHash, hash } from 'node:crypto';
import { assert } from '../errors.js';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const CHAIN = Uint8Array.of(2);
const HASH_BYTES = 32;

/** 32 zero bytes: the previous hash of the first event. */
export const NO_PREVIOUS: Uint8Array = new Uint8Array(HASH_BYTES);

/** SHA-256 of the parts in order, 32 bytes. */
export function sha256(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** Lower-case hex of bytes. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** `SHA-256(0x00 || data)` (RFC 6962 section 2.1). Text is hashed as UTF-8. */
export function leafHash(data: Uint8Array | string): Uint8Array {
  // One call, no object that waits for the collector: blocks are hashed by the hundred thousand.
  return typeof data === 'string' ? hash('sha256', `\0${data}`, 'buffer') : sha256(LEAF, data);
}

/** `SHA-256(0x01 || left || right)` (RFC 6962 section 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer');
}

/** `SHA-256(0x02 || previous || leaf)`: the head after one more event (LEDGER section 3). */
export function chainHash(previous: Uint8Array, leaf: Uint8Array): Uint8Array {
  assert(previous.length === HASH_BYTES && leaf.length === HASH_BYTES, 'chain: 32-byte hashes');
  return sha256(CHAIN, previous, leaf);
}

/**
 * Root of the RFC 6962 tree over leaf hashes. An odd node is promoted, never duplicated.
 *
 * @param leaves  Leaf hashes, 32 bytes each, in order.
 * @returns       32 bytes; SHA-256 of nothing for no leaves.
 */
export function treeRoot(leaves: Iterable<Uint8Array>): Uint8Array {
  const tree = growTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

/**
 * A complete node of an RFC 6962 tree: `level` 0 are the leaves, and node (`level`, `index`) covers leaves
 * `index × 2^level` up to, not including, `(index + 1) × 2^level`. Once complete it never changes.
 */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** A complete node and its hash, 32 bytes. */
export interface HashedNode extends TreeNode {
  readonly hash: Uint8Array;
}

/** A tree that grows by a leaf at a time, and holds only what its root needs. */
export interface GrowingTree {
  add(leaf: Uint8Array): void;
  root(): Uint8Array;
  /** Hashes of the complete subtrees that cover it, the largest first: as many as its size has bits set. */
  subtrees(): readonly Uint8Array[];
}

/** Where a tree goes on growing: its size, and its complete subtrees. */
export interface TreeSoFar {
  readonly size: number;
  readonly subtrees: readonly Uint8Array[];
}

/**
 * A tree that grows.
 *
 * @param from       Where it goes on; absent = an empty tree.
 * @param completed  Hears of each node above the leaves as it becomes complete.
 */
export function growTree(
  { size, subtrees: before }: TreeSoFar = { size: 0, subtrees: [] },
  completed: (node: HashedNode) => void = () => {},
): GrowingTree {
  assert(before.length === bitsOf(size), 'tree: a subtree for each bit of its size');
  // Roots of complete subtrees, largest first, as the bits of the count so far.
  const subtrees = [...before];
  let count = size;
  return {
    add: (leaf) => {
      assert(leaf.length === HASH_BYTES, 'tree: 32-byte hashes');
      let [hash, level, index] = [leaf, 0, count];
      for (; index % 2 === 1; index = (index - 1) / 2) {
        hash = nodeHash(subtrees.pop()!, hash);
        level += 1;
        completed({ level, index: (index - 1) / 2, hash });
      }
      subtrees.push(hash);
      count += 1;
    },
    root: () => {
      const last = subtrees.at(-1);
      if (last === undefined) return sha256();
      return subtrees.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
    },
    subtrees: () => [...subtrees],
  };
}

/** How many bits of a count are set. Counts may pass 2^31: no shifts. */
function bitsOf(count: number): number {
  let bits = 0;
  for (let rest = count; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}

/** Rows that were sealed one by one: how many, and their root. */
export interface SealedRows {
  readonly count: number;
  readonly root: Uint8Array;
}

/** Seals rows as they come, for batches that are too large to hold. */
export function sealRows(): { add(row: string): void; sealed(): SealedRows } {
  const tree = growTree();
  let count = 0;
  return {
    add: (row) => {
      count += 1;
      tree.add(leafHash(row));
    },
    sealed: () => ({ count, root: tree.root() }),
  };
}

/**
 * Root over the rows of a batch.
 *
 * @param rows  Canonical row texts, in row order.
 */
export function rowRoot(rows: Iterable<string>): Uint8Array {
  return treeRoot(leavesOf(rows));
}

function* leavesOf(rows: Iterable<string>): Generator<Uint8Array> {
  for (const row of rows) yield leafHash(row);
}
