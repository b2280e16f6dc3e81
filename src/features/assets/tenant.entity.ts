import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

const KEY = 'tenant_version_is_written_once';

/** Who uses which booked meters of a site. What is of no tenant is common to all. */
@Entity({ name: 'tenant' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'tenant_is_a_record',
})
@ForeignKey('RecordEntity', ['ledgerId', 'siteCode'], ['ledgerId', 'code'], {
  name: 'tenant_is_at_a_site',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'tenant_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('tenant_versions_start_at_one', 'version >= 1')
export class TenantEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  @Column({ name: 'site_code', type: 'text' })
  readonly siteCode!: string;

  @Column({ name: 'meter_codes', type: 'text', array: true })
  readonly meterCodes!: string[];

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
