import { Injectable } from '@nestjs/common';
import { LessThan, MoreThanOrEqual } from 'typeorm';
import { DomainError } from '../../core/errors.js';
import { toHex } from '../../core/ledger/merkle.js';
import type { Fault } from '../../core/ledger/verify.js';
import { checkpointText, openCheckpoint, originOf } from '../../core/proofs/checkpoint.js';
import { isCheckpointDue, SIGNED_AFTER } from '../../core/proofs/checkpoint-due.js';
import { type NoteKey, signatureLine, signedNote } from '../../core/proofs/signed-note.js';
import { Clock } from '../../platform/clock.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { logger } from '../../platform/logger.js';
import { storedHead } from '../../platform/marker/log-ends.js';
import { rootAt, rootsOf } from '../../platform/marker/log-tree.js';
import { Markers } from '../../platform/marker/markers.js';
import { STANDING_FIX, type StoredHead } from '../../platform/marker/standing.js';
import { Signer } from '../../platform/signing/signer.js';
import type { Replayed, Replays } from '../ledger/replay/replay.port.js';
import { CheckpointEntity } from './checkpoint.entity.js';
import {
  AFTER_LOSS,
  publicKeyOf,
  type SigningKey,
  SigningKeysService,
  signsAt,
} from './signing-keys.service.js';
import { SIGNING_REGISTERS } from './signing.registers.js';

/** A checkpoint as other features see it. */
export type Checkpoint = Readonly<CheckpointEntity>;

/** A state of the log that has been signed. */
export interface SignedState {
  readonly size: number;
  readonly kid: string;
  /** Lower-case hex. */
  readonly root: string;
}

