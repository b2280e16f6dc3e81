import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { IssuanceDeadline } from '../../../core/bridge/deadlines.js';

const KEY = 'tracking_system_version_is_written_once';

/** A system of certificates of a whole MWh: I-REC, the Moroccan certificate of origin; dated terms. */
@Entity({ name: 'tracking_system' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'tracking_system_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'tracking_system_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('tracking_system_versions_start_at_one', 'version >= 1')
@Check('tracking_system_warns_ahead', 'alarm_days BETWEEN 0 AND 3660')
@Check('mwh_certificates_expire', 'expiry_months BETWEEN 1 AND 600')
export class TrackingSystemEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  /** Plants that are registered there: for them it warns of deadlines. */
  @Column({ name: 'plant_codes', type: 'text', array: true })
  readonly plantCodes!: string[];

  /** Whether energy of one production year may be in a certificate with energy of another. */
  @Column({ name: 'may_carry_across_years', type: 'boolean' })
  readonly mayCarryAcrossYears!: boolean;

  @Column({ type: 'jsonb' })
  readonly deadlines!: readonly IssuanceDeadline[];

  /** Months after production; null = they do not expire. */
  @Column({ name: 'expiry_months', type: 'integer', nullable: true })
  readonly expiryMonths!: number | null;

  @Column({ name: 'alarm_days', type: 'integer' })
  readonly alarmDays!: number;

  /** Where its rules stand. */
  @Column({ type: 'text' })
  readonly source!: string;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
