import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

const KEY = 'tariff_version_is_written_once';

/** A regulated tariff, excluding VAT; its versions are its rates over time. The code is the charge. */
@Entity({ name: 'tariff' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'tariff_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'tariff_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('tariff_versions_start_at_one', 'version >= 1')
@Check('tariff_is_not_negative', 'mad_per_kwh >= 0')
@Check('tariff_ends_after_it_starts', 'valid_to IS NULL OR valid_to > valid_from')
@Check('tariff_confidence_is_marked', `confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+')`)
export class TariffEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ name: 'mad_per_kwh', type: 'numeric' })
  readonly madPerKwh!: string;

  /** First civil day. */
  @Column({ name: 'valid_from', type: 'date' })
  readonly validFrom!: string;

  /** Day after the last; null = open. */
  @Column({ name: 'valid_to', type: 'date', nullable: true })
  readonly validTo!: string | null;

  @Column({ type: 'text' })
  readonly source!: string;

  @Column({ type: 'text' })
  readonly confidence!: string;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