/** Signs states of a log, and never one that contradicts what it signed before (LEDGER section 5). */
@Injectable()
export class CheckpointsService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly keys: SigningKeysService,
    private readonly signer: Signer,
    private readonly markers: Markers,
    private readonly clock: Clock,
  ) {}

  /** Whether checkpoints are of this log, and signed by who signed then. */
  replayed(): Replayed {
    return {
      tables: SIGNING_REGISTERS,
      checks: [(tx, note) => this.fault(tx, note)],
    };
  }

  /**
   * Signs the log as it ends now. Where that state has been signed by the key of now, that is the answer.
   *
   * @throws DomainError `ledger.behind_checkpoint` when the log is shorter than a state that was signed, or its
   *   beginning is another; `signing.unavailable`
   */
  async sign(ledgerId: string): Promise<CheckpointEntity> {
    const key = await this.keys.current(ledgerId);
    // A loss that was declared a moment ago takes what was signed before it out of the marker.
    await this.markers.settle();
    const { head, root, last } = await this.scope.read(ledgerId, async (tx) => {
      const end = (await storedHead(tx))!;
      await this.requireConsistent(tx, end);
      return {
        head: end,
        root: await rootAt(tx, end.size),
        last: await this.lastIn(tx),
      };
    });
    if (last !== null && last.size === head.size && last.kid === key.kid) return last;
    const note = await this.noteOf(key, { origin: originOf(ledgerId), size: head.size, root });
    // Noted outside before anybody has it: what was given away is never forgotten.
    const signed = { size: head.size, root: toHex(root), kid: key.kid };
    await this.markers.change(ledgerId, (mark) => {
      const before = mark?.signed;
      // Another process may have signed a later state by the same key meanwhile.
      const isLater = before !== undefined && before.kid === key.kid && before.size > signed.size;
      return { ...(mark ?? head), signed: isLater ? before : signed };
    });
    const row: CheckpointEntity = {
      ledgerId,
      size: head.size,
      kid: key.kid,
      root: Buffer.from(root),
      note,
      signedAt: this.clock.now(),
    };
    await this.scope.tell(ledgerId, (tx) =>
      tx.createQueryBuilder().insert().into(CheckpointEntity).values(row).orIgnore().execute(),
    );
    return this.scope.read(ledgerId, async (tx) => (await this.lastIn(tx)) ?? row);
  }

  /** The last state that was signed. @throws DomainError `checkpoint.not_found`, `ledger.not_found` */
  async latest(ledgerId: string): Promise<CheckpointEntity> {
    const found = await this.scope.read(ledgerId, (tx) => this.lastIn(tx));
    if (found !== null) return found;
    const fix = 'Have the log signed: `mizan checkpoint`, or POST /v1/ledger/checkpoints.';
    throw new DomainError('checkpoint.not_found', { ledgerId, fix });
  }

  /**
   * The first state that was signed of at least so many events; where none was, the log is signed now.
   *
   * @throws DomainError as `sign`
   */
  async covering(ledgerId: string, size: number): Promise<CheckpointEntity> {
    const found = await this.scope.read(ledgerId, (tx) => this.firstCovering(tx, size));
    return found ?? this.sign(ledgerId);
  }

  /** A state that was signed, by its size and key; where it is gone, the first that covers it. @throws DomainError as `sign` */
  async signed(
    ledgerId: string,
    { size, kid }: Pick<SignedState, 'size' | 'kid'>,
  ): Promise<CheckpointEntity> {
    const found = await this.scope.read(ledgerId, (tx) =>
      tx.findOneBy(CheckpointEntity, { ledgerId, size, kid }),
    );
    return found ?? this.covering(ledgerId, size);
  }

  /** The first state that was signed of at least so many events; null where none was. */
  firstCovering(tx: LedgerTx, size: number): Promise<CheckpointEntity | null> {
    return tx.findOne(CheckpointEntity, {
      where: { ledgerId: tx.ledgerId, size: MoreThanOrEqual(size) },
      order: { size: 'ASC', signedAt: 'ASC', kid: 'ASC' },
    });
  }

  /** Whether the log is to be signed without anybody asking. */
  isDue(ledgerId: string): Promise<boolean> {
    return this.scope.read(ledgerId, async (tx) => {
      const [log] = await tx.query<{ size: string; opened: Date; act: string | null }[]>(
        `SELECT h.size, first.recorded_at AS opened,
           (SELECT max(seq) FROM ledger_event e WHERE e.ledger_id = $1 AND e.type = ANY ($2)) AS act
         FROM ledger_head h JOIN ledger_event first ON first.ledger_id = h.ledger_id AND first.seq = 0
         WHERE h.ledger_id = $1`,
        [ledgerId, SIGNED_AFTER] as never,
      );
      if (log === undefined) return false;
      const last = await this.lastIn(tx);
      const unsigned = {
        size: Number(log.size),
        signedSize: last?.size ?? 0,
        sinceMs: (last?.signedAt ?? log.opened).getTime(),
        actSeq: log.act === null ? null : Number(log.act),
      };
      return isCheckpointDue(unsigned, this.clock.now().getTime());
    });
  }

  /** Sizes below one that were signed, the latest first. */
  async sizesBelow(tx: LedgerTx, size: number, most: number): Promise<readonly number[]> {
    const rows = await tx.find(CheckpointEntity, {
      where: { ledgerId: tx.ledgerId, size: LessThan(size) },
      order: { size: 'DESC' },
      take: most,
    });
    return [...new Set(rows.map((row) => row.size))];
  }

  private async noteOf(
    key: SigningKey,
    checkpoint: { readonly origin: string; readonly size: number; readonly root: Uint8Array },
  ): Promise<string> {
    const text = checkpointText(checkpoint);
    const signature = await this.signer.sign(publicKeyOf(key), Buffer.from(text));
    return signedNote(text, [signatureLine(noteKeyOf(checkpoint.origin, key), signature)]);
  }

  /**
   * In what a log of so many events is not what was signed last; null where it is, or nothing was signed.
   * What a key signed before a loss that was declared need not be in it.
   */
  async otherThanSigned(
    tx: LedgerTx,
    size: number,
  ): Promise<{ readonly detail: string; readonly signedSize: number } | null> {
    const { ledgerId } = tx;
    const last = await this.lastIn(tx);
    const marked = this.markers.markOf(ledgerId)?.signed;
    const before: SignedState[] = marked === undefined ? [] : [marked];
    if (last !== null) before.push({ size: last.size, kid: last.kid, root: toHex(last.root) });
    const keys = await this.keys.keysIn(tx);
    for (const signed of before) {
      if (keys.some(({ kid, reason }) => kid === signed.kid && reason === AFTER_LOSS)) continue;
      const isThere = signed.size <= size;
      if (isThere && toHex(await rootAt(tx, signed.size)) === signed.root) continue;
      const detail = isThere
        ? `The first ${signed.size} events of the log are others than those that were signed.`
        : `The log has ${size} events; ${signed.size} were signed.`;
      return { detail, signedSize: signed.size };
    }
    return null;
  }

  private async requireConsistent(tx: LedgerTx, { size, chainHash }: StoredHead): Promise<void> {
    const { ledgerId } = tx;
    const found = await this.otherThanSigned(tx, size);
    if (found === null) return;
    const { detail, signedSize: markedSize } = found;
    // From now on nothing is taken in either, where the marker knows of it.
    await this.markers.standingAnew(tx, { size, chainHash });
    const sizes = { size, markedSize };
    logger.error({ ledgerId, ...sizes }, 'nothing is signed: the log is not what was signed');
    throw new DomainError('ledger.behind_checkpoint', {
      ledgerId,
      detail,
      fix: STANDING_FIX,
      ...sizes,
    });
  }

  private lastIn(tx: LedgerTx): Promise<CheckpointEntity | null> {
    const { ledgerId } = tx;
    return tx.findOne(CheckpointEntity, {
      where: { ledgerId },
      order: { size: 'DESC', signedAt: 'DESC', kid: 'ASC' },
    });
  }

  /** The first checkpoint that is not of this log, or not signed by who signed then. */
  private async fault(tx: LedgerTx, note: (line: string) => void): Promise<Fault | null> {
    const { ledgerId } = tx;
    const keys = await this.keys.keysIn(tx);
    const rows = await tx.find(CheckpointEntity, { where: { ledgerId }, order: { size: 'ASC' } });
    const origin = originOf(ledgerId);
    const size = (await storedHead(tx))?.size ?? 0;
    const inLog = rows.filter((row) => row.size <= size);
    const ranges = inLog.map((row) => ({ begin: 0, end: row.size }));
    const roots = new Map((await rootsOf(tx, ranges)).map((root, at) => [inLog[at]!.size, root]));
    let lostCount = 0;
    for (const row of rows) {
      const key = keys.find(({ kid }) => kid === row.kid);
      if (key?.reason === AFTER_LOSS) {
        lostCount += 1;
        continue;
      }
      const trusted = key !== undefined && signsAt(row.size, key) ? [noteKeyOf(origin, key)] : [];
      const opened = openCheckpoint(row.note, { origin, trusted });
      const isTold =
        !('fault' in opened) && opened.size === row.size && row.root.equals(opened.root);
      const root = roots.get(row.size);
      const isOfLog = root !== undefined && row.root.equals(root);
      if (isTold && isOfLog) continue;
      const detail = isOfLog
        ? `What was signed of ${row.size} events is not what stands beside it.`
        : `Another state of ${row.size} events was signed.`;
      return { seq: row.size - 1, check: 'checkpoint', detail };
    }
    for (const { kid, compromisedSince, revokedSeq } of keys) {
      if (compromisedSince === null) continue;
      const count = inLog.filter((row) => row.kid === kid).length;
      note(
        `Others had the signing key ${kid} from ${compromisedSince} on (event ${revokedSeq}). The ${count} states that it ` +
          'signed here are states of this log; a note by it that says otherwise is nobody’s word.',
      );
    }
    if (lostCount > 0) {
      note(`${lostCount} checkpoints were signed before events were declared lost: not compared.`);
    }
    return null;
  }
}

/** The key as a note names it. */
export const noteKeyOf = (origin: string, key: SigningKey): NoteKey => ({
  name: origin,
  publicKey: publicKeyOf(key),
});
