import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

const KEY = 'mwh_certificate_is_issued_once';

/** A certificate of one MWh of one plant, for a tracking system. */
@Entity({ name: 'mwh_certificate' })
@Unique('mwh_certificate_number_is_used_once', [
  'ledgerId',
  'trackingSystemCode',
  'plantCode',
  'number',
])
@ForeignKey('RecordEntity', ['ledgerId', 'trackingSystemCode'], ['ledgerId', 'code'], {
  name: 'mwh_certificate_is_of_a_tracking_system',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'mwh_certificate_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('mwh_certificate_numbers_start_at_one', 'number >= 1')
@Check('mwh_certificate_spans_its_production', 'ends_at > starts_at')
export class MwhCertificateEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'mwh_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly mwhId!: string;

  @Column({ name: 'tracking_system_code', type: 'text' })
  readonly trackingSystemCode!: string;

  @Column({ name: 'plant_code', type: 'text' })
  readonly plantCode!: string;

  /** From 1, of the plant in the system. */
  @Column({ type: 'integer' })
  readonly number!: number;

  /** Start of its first hour and end of its last. */
  @Column({ name: 'starts_at', type: 'timestamptz' })
  readonly startsAt!: Date;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  readonly endsAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  readonly expiresAt!: Date | null;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;
}
