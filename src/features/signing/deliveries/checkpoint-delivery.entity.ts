import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'checkpoint_delivery_is_asked_for_once';

/** A checkpoint on its way to somebody who keeps a copy, and what became of it. */
@Entity({ name: 'checkpoint_delivery' })
@Unique('month_end_is_delivered_once', ['ledgerId', 'month'])
@ForeignKey('CheckpointEntity', ['ledgerId', 'size', 'kid'], ['ledgerId', 'size', 'kid'], {
  name: 'delivery_is_of_a_checkpoint',
})
@Check('delivery_state_is_known', `state IN ('waiting', 'delivered', 'failed')`)
@Check('delivery_counts_attempts', 'attempt_count >= 0')
@Check('waiting_delivery_has_a_time', `(state = 'waiting') = (next_at IS NOT NULL)`)
@Check('delivered_checkpoint_says_when', `(state = 'delivered') = (delivered_at IS NOT NULL)`)
export class CheckpointDeliveryEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  /** Also the id of the message: who gets it twice knows it again. */
  @PrimaryColumn({ name: 'delivery_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly deliveryId!: string;

  @Column({ type: 'bigint', transformer: safeInteger })
  readonly size!: number;

  @Column({ type: 'text' })
  readonly kid!: string;

  /** Month whose end it is of, `YYYY-MM`; null for one that somebody asked for. */
  @Column({ type: 'text', nullable: true })
  readonly month!: string | null;

  @Column({ type: 'text' })
  readonly state!: 'waiting' | 'delivered' | 'failed';

  @Column({ name: 'requested_at', type: 'timestamptz' })
  readonly requestedAt!: Date;

  @Column({ name: 'attempt_count', type: 'integer' })
  readonly attemptCount!: number;

  /** When it is sent, or sent again. */
  @Column({ name: 'next_at', type: 'timestamptz', nullable: true })
  readonly nextAt!: Date | null;

  @Column({ name: 'delivered_at', type: 'timestamptz', nullable: true })
  readonly deliveredAt!: Date | null;

  /** What went wrong the last time. */
  @Column({ type: 'text', nullable: true })
  readonly problem!: string | null;
}
