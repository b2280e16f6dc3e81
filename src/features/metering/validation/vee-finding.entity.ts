import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import type { VeeRuleId, VeeSeverity } from '../../../core/metering/vee/rules.js';

const KEY = 'vee_finding_is_found_once';

/** One thing that a rule of validation found in a meter's readings. */
@Entity({ name: 'vee_finding' })
@Unique('vee_finding_is_listed_once', ['ledgerId', 'meterCode', 'rule', 'startsAt', 'endsAt'])
@Unique('vee_finding_has_one_place_in_its_event', ['ledgerId', 'eventId', 'rowIndex'])
@ForeignKey('RecordEntity', ['ledgerId', 'meterCode'], ['ledgerId', 'code'], {
  name: 'vee_finding_belongs_to_a_meter',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'vee_finding_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('vee_finding_severity_is_known', `severity IN ('suspect', 'gap', 'warn', 'escalate')`)
@Check('vee_finding_ends_after_it_starts', 'ends_at > starts_at')
export class VeeFindingEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'finding_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly findingId!: string;

  @Column({ name: 'meter_code', type: 'text' })
  readonly meterCode!: string;

  @Column({ type: 'text' })
  readonly rule!: VeeRuleId;

  @Column({ type: 'text' })
  readonly severity!: VeeSeverity;

  @Column({ name: 'starts_at', type: 'timestamptz' })
  readonly startsAt!: Date;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  readonly endsAt!: Date;

  @Column({ type: 'text' })
  readonly measured!: string;

  @Column({ type: 'text' })
  readonly threshold!: string;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'row_index', type: 'integer' })
  readonly rowIndex!: number;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
