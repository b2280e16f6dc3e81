import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { leafHash, treeRoot } from '../../core/ledger/merkle.js';
import { writeEventProof } from '../../core/proofs/event-proof.js';
import { writeRowProof } from '../../core/proofs/row-proof.js';
import {
  consistencyRanges,
  inclusionRanges,
  type LeafRange,
} from '../../core/proofs/tree-proofs.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { rootAt, rootsOf } from '../../platform/marker/log-tree.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { VerificationService } from '../ledger/replay/verification.service.js';
import { CheckpointsService } from './checkpoints.service.js';

/** A proof of the log's tree. */
export interface TreeProof {
  /** Root of the tree that the proof leads to. */
  readonly root: Uint8Array;
  readonly hashes: readonly Uint8Array[];
}

/** Proves what stands in a log, and that it only grew (LEDGER section 6). */
@Injectable()
export class LogProofsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly verification: VerificationService,
    private readonly checkpoints: CheckpointsService,
  ) {}

  /** That an event stands at its place among the first `size`. @throws DomainError `log.no_such_place` */
  inclusion(ledgerId: string, seq: number, size: number): Promise<TreeProof> {
    return this.scope.read(ledgerId, async (tx) => {
      await this.requirePlace(tx, { size });
      if (seq >= size) throw noSuchPlace('seq', seq, size);
      return this.proofIn(tx, { ranges: inclusionRanges(seq, size), size });
    });
  }

  /** That the first `size` events begin with the first `from`. @throws DomainError `log.no_such_place` */
  consistency(ledgerId: string, from: number, size: number): Promise<TreeProof> {
    return this.scope.read(ledgerId, async (tx) => {
      await this.requirePlace(tx, { size });
      if (from > size) throw noSuchPlace('from', from, size);
      return this.proofIn(tx, { ranges: consistencyRanges(from, size), size });
    });
  }

  /**
   * That a row is in the log, under the last state that was signed: a file that needs nothing else to be checked.
   *
   * @throws DomainError `log.no_such_event`; `log.no_such_place` for a row that it did not seal, or an event that came after
   *   the last state that was signed; `checkpoint.not_found`
   */
  async row(ledgerId: string, eventId: string, rowIndex: number): Promise<string> {
    const { note, size } = await this.checkpoints.latest(ledgerId);
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const event = await this.ledger.eventIn(tx, eventId);
      if (event === null) {
        const fix = 'List the events: GET /v1/ledger/events.';
        throw new DomainError('log.no_such_event', { eventId, fix });
      }
      const { seq, rowCount, payload } = event;
      if (rowIndex >= rowCount) throw noSuchPlace('row', rowIndex, rowCount);
      if (seq >= size) throw noSuchPlace('seq', seq, size);
      const rows = await this.verification.rowsOf(tx, event);
      const eventPath = await this.eventPath(tx, seq, size);
      const sealed = { event: payload.toString('utf8'), seq, rows, leaves: rows.map(leafOf) };
      return rowProof(sealed, rowIndex, { note, eventPath });
    });
  }

  /**
   * Proofs of many rows and events under one signed state, which all of them came before. The rows of an event are
   * read once, and each proof is made once.
   *
   * @param places  Of rows; `row` null for an event itself.
   * @returns       In the order of `places`: of a row a C2SP tlog-proof, of an event as `writeEventProof` makes it.
   * @throws DomainError `log.no_such_place` for an event that came after the state
   */
  async many(
    tx: LedgerTx,
    { note, size }: { readonly note: string; readonly size: number },
    places: readonly { readonly eventId: string; readonly row: number | null }[],
  ): Promise<readonly { readonly seq: number; readonly text: string }[]> {
    const known = new Map<string, SealedRowsOf & { readonly eventPath: readonly Uint8Array[] }>();
    // Many items lead to the same place: the statement, the factor.
    const made = new Map<string, { readonly seq: number; readonly text: string }>();
    for (const { eventId, row } of places) {
      if (made.has(placeKey(eventId, row))) continue;
      let one = known.get(eventId);
      if (one === undefined) {
        const event = (await this.ledger.eventIn(tx, eventId))!;
        const { seq, payload } = event;
        if (seq >= size) throw noSuchPlace('seq', seq, size);
        const rows = await this.verification.rowsOf(tx, event);
        const eventPath = await this.eventPath(tx, seq, size);
        const text = payload.toString('utf8');
        one = { event: text, seq, rows, leaves: rows.map(leafOf), eventPath };
        known.set(eventId, one);
      }
      const { event, seq, eventPath } = one;
      const text =
        row === null
          ? writeEventProof({ event, seq, size, path: eventPath })
          : rowProof(one, row, { note, eventPath });
      made.set(placeKey(eventId, row), { seq, text });
    }
    return places.map(({ eventId, row }) => made.get(placeKey(eventId, row))!);
  }

  private async eventPath(tx: LedgerTx, seq: number, size: number): Promise<readonly Uint8Array[]> {
    const { hashes } = await this.proofIn(tx, { ranges: inclusionRanges(seq, size), size });
    return hashes;
  }

  private async proofIn(
    tx: LedgerTx,
    { ranges, size }: { readonly ranges: readonly LeafRange[]; readonly size: number },
  ): Promise<TreeProof> {
    const root = await rootAt(tx, size);
    return { root, hashes: await rootsOf(tx, ranges) };
  }

  private async requirePlace(tx: LedgerTx, { size }: { readonly size: number }): Promise<void> {
    const head = await this.ledger.headIn(tx, size);
    if (size > head.size) throw noSuchPlace('size', size, head.size);
  }
}

/** An event's text with the rows that it sealed. */
interface SealedRowsOf {
  readonly event: string;
  readonly seq: number;
  readonly rows: readonly string[];
  readonly leaves: readonly Uint8Array[];
}

const placeKey = (eventId: string, row: number | null): string => `${eventId} ${row}`;

const leafOf = (row: string): Uint8Array => leafHash(row);

function rowProof(
  { event, seq, rows, leaves }: SealedRowsOf,
  rowIndex: number,
  { note, eventPath }: { readonly note: string; readonly eventPath: readonly Uint8Array[] },
): string {
  const rowCount = rows.length;
  const rowPath = inclusionRanges(rowIndex, rowCount).map(({ begin, end }) =>
    treeRoot(leaves.slice(begin, end)),
  );
  const row = rows[rowIndex]!;
  return writeRowProof({
    row,
    rowIndex,
    rowCount,
    rowPath,
    seq,
    checkpoint: note,
    event,
    eventPath,
  });
}

function noSuchPlace(field: string, value: number, size: number): DomainError {
  const fix = `Name a place before ${size}.`;
  return new DomainError('log.no_such_place', { field, value, size, fix });
}
