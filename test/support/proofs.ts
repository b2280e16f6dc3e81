import { leafHash, nodeHash } from '../../src/core/ledger/merkle.js';
import { type LeafRange, nodesOf, rootOfNodes } from '../../src/core/proofs/tree-proofs.js';

/** Hashes of leaves that nothing is known of. */
export const leavesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, at) => leafHash(`leaf ${at}`));
/** A proof from leaves, through the complete nodes that a log keeps. */
export const proofOf = (
  leaves: readonly Uint8Array[],
  ranges: readonly LeafRange[],
): Uint8Array[] => {
  const nodeOf = (level: number, index: number): Uint8Array =>
    level === 0
      ? leaves[index]!
      : nodeHash(nodeOf(level - 1, 2 * index), nodeOf(level - 1, 2 * index + 1));
  return ranges.map((range) =>
    rootOfNodes(nodesOf(range).map(({ level, index }) => nodeOf(level, index))),
  );
};
