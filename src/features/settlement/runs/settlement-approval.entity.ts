import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

const KEY = 'settlement_run_is_approved_once';

/** The approval of a run by somebody else than who settled it. */
@Entity({ name: 'settlement_approval' })
@ForeignKey('SettlementRunEntity', ['ledgerId', 'runId'], ['ledgerId', 'runId'], {
  name: 'settlement_approval_is_of_a_run',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'settlement_approval_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('settlement_approval_names_both', '(made_by IS NULL) = (approved_by IS NULL)')
@Check('settlement_is_approved_by_another', 'made_by <> approved_by')
export class SettlementApprovalEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'run_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly runId!: string;

  /** Principal who settled; null for approvals of before principals were known. */
  @Column({ name: 'made_by', type: 'text', nullable: true })
  readonly madeBy!: string | null;

  /** Principal who approved; null as above. */
  @Column({ name: 'approved_by', type: 'text', nullable: true })
  readonly approvedBy!: string | null;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
