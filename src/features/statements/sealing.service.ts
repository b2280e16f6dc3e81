import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import type { Canonical } from '../../core/ledger/canonical.js';
import { toHex } from '../../core/ledger/merkle.js';
import { refuseRelease } from '../../core/statements/release-checks.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { rootAt } from '../../platform/marker/log-tree.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { CheckpointsService } from '../signing/checkpoints.service.js';

/** Where the log stood. */
export interface Anchor {
  readonly size: number;
  /** Of the first `size` events (RFC 6962), hex. */
  readonly root: string;
}

/** Name of the check (METHOD 7.2). */
export const ROOT_CHECK = 'root_is_the_ledgers';

/** Numbers and time of a statement before it is written. */
export interface NextStatement {
  readonly statementId: string;
  readonly eventId: string;
  readonly recordedAt: Date;
}

/** Numbers statements, anchors them in the log and seals them. */
@Injectable()
export class SealingService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly checkpoints: CheckpointsService,
    private readonly clock: Clock,
  ) {}

  /** What the next statement is numbered with. */
  next(): NextStatement {
    const [statementId, eventId] = [this.ledger.nextId(), this.ledger.nextId()];
    return { statementId, eventId, recordedAt: this.clock.now() };
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

  /** Seals a statement as the event that issued it. */
  async seal(
    tx: LedgerTx,
    actor: Actor,
    of: {
      readonly type: 'statement.issued' | 'period_statement.issued';
      readonly eventId: string;
      readonly period: { readonly start: string; readonly end: string };
      readonly supersedes: string | null;
      readonly body: { readonly [key: string]: Canonical };
      readonly row: string;
    },
  ): Promise<void> {
    const { type, eventId, period, supersedes, body, row } = of;
    await this.ledger.append(tx, actor, {
      eventId,
      type,
      validFrom: period.start,
      validTo: period.end,
      sourceRef: null,
      supersedes: supersedes === null ? [] : [supersedes],
      body,
      rows: [row],
    });
  }

  /** Where an event stands in the log. */
  seqOf(tx: LedgerTx, eventId: string): Promise<number | null> {
    return this.ledger.seqOf(tx, eventId);
  }
}
