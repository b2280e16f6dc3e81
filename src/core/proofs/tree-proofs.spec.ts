import { readFileSync } from 'node:fs';
import { leafHash, toHex, treeRoot } from '../ledger/merkle.js';
import { leavesOf, proofOf } from '../../../test/support/proofs.js';
import {
  consistencyRanges,
  inclusionRanges,
  isConsistent,
  isIncluded,
  nodesOf,
} from './tree-proofs.js';

const merkle = JSON.parse(readFileSync('fixtures/vectors/merkle_rfc6962.json', 'utf8'));
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

/** Every way of spoiling a list of hashes a little. */
function* spoilt(proof: readonly Uint8Array[]): Generator<Uint8Array[]> {
  for (const [at, hash] of proof.entries()) {
    yield proof.toSpliced(at, 1);
    yield proof.toSpliced(at, 0, hash);
    yield proof.toSpliced(at, 1, hash.subarray(0, 31));
    yield proof.toSpliced(at, 1, Uint8Array.of(...hash, 0));
    for (let bit = 0; bit < 256; bit += 1) {
      const changed = Uint8Array.from(hash);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      yield proof.toSpliced(at, 1, changed);
    }
  }
  yield [...proof, new Uint8Array(0)];
  yield [new Uint8Array(32), ...proof];
  yield [...proof, new Uint8Array(32)];
}

describe('proofs of a tree (RFC 6962, RFC 9162)', () => {
  const leaves: Uint8Array[] = merkle.leaves_hex.map((hex: string) =>
    leafHash(Buffer.from(hex, 'hex')),
  );
  const root = (size: number): Uint8Array => bytes(merkle.roots_by_size_0_to_8[size]);

  it.each<{ index: number; size: number; proof: string[] }>(merkle.inclusion)(
    'are as published: leaf $index of $size',
    ({ index, size, proof }) => {
      expect(proofOf(leaves, inclusionRanges(index, size)).map(toHex)).toEqual(proof);
      const claim = { index, size, leaf: leaves[index]!, root: root(size) };
      expect(isIncluded(claim, proof.map(bytes))).toBe(true);
    },
  );

  it.each<{ size1: number; size2: number; proof: string[] }>(merkle.consistency)(
    'are as published: from $size1 to $size2',
    ({ size1, size2, proof }) => {
      expect(proofOf(leaves, consistencyRanges(size1, size2)).map(toHex)).toEqual(proof);
      const claim = { size1, size2, root1: root(size1), root2: root(size2) };
      expect(isConsistent(claim, proof.map(bytes))).toBe(true);
    },
  );

  it('hold for every leaf and every earlier size of trees up to 40, and for nothing else', () => {
    const all = leavesOf(40);
    const roots = all.map((_, at) => treeRoot(all.slice(0, at + 1)));
    for (let size = 1; size <= all.length; size += 1) {
      for (let at = 0; at < size; at += 1) {
        const inclusion = proofOf(all, inclusionRanges(at, size));
        const claim = { index: at, size, leaf: all[at]!, root: roots[size - 1]! };
        expect(isIncluded(claim, inclusion)).toBe(true);
        const other = at === 0 ? size - 1 : at - 1;
        if (other !== at) expect(isIncluded({ ...claim, index: other }, inclusion)).toBe(false);
        const consistency = proofOf(all, consistencyRanges(at + 1, size));
        const grown = { size1: at + 1, size2: size, root1: roots[at]!, root2: roots[size - 1]! };
        expect(isConsistent(grown, consistency)).toBe(true);
        if (at + 1 < size) {
          expect(isConsistent({ ...grown, root1: roots[size - 1]! }, consistency)).toBe(false);
          expect(isConsistent({ ...grown, size1: at }, consistency)).toBe(false);
        }
      }
    }
  });

  it('fall with any bit of them, and with any hash more or less', () => {
    const all = leavesOf(21);
    let tried = 0;
    for (const [index, size] of [
      [0, 1],
      [0, 21],
      [13, 21],
      [20, 21],
      [7, 16],
    ] as const) {
      const proof = proofOf(all, inclusionRanges(index, size));
      const claim = { index, size, leaf: all[index]!, root: treeRoot(all.slice(0, size)) };
      for (const other of spoilt(proof)) {
        tried += 1;
        expect(isIncluded(claim, other)).toBe(false);
      }
    }
    for (const [size1, size2] of [
      [1, 21],
      [6, 21],
      [16, 21],
      [20, 21],
      [21, 21],
    ] as const) {
      const proof = proofOf(all, consistencyRanges(size1, size2));
      const [root1, root2] = [treeRoot(all.slice(0, size1)), treeRoot(all.slice(0, size2))];
      for (const other of spoilt(proof)) {
        tried += 1;
        expect(isConsistent({ size1, size2, root1, root2 }, other)).toBe(false);
      }
    }
    expect(tried).toBeGreaterThan(7_000);
  });

  it('are refused where there is nothing to prove', () => {
    const [leaf, empty] = [leavesOf(1)[0]!, treeRoot([])];
    expect(isIncluded({ index: 0, size: 0, leaf, root: empty }, [])).toBe(false);
    expect(isIncluded({ index: 1, size: 1, leaf, root: leaf }, [])).toBe(false);
    const nothing = new Uint8Array(0);
    expect(isIncluded({ index: 0, size: 1, leaf: nothing, root: nothing }, [])).toBe(false);
    expect(isIncluded({ index: -1, size: 1, leaf, root: leaf }, [])).toBe(false);
    expect(isIncluded({ index: 0.5, size: 1, leaf, root: leaf }, [])).toBe(false);
    const same = { size1: 0, size2: 0, root1: empty, root2: empty };
    expect(isConsistent(same, [])).toBe(false);
    expect(isConsistent({ ...same, size2: 1, root2: leaf }, [])).toBe(false);
    expect(isConsistent({ size1: 2, size2: 1, root1: leaf, root2: leaf }, [])).toBe(false);
    expect(() => inclusionRanges(1, 1)).toThrow();
    expect(() => consistencyRanges(0, 1)).toThrow();
  });

  it('name only complete nodes, also beyond 2^32 leaves', () => {
    const size = 2 ** 40 + 12_345;
    for (const range of [...inclusionRanges(2 ** 39 + 7, size), ...consistencyRanges(99, size)]) {
      const nodes = nodesOf(range);
      expect(nodes.reduce((sum, { level }) => sum + 2 ** level, 0)).toBe(range.end - range.begin);
      for (const { level, index } of nodes) {
        expect((index + 1) * 2 ** level).toBeLessThanOrEqual(size);
      }
    }
  });
});
