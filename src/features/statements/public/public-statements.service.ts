import { Injectable } from '@nestjs/common';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { CheckpointsService } from '../../signing/checkpoints.service.js';
import { AllStatementsService } from '../all-statements.service.js';

/** What anybody who holds a statement may learn of it. */
export interface KnownStatement {
  readonly issuedAt: Date;
  /** Place of the event that sealed it. */
  readonly seq: number;
  /** The first signed state that holds that event; null where none does yet. */
  readonly signed: { readonly size: number; readonly signedAt: Date } | null;
  /** Id of the next version of it. */
  readonly supersededBy: string | null;
}

/** Says to anybody who holds a statement's bytes whether they are what was issued (LEDGER section 5). */
@Injectable()
export class PublicStatementsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly statements: AllStatementsService,
    private readonly checkpoints: CheckpointsService,
  ) {}

  /**
   * @param sha256  Of the bytes, lower-case hex.
   * @returns       Null for an id that was never issued and for one of other bytes alike: who has not the bytes learns nothing.
   */
  known(ledgerId: string, statementId: string, sha256: string): Promise<KnownStatement | null> {
    return this.scope.read(ledgerId, async (tx) => {
      const statement = await this.statements.findIn(tx, statementId);
      if (statement === null || statement.sha256.toString('hex') !== sha256) return null;
      const seq = (await this.ledger.seqOf(tx, statement.eventId))!;
      const next = await this.statements.nextOf(tx, statement);
      const signed = await this.checkpoints.firstCovering(tx, seq + 1);
      return {
        issuedAt: statement.recordedAt,
        seq,
        signed: signed === null ? null : { size: signed.size, signedAt: signed.signedAt },
        supersededBy: next?.statementId ?? null,
      };
    });
  }
}
