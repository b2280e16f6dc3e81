import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { EMPTY_HEAD, type LogHead, type SealedEvent } from '../../core/ledger/event.js';
import { growTree, type HashedNode, toHex, type TreeSoFar } from '../../core/ledger/merkle.js';
import { type Fault, readPayload } from '../../core/ledger/verify.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { LedgerEventEntity } from './ledger-event.entity.js';
import { LedgerEntity, LedgerHeadEntity } from './ledger.entity.js';

const PAGE = 500;
const OPENED_WITHIN_MS = 60_000;

/** The end of a log under its lock, and where its tree goes on. */
export interface LockedHead extends LogHead {
  readonly tree: TreeSoFar;
}

/** Loads and writes the log. Every method runs inside the transaction it is given. */
@Injectable()
export class LedgerRepository {
  async create(tx: LedgerTx, ledger: LedgerEntity): Promise<void> {
    await tx.insert(LedgerEntity, ledger);
    await tx.insert(LedgerHeadEntity, {
      ledgerId: ledger.ledgerId,
      size: 0,
      chainHash: Buffer.from(EMPTY_HEAD.chainHash),
      recordedAt: null,
      subtrees: Buffer.alloc(0),
    });
  }

  find(tx: LedgerTx): Promise<LedgerEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(LedgerEntity, { ledgerId });
  }

  /** The end of the log, locked until `tx` ends: appends wait for each other here, and only here. */
  async lockHead(tx: LedgerTx): Promise<LockedHead | null> {
    const { ledgerId } = tx;
    const head = await tx.findOne(LedgerHeadEntity, {
      where: { ledgerId },
      lock: { mode: 'pessimistic_write' },
    });
    if (head === null) return null;
    const { size, subtrees } = head;
    return { ...toHead(head), tree: { size, subtrees: piecesOf(subtrees) } };
  }

  async head(tx: LedgerTx): Promise<LogHead | null> {
    // Asked more often than anything else: written by hand.
    const [head] = await tx.query<{ size: string; chainHash: Buffer; recordedAt: Date | null }[]>(
      `SELECT size, chain_hash AS "chainHash", recorded_at AS "recordedAt"
       FROM ledger_head WHERE ledger_id = $1`,
      [tx.ledgerId],
    );
    return head === undefined ? null : toHead({ ...head, size: Number(head.size) });
  }

  /** Writes an event behind the head that was locked for it, and the nodes that it completes in the log's tree. */
  async append(tx: LedgerTx, event: SealedEvent, { tree }: LockedHead): Promise<void> {
    await tx.insert(LedgerEventEntity, {
      ledgerId: event.ledgerId,
      seq: event.seq,
      eventId: event.eventId,
      type: event.type,
      schemaVersion: event.schemaVersion,
      validFrom: toDate(event.validFrom),
      validTo: toDate(event.validTo),
      recordedAt: new Date(event.recordedAtMs),
      actor: event.actor,
      actorPrincipal: event.actorPrincipal,
      actorRole: event.actorRole,
      sourceRef: event.sourceRef,
      supersedes: [...event.supersedes],
      rowCount: event.rowCount,
      rowRoot: Buffer.from(event.rowRoot),
      payload: Buffer.from(event.payload),
      leafHash: Buffer.from(event.leafHash),
      prevSeq: event.seq === 0 ? null : event.seq - 1,
      prevHash: Buffer.from(event.prevHash),
      chainHash: Buffer.from(event.chainHash),
    });
    const completed: HashedNode[] = [];
    const grown = growTree(tree, (node) => completed.push(node));
    grown.add(event.leafHash);
    await tx.query(
      `WITH completed AS (
         INSERT INTO log_node (ledger_id, level, node_index, hash)
         SELECT $1, level, node_index, hash
         FROM unnest($6::smallint[], $7::bigint[], $8::bytea[]) AS n (level, node_index, hash))
       UPDATE ledger_head SET size = $2, chain_hash = $3, recorded_at = $4, subtrees = $5
       WHERE ledger_id = $1`,
      [
        event.ledgerId,
        event.seq + 1,
        Buffer.from(event.chainHash),
        new Date(event.recordedAtMs),
        Buffer.concat(grown.subtrees()),
        completed.map(({ level }) => level),
        completed.map(({ index }) => index),
        completed.map(({ hash }) => `\\x${toHex(hash)}`),
      ],
    );
  }

  /** Events in order, a page at a time. */
  async *events(tx: LedgerTx): AsyncGenerator<LedgerEventEntity> {
    const { ledgerId } = tx;
    for (let after = -1; ;) {
      const page = await this.page(tx, { ledgerId, after, limit: PAGE });
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.seq;
    }
  }

  /**
   * As `events`, told apart from those that cannot be read: a column may hold what is no value of
   * ours once somebody wrote past the program. Null stands for such an event.
   *
   * @param from  Place after which they begin; −1 for all.
   */
  async *readableEvents(
    tx: LedgerTx,
    from: number,
  ): AsyncGenerator<{ readonly seq: number; readonly event: LedgerEventEntity | null }> {
    const { ledgerId } = tx;
    for (let after = from; ;) {
      const at = { ledgerId, after, limit: PAGE };
      const found = await tx.query<{ seq: string }[]>(
        'SELECT seq FROM ledger_event WHERE ledger_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
        [ledgerId, after, PAGE],
      );
      if (found.length === 0) return;
      const page = await this.page(tx, at).catch(() => null);
      for (const [place, { seq: text }] of found.entries()) {
        const seq = Number(text);
        const one = { ledgerId, after: seq - 1, limit: 1 };
        const alone = page === null ? await this.page(tx, one).catch(() => []) : page;
        const event = alone[page === null ? 0 : place];
        yield { seq, event: event !== undefined && isWhole(event) ? event : null };
        after = seq;
      }
    }
  }

  /** The event at a place; null where there is none, or none that can be read. */
  async readableEvent(tx: LedgerTx, seq: number): Promise<LedgerEventEntity | null> {
    for await (const one of this.readableEvents(tx, seq - 1)) {
      return one.seq === seq ? one.event : null;
    }
    return null;
  }

  /** How many events there are before a place, and how many rows they say they sealed. */
  async countsBefore(
    tx: LedgerTx,
    seq: number,
  ): Promise<{ readonly eventCount: number; readonly rowCount: number }> {
    const [counts] = await tx.query<{ events: string; rows: string }[]>(
      `SELECT count(*) AS events, coalesce(sum(row_count), 0) AS rows
       FROM ledger_event WHERE ledger_id = $1 AND seq < $2`,
      [tx.ledgerId, seq],
    );
    return { eventCount: Number(counts!.events), rowCount: Number(counts!.rows) };
  }

  /** Whether the ledger's own row is what its first event says; null when it is. */
  async openingFault(tx: LedgerTx): Promise<Fault | null> {
    const { ledgerId } = tx;
    const ledger = await this.find(tx);
    const first = await tx.findOneBy(LedgerEventEntity, { ledgerId, seq: 0 });
    if (first === null && ledger === null) return null;
    const body =
      first === null ? null : (readPayload(first.payload)?.['body'] as { name?: unknown });
    // Read before the event, in the same transaction.
    const lateMs = Number(first?.recordedAt) - Number(ledger?.openedAt);
    const isSame = body?.name === ledger?.name && Math.abs(lateMs) <= OPENED_WITHIN_MS;
    if (isSame) return null;
    const detail = 'The ledger’s own row is not what its first event says.';
    return { seq: 0, check: 'ledger', detail };
  }

  page(
    tx: LedgerTx,
    { ledgerId, after, limit }: { ledgerId: string; after: number; limit: number },
  ): Promise<LedgerEventEntity[]> {
    return tx
      .createQueryBuilder(LedgerEventEntity, 'e')
      .where('e.ledger_id = :ledgerId AND e.seq > :after', { ledgerId, after })
      .orderBy('e.seq')
      .limit(limit)
      .getMany();
  }

  async sizeAt(tx: LedgerTx, instant: Date): Promise<number> {
    const { ledgerId } = tx;
    const last = await tx
      .createQueryBuilder(LedgerEventEntity, 'e')
      .where('e.ledger_id = :ledgerId AND e.recorded_at <= :instant', { ledgerId, instant })
      .orderBy('e.seq', 'DESC')
      .limit(1)
      .getOne();
    return last === null ? 0 : last.seq + 1;
  }

  ofTypes(tx: LedgerTx, types: readonly string[]): Promise<LedgerEventEntity[]> {
    const { ledgerId } = tx;
    const where = { ledgerId, type: In([...types]) };
    return tx.find(LedgerEventEntity, { where, order: { seq: 'ASC' } });
  }

  event(tx: LedgerTx, eventId: string): Promise<LedgerEventEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(LedgerEventEntity, { ledgerId, eventId });
  }
}

/** Whether nothing is empty that the program never leaves empty. */
function isWhole(event: LedgerEventEntity): boolean {
  const { eventId, recordedAt, supersedes, payload } = event;
  const values: readonly unknown[] = [
    eventId,
    recordedAt,
    supersedes,
    payload,
    event.rowRoot,
    event.leafHash,
    event.prevHash,
    event.chainHash,
  ];
  return values.every((value) => value !== null);
}

function toHead({
  size,
  chainHash,
  recordedAt,
}: Pick<LedgerHeadEntity, 'size' | 'chainHash' | 'recordedAt'>): LogHead {
  return { size, chainHash, recordedAtMs: recordedAt?.getTime() ?? -Infinity };
}

function toDate(instant: string | null): Date | null {
  return instant === null ? null : new Date(instant);
}

/** Hashes that stand one behind the other. */
function piecesOf(bytes: Buffer): readonly Uint8Array[] {
  return Array.from({ length: bytes.length / 32 }, (_, at) =>
    bytes.subarray(at * 32, at * 32 + 32),
  );
}
