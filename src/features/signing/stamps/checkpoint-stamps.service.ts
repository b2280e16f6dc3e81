import { Inject, Injectable } from '@nestjs/common';
import { sha256 } from '../../../core/ledger/merkle.js';
import { nonceBytes, timestampRequest, tokenOf } from '../../../core/proofs/timestamps/request.js';
import { openTimestamp } from '../../../core/proofs/timestamps/token.js';
import { DAY_MS } from '../../../core/time/interval.js';
import { Clock } from '../../../platform/clock.js';
import { CONFIG, type Config } from '../../../platform/config.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { Ids } from '../../../platform/ids.js';
import { exchange } from '../../../platform/outgoing/exchange.js';
import { CheckpointEntity } from '../checkpoint.entity.js';
import type { Checkpoint } from '../checkpoints.service.js';
import { CheckpointStampEntity } from './checkpoint-stamp.entity.js';

/** A checkpoint and the time-stamp on it. */
export interface Stamped {
  readonly checkpoint: Checkpoint;
  readonly token: Buffer;
  readonly stampedAt: Date;
}

/** What is older is stamped no more: a later checkpoint says the same of it. */
const STAMPED_WITHIN_DAYS = 7;
const AT_ONCE = 10;
const LISTED = 100;
const WITHIN_MS = 15_000;
const ANSWER_BYTES = 131_072;
const NONCE_BYTES = 8;

/** A time-stamp authority that gives no token that counts. */
export class StampingFailed extends Error {}

/** Has checkpoints stamped by somebody else's clock (LEDGER section 17): proof that they existed by then. */
@Injectable()
export class CheckpointStampsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ids: Ids,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<Config, 'signing'>,
  ) {}

  /**
   * Has the checkpoints of the last days stamped that are not, the newest first. Nothing where no authority is set.
   *
   * @returns  How many were stamped.
   * @throws StampingFailed where the authority does not answer as it should; those before are kept
   */
  async stamp(ledgerId: string): Promise<number> {
    const { tsaUrl } = this.config.signing;
    if (tsaUrl === null) return 0;
    const unstamped = await this.unstamped(ledgerId);
    for (const checkpoint of unstamped) {
      const stamp = await this.ask(tsaUrl, checkpoint);
      await this.scope.tell(ledgerId, (tx) =>
        tx
          .createQueryBuilder()
          .insert()
          .into(CheckpointStampEntity)
          .values({ ledgerId, size: checkpoint.size, kid: checkpoint.kid, ...stamp })
          .orIgnore()
          .execute(),
      );
    }
    return unstamped.length;
  }

  /** Stamped checkpoints, the latest first. */
  list(ledgerId: string): Promise<readonly Stamped[]> {
    return this.scope.read(ledgerId, async (tx) => {
      const stamps = await tx.find(CheckpointStampEntity, {
        where: { ledgerId },
        order: { size: 'DESC', stampedAt: 'DESC' },
        take: LISTED,
      });
      const stamped: Stamped[] = [];
      for (const { size, kid, token, stampedAt } of stamps) {
        const checkpoint = await tx.findOneBy(CheckpointEntity, { ledgerId, size, kid });
        stamped.push({ checkpoint: checkpoint!, token, stampedAt });
      }
      return stamped;
    });
  }

  private unstamped(ledgerId: string): Promise<readonly Checkpoint[]> {
    const sinceMs = this.clock.now().getTime() - STAMPED_WITHIN_DAYS * DAY_MS;
    return this.scope.read(ledgerId, (tx) =>
      tx
        .createQueryBuilder(CheckpointEntity, 'c')
        .where('c.ledgerId = :ledgerId AND c.signedAt >= :since', {
          ledgerId,
          since: new Date(sinceMs),
        })
        .andWhere(
          `NOT EXISTS (SELECT FROM checkpoint_stamp s
             WHERE s.ledger_id = c.ledger_id AND s.size = c.size AND s.kid = c.kid)`,
        )
        .orderBy('c.size', 'DESC')
        .take(AT_ONCE)
        .getMany(),
    );
  }

  private async ask(
    url: string,
    { note }: Checkpoint,
  ): Promise<{ readonly token: Buffer; readonly stampedAt: Date }> {
    const hash = sha256(note);
    const nonce = this.ids.secret(NONCE_BYTES);
    const answer = await exchange({
      url,
      path: null,
      headers: { 'content-type': 'application/timestamp-query' },
      body: timestampRequest(hash, nonce),
      withinMs: WITHIN_MS,
      answerBytes: ANSWER_BYTES,
    }).catch((error: unknown) => {
      throw new StampingFailed(`It does not answer (${(error as Error).message}).`);
    });
    if (answer.status !== 200) throw new StampingFailed(`It answered ${answer.status}.`);
    const found = tokenOf(answer.body);
    if ('fault' in found) throw new StampingFailed(found.fault);
    const expected = { sha256: hash, nonce: nonceBytes(nonce), trusted: null };
    const opened = openTimestamp(found.token, expected);
    if ('fault' in opened) throw new StampingFailed(opened.fault);
    return { token: Buffer.from(found.token), stampedAt: new Date(opened.timeMs) };
  }
}
