import { Injectable } from '@nestjs/common';
import { growTree, type HashedNode, toHex } from '../../../core/ledger/merkle.js';
import type { Fault } from '../../../core/ledger/verify.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';

/** Leaves that are hashed at once while a tree is checked. */
const LEAVES = 2_000;

/** The tree over a log's events: its nodes as they are kept. Every method runs inside the transaction it is given. */
@Injectable()
export class LogTreeRepository {
  /**
   * Whether the nodes that are kept, and the subtrees of the head, are those of the events there are: every one, and no
   * other. Null where they are.
   */
  async fault(tx: LedgerTx): Promise<Fault | null> {
    const { ledgerId } = tx;
    const completed: HashedNode[] = [];
    const tree = growTree(undefined, (node) => completed.push(node));
    let nodeCount = 0;
    for (let from = 0; ; from += LEAVES) {
      const leaves = await tx.query<{ hash: Buffer }[]>(
        `SELECT leaf_hash AS hash FROM ledger_event
         WHERE ledger_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq`,
        [ledgerId, from, from + LEAVES],
      );
      completed.length = 0;
      for (const { hash } of leaves) tree.add(hash);
      const wrong = await this.wrongNode(tx, completed);
      if (wrong !== null) return wrong;
      nodeCount += completed.length;
      if (leaves.length < LEAVES) break;
    }
    const [kept] = await tx.query<{ count: string; subtrees: Buffer | null }[]>(
      `SELECT (SELECT count(*) FROM log_node WHERE ledger_id = $1) AS count,
         (SELECT string_agg(subtrees, '') FROM ledger_head WHERE ledger_id = $1) AS subtrees`,
      [ledgerId],
    );
    const isWhole = Number(kept!.count) === nodeCount;
    if (!isWhole) {
      const detail = `The log's tree has ${nodeCount} complete nodes; ${kept!.count} are kept.`;
      return { seq: null, check: 'log_node', detail };
    }
    if (Buffer.concat(tree.subtrees()).equals(kept!.subtrees ?? Buffer.alloc(0))) return null;
    const detail = 'The subtrees of the head are not those of the events.';
    return { seq: null, check: 'log_node', detail };
  }

  private async wrongNode(tx: LedgerTx, nodes: readonly HashedNode[]): Promise<Fault | null> {
    const found = await tx.query<{ level: number; index: string }[]>(
      `SELECT w.level, w.index
       FROM unnest($2::smallint[], $3::bigint[], $4::bytea[]) w (level, index, hash)
         LEFT JOIN log_node n ON n.ledger_id = $1 AND n.level = w.level AND n.node_index = w.index
       WHERE n.hash IS DISTINCT FROM w.hash ORDER BY w.index << w.level, w.level LIMIT 1`,
      [
        tx.ledgerId,
        nodes.map(({ level }) => level),
        nodes.map(({ index }) => index),
        nodes.map(({ hash }) => `\\x${toHex(hash)}`),
      ],
    );
    const [first] = found;
    if (first === undefined) return null;
    const seq = Number(first.index) * 2 ** first.level;
    const detail = `Node ${first.level}/${first.index} of the log's tree is not that of its events.`;
    return { seq, check: 'log_node', detail };
  }
}
