import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { WrittenVeeChanges } from '../../../core/metering/vee/rules.js';

const KEY = 'vee_rule_set_version_is_written_once';

/** Thresholds of validation from a day on, for some meters or for all. */
@Entity({ name: 'vee_rule_set' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'vee_rule_set_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'vee_rule_set_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@ForeignKey('RecordEntity', ['ledgerId', 'checkMeterCode'], ['ledgerId', 'code'], {
  name: 'vee_rule_set_checks_with_a_meter',
})
@Check('vee_rule_set_versions_start_at_one', 'version >= 1')
export class VeeRuleSetEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  @Column({ name: 'meter_codes', type: 'text', array: true })
  readonly meterCodes!: string[];

  @Column({ name: 'valid_from', type: 'date' })
  readonly validFrom!: string;

  @Column({ type: 'jsonb' })
  readonly rules!: WrittenVeeChanges;

  @Column({ type: 'text', array: true })
  readonly holidays!: string[];

  @Column({ name: 'check_meter_code', type: 'text', nullable: true })
  readonly checkMeterCode!: string | null;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
