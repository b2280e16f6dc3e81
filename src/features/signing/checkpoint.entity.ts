import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../platform/database/rows/columns.js';

const KEY = 'checkpoint_is_signed_once';

/** A state of the log, signed: the note as it was issued (LEDGER section 5). */
@Entity({ name: 'checkpoint' })
@ForeignKey('LedgerEntity', ['ledgerId'], ['ledgerId'], { name: 'checkpoint_is_of_a_ledger' })
@Check('checkpoint_is_of_a_log_with_events', 'size > 0')
@Check('checkpoint_root_has_32_bytes', 'octet_length(root) = 32')
export class CheckpointEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'bigint', transformer: safeInteger, primaryKeyConstraintName: KEY })
  readonly size!: number;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly kid!: string;

  @Column({ type: 'bytea' })
  readonly root!: Buffer;

  @Column({ type: 'text' })
  readonly note!: string;

  @Column({ name: 'signed_at', type: 'timestamptz' })
  readonly signedAt!: Date;
}
