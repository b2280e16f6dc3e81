import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

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
export class SettlementApprovalEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'run_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly runId!: string;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
