import { growTree, type TreeNode } from '../../core/ledger/merkle.js';
import { type LeafRange, nodesOf, rootOfNodes } from '../../core/proofs/tree-proofs.js';
import type { LedgerTx } from '../database/ledger-tx.js';
import { toSafeInteger } from '../database/rows/columns.js';

/**
 * Root of a log's first events (RFC 6962), 32 bytes.
 *
 * @param size  At most the log's.
 */
export async function rootAt(tx: LedgerTx, size: number): Promise<Uint8Array> {
  if (size === 0) return growTree().root();
  const [root] = await rootsOf(tx, [{ begin: 0, end: size }]);
  return root!;
}

/** Roots of ranges of a log's events, in their order: a proof. All in one question. */
export async function rootsOf(
  tx: LedgerTx,
  ranges: readonly LeafRange[],
): Promise<readonly Uint8Array[]> {
  const wanted = ranges.map(nodesOf);
  const hashes = await hashesOf(tx, wanted.flat());
  return wanted.map((nodes) => rootOfNodes(nodes.map((node) => hashes.get(keyOf(node))!)));
}

/** The complete nodes that cover ranges of a log's events (`nodesOf`), in their order, 32 bytes each. */
export async function nodesOfRanges(
  tx: LedgerTx,
  ranges: readonly LeafRange[],
): Promise<readonly (readonly Uint8Array[])[]> {
  const wanted = ranges.map(nodesOf);
  const hashes = await hashesOf(tx, wanted.flat());
  return wanted.map((nodes) => nodes.map((node) => hashes.get(keyOf(node))!));
}

async function hashesOf(
  tx: LedgerTx,
  nodes: readonly TreeNode[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const rows = await tx.query<{ level: number; index: string; hash: Buffer | null }[]>(
    `SELECT w.level, w.index, coalesce(n.hash, e.leaf_hash) AS hash
     FROM unnest($2::smallint[], $3::bigint[]) w (level, index)
       LEFT JOIN log_node n ON n.ledger_id = $1 AND n.level = w.level AND n.node_index = w.index
       LEFT JOIN ledger_event e ON w.level = 0 AND e.ledger_id = $1 AND e.seq = w.index`,
    [tx.ledgerId, nodes.map(({ level }) => level), nodes.map(({ index }) => index)],
  );
  return new Map(
    rows.map(({ level, index, hash }) => {
      // What is missing gives a root that no log has: whoever compares it sees that it is another.
      const bytes = hash === null ? new Uint8Array(32) : new Uint8Array(hash);
      return [keyOf({ level, index: toSafeInteger(index) }), bytes];
    }),
  );
}

const keyOf = ({ level, index }: TreeNode): string => `${level}/${index}`;
