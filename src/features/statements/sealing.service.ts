import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/auth/roles.js';
import { toHex } from '../../core/ledger/merkle.js';
import { refuseRelease, ROOT_CHECK } from '../../core/statements/release-checks.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { rootAt } from '../../platform/marker/log-tree.js';
import { type EventPlace, LedgerService, type Recorded } from '../ledger/ledger.service.js';
import { CheckpointsService } from '../signing/checkpoints.service.js';

/** Where the log stood. */
export interface Anchor {
  readonly size: number;
  /** Of the first `size` events (RFC 6962), hex. */
  readonly root: string;
}

/** Numbers and time of a statement before it is written. */
export interface NextStatement extends EventPlace {
  readonly statementId: string;
}

/** Numbers statements, anchors them in the log and seals them. */
@Injectable()
export class SealingService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly checkpoints: CheckpointsService,
  ) {}

  /** Numbers a statement, and seals it as the event that issued it once it is written. */
  issue<T>(
    tx: LedgerTx,
    actor: Actor,
    write: (next: NextStatement) => Promise<Recorded<T>>,
  ): Promise<T> {
    const statementId = this.ledger.nextId();
    return this.ledger.record(tx, actor, (at) => write({ ...at, statementId }));
  }

  /**
   * Where the log stands before a statement (METHOD 7.1, line 23): size and root as it ends now. The log
   * that they are of is the one that was signed last.
   *
   * @throws DomainError `statement.check_failed` where its beginning has another root than the last
   *   checkpoint says
   */
  async anchor(tx: LedgerTx): Promise<Anchor> {
    const { size } = await this.ledger.headIn(tx, 0);
    const other = await this.checkpoints.otherThanSigned(tx, size);
    if (other !== null) refuseRelease(ROOT_CHECK, other.detail);
    return { size, root: toHex(await rootAt(tx, size)) };
  }

  /** Where an event stands in the log. */
  seqOf(tx: LedgerTx, eventId: string): Promise<number | null> {
    return this.ledger.seqOf(tx, eventId);
  }
}
