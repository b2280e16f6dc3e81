import { nodeHash } from '../ledger/merkle.js';
import { type LeafRange, nodesOf, rootOfNodes } from '../proofs/tree-proofs.js';

/** Places of a log that a pack leaves out, and the complete nodes that cover them, from left to right. */
export interface Gap extends LeafRange {
  /** 32 bytes each. */
  readonly nodes: readonly Uint8Array[];
}

/**
 * The places from 0 to `size` that are not among those given.
 *
 * @param places  In order, each once, below `size`.
 */
export function gapsBetween(places: readonly number[], size: number): readonly LeafRange[] {
  const gaps: LeafRange[] = [];
  let next = 0;
  for (const place of [...places, size]) {
    if (place > next) gaps.push({ begin: next, end: place });
    next = place + 1;
  }
  return gaps;
}

/** A complete part of a tree. */
interface Part {
  readonly begin: number;
  readonly count: number;
  readonly hash: Uint8Array;
}

/**
 * Root of a log's tree from the leaves of some of its events and the nodes of the rest (PACK section 4).
 *
 * @param leaves  By place.
 * @param gaps    By place.
 * @returns       The root; or why they do not cover the log, each place once.
 */
export function rootWithGaps(
  leaves: readonly { readonly seq: number; readonly hash: Uint8Array }[],
  gaps: readonly Gap[],
  size: number,
): Uint8Array | { readonly fault: string } {
  const parts: Part[] = leaves.map(({ seq, hash }) => ({ begin: seq, count: 1, hash }));
  for (const { begin, end, nodes } of gaps) {
    const wanted = end > begin ? nodesOf({ begin, end }) : [];
    if (wanted.length === 0 || wanted.length !== nodes.length) {
      return {
        fault: `The places ${begin} to ${end} that are left out have not the nodes of theirs.`,
      };
    }
    wanted.forEach(({ level, index }, at) => {
      parts.push({ begin: index * 2 ** level, count: 2 ** level, hash: nodes[at]! });
    });
  }
  parts.sort((a, b) => a.begin - b.begin);
  const done: Part[] = [];
  let next = 0;
  for (const part of parts) {
    if (part.begin !== next)
      return { fault: `Place ${next} of the log is missing or there twice.` };
    next = part.begin + part.count;
    done.push(part);
    for (;;) {
      const [left, right] = done.slice(-2);
      const isPair =
        right !== undefined && left!.count === right.count && left!.begin % (2 * left!.count) === 0;
      if (!isPair) break;
      const hash = nodeHash(left!.hash, right.hash);
      done.splice(-2, 2, { begin: left!.begin, count: 2 * left!.count, hash });
    }
  }
  if (next !== size || size === 0) return { fault: `The log ends at ${next}, not at ${size}.` };
  return rootOfNodes(done.map(({ hash }) => hash));
}
