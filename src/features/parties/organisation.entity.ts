import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

const KEY = 'organisation_version_is_written_once';

/** A company, with the identifiers that a Moroccan invoice carries. */
@Entity({ name: 'organisation' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'organisation_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'organisation_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('organisation_versions_start_at_one', 'version >= 1')
@Check('organisation_ice_has_15_digits', `ice ~ '^[0-9]{15}$'`)
@Check('organisation_country_is_iso_3166', `country ~ '^[A-Z]{2}$'`)
export class OrganisationEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  @Column({ name: 'legal_form', type: 'text', nullable: true })
  readonly legalForm!: string | null;

  @Column({ type: 'text', nullable: true })
  readonly ice!: string | null;

  @Column({ name: 'tax_id', type: 'text', nullable: true })
  readonly taxId!: string | null;

  @Column({ name: 'trade_register', type: 'text', nullable: true })
  readonly tradeRegister!: string | null;

  @Column({ type: 'text', nullable: true })
  readonly address!: string | null;

  @Column({ type: 'text' })
  readonly country!: string;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
