import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { leafHash, treeRoot } from '../../core/ledger/merkle.js';
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
      const leaves = rows.map((row) => leafHash(row));
      const rowPath = inclusionRanges(rowIndex, rowCount).map(({ begin, end }) =>
        treeRoot(leaves.slice(begin, end)),
      );
      const { hashes } = await this.proofIn(tx, {
        ranges: inclusionRanges(seq, size),
        size,
      });
      return writeRowProof({
        row: rows[rowIndex]!,
        rowIndex,
        rowCount,
        rowPath,
        seq,
        checkpoint: note,
        event: payload.toString('utf8'),
        eventPath: hashes,
      });
    });
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

function noSuchPlace(field: string, value: number, size: number): DomainError {
  const fix = `Name a place before ${size}.`;
  return new DomainError('log.no_such_place', { field, value, size, fix });
}
