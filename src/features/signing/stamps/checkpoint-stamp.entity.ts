import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'checkpoint_is_stamped_once';

/** A time-stamp of somebody else over the note of a checkpoint, as it came (RFC 3161). */
@Entity({ name: 'checkpoint_stamp' })
@ForeignKey('CheckpointEntity', ['ledgerId', 'size', 'kid'], ['ledgerId', 'size', 'kid'], {
  name: 'stamp_is_of_a_checkpoint',
})
@Check('stamp_has_a_token', 'octet_length(token) > 0')
export class CheckpointStampEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'bigint', transformer: safeInteger, primaryKeyConstraintName: KEY })
  readonly size!: number;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly kid!: string;

  /** DER of the token. */
  @Column({ type: 'bytea' })
  readonly token!: Buffer;

  /** What the token says, cut to ms. */
  @Column({ name: 'stamped_at', type: 'timestamptz' })
  readonly stampedAt!: Date;
}
