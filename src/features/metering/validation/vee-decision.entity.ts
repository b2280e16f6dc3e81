import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

const KEY = 'vee_decision_is_made_once';

/** What someone decided about a finding, and why. */
@Entity({ name: 'vee_decision' })
@Unique('vee_decision_has_one_place_in_its_event', ['ledgerId', 'eventId', 'rowIndex'])
@ForeignKey('VeeFindingEntity', ['ledgerId', 'findingId'], ['ledgerId', 'findingId'], {
  name: 'vee_decision_is_about_a_finding',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'vee_decision_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('vee_decision_action_is_known', `action IN ('accept', 'override', 're-read')`)
@Check('vee_decision_has_a_reason', 'length(btrim(reason)) >= 3')
export class VeeDecisionEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'decision_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly decisionId!: string;

  @Column({ name: 'finding_id', type: 'uuid' })
  readonly findingId!: string;

  @Column({ type: 'text' })
  readonly action!: 'accept' | 'override' | 're-read';

  @Column({ type: 'text' })
  readonly reason!: string;

  @Column({ type: 'text' })
  readonly actor!: string;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'row_index', type: 'integer' })
  readonly rowIndex!: number;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
