import { Injectable } from '@nestjs/common';
import { LessThanOrEqual } from 'typeorm';
import { DomainError } from '../../../core/errors.js';
import { againAfterMs } from '../../../core/proofs/webhook.js';
import { civilDayOf, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { Clock } from '../../../platform/clock.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { Ids } from '../../../platform/ids.js';
import { Webhook } from '../../../platform/outgoing/webhook.js';
import { CheckpointEntity } from '../checkpoint.entity.js';
import { CheckpointsService } from '../checkpoints.service.js';
import { CheckpointDeliveryEntity } from './checkpoint-delivery.entity.js';

/** A delivery as it is told of. */
export type CheckpointDelivery = Readonly<CheckpointDeliveryEntity>;

const LISTED = 100;
/** Of one look; the others wait for the next. */
const AT_ONCE = 10;

/** Sends checkpoints to somebody who keeps a copy: what makes a fork visible (LEDGER section 17). */
@Injectable()
export class CheckpointDeliveriesService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly checkpoints: CheckpointsService,
    private readonly webhook: Webhook,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Has the log signed as it ends now, and sent.
   *
   * @throws DomainError `delivery.not_set_up`, and as `sign` of checkpoints
   */
  async ask(ledgerId: string): Promise<CheckpointDelivery> {
    if (!this.webhook.isSetUp) {
      const fix =
        'Whoever runs the server sets MIZAN_CHECKPOINT_URL and MIZAN_CHECKPOINT_SECRET_FILE.';
      throw new DomainError('delivery.not_set_up', { fix });
    }
    return (await this.open(ledgerId, null))!;
  }

  /** Asks for the first checkpoint after the end of the month before now, once. */
  async askForMonthEnd(ledgerId: string): Promise<void> {
    if (!this.webhook.isSetUp) return;
    const today = civilDayOf(MOROCCO_LEGAL_TIME, this.clock.now().getTime());
    const month = monthBefore(today);
    const found = await this.scope.read(ledgerId, (tx) =>
      tx.findOneBy(CheckpointDeliveryEntity, { ledgerId, month }),
    );
    if (found === null) await this.open(ledgerId, month);
  }

  /** The latest, newest first. */
  list(ledgerId: string): Promise<readonly CheckpointDelivery[]> {
    return this.scope.read(ledgerId, (tx) =>
      tx.find(CheckpointDeliveryEntity, {
        where: { ledgerId },
        order: { requestedAt: 'DESC', deliveryId: 'DESC' },
        take: LISTED,
      }),
    );
  }

  /** Sends what is due. */
  async send(ledgerId: string): Promise<void> {
    const now = this.clock.now();
    const due = await this.scope.read(ledgerId, (tx) =>
      tx.find(CheckpointDeliveryEntity, {
        where: { ledgerId, state: 'waiting', nextAt: LessThanOrEqual(now) },
        order: { nextAt: 'ASC' },
        take: AT_ONCE,
      }),
    );
    for (const delivery of due) await this.attempt(delivery);
  }

  private async open(ledgerId: string, month: string | null): Promise<CheckpointDelivery | null> {
    const { size, kid } = await this.checkpoints.sign(ledgerId);
    const now = this.clock.now();
    const delivery: CheckpointDeliveryEntity = {
      ledgerId,
      deliveryId: this.ids.next(),
      size,
      kid,
      month,
      state: 'waiting',
      requestedAt: now,
      attemptCount: 0,
      nextAt: now,
      deliveredAt: null,
      problem: null,
    };
    await this.scope.tell(ledgerId, (tx) =>
      tx
        .createQueryBuilder()
        .insert()
        .into(CheckpointDeliveryEntity)
        .values(delivery)
        .orIgnore()
        .execute(),
    );
    return delivery;
  }

  private async attempt(delivery: CheckpointDelivery): Promise<void> {
    const { ledgerId, deliveryId, size, kid, month } = delivery;
    const attemptCount = delivery.attemptCount + 1;
    const now = this.clock.now();
    const afterMs = againAfterMs(attemptCount);
    const nextAt = new Date(now.getTime() + (afterMs ?? 0));
    // Noted before it is sent: of two processes one sends, and what is cut off is sent again in its time.
    const isOurs = await this.change(delivery, { attemptCount, nextAt });
    if (!isOurs) return;
    const checkpoint = await this.scope.read(ledgerId, (tx) =>
      tx.findOneByOrFail(CheckpointEntity, { ledgerId, size, kid }),
    );
    const { note, signedAt, root } = checkpoint;
    const found = await this.webhook.post({
      id: deliveryId,
      timestampS: Math.floor(now.getTime() / 1_000),
      body: JSON.stringify({
        type: 'checkpoint.signed',
        timestamp: signedAt.toISOString(),
        data: { ledgerId, size, root: root.toString('hex'), kid, note, month },
      }),
    });
    const sent = { ...delivery, attemptCount };
    if (found === null) {
      const deliveredAt = this.clock.now();
      await this.change(sent, { state: 'delivered', nextAt: null, deliveredAt, problem: null });
      return;
    }
    const isOver = afterMs === null || found.isFinal;
    const { problem } = found;
    await this.change(sent, isOver ? { state: 'failed', nextAt: null, problem } : { problem });
  }

  /** Changes one that still waits after as many attempts; false where it does not. */
  private change(
    { ledgerId, deliveryId, attemptCount }: CheckpointDelivery,
    to: Partial<CheckpointDeliveryEntity>,
  ): Promise<boolean> {
    return this.scope.tell(ledgerId, async (tx: LedgerTx) => {
      const where = { ledgerId, deliveryId, attemptCount, state: 'waiting' } as const;
      return (await tx.update(CheckpointDeliveryEntity, where, to)).affected === 1;
    });
  }
}

/** The civil month before that of a day, `YYYY-MM`. */
function monthBefore(civilDay: string): string {
  const [year, at] = civilDay.split('-').map(Number) as [number, number, number];
  return at === 1 ? `${year - 1}-12` : `${year}-${String(at - 1).padStart(2, '0')}`;
}
