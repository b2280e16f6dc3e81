import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

const KEY = 'vat_rate_version_is_written_once';

/** A VAT rate and the days on which it holds. The code of the record is the code on the line. */
@Entity({ name: 'vat_rate' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'vat_rate_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'vat_rate_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('vat_rate_versions_start_at_one', 'version >= 1')
@Check('vat_rate_is_a_percentage', 'rate_pct >= 0 AND rate_pct <= 100')
@Check('vat_rate_ends_after_it_starts', 'valid_to IS NULL OR valid_to > valid_from')
@Check('vat_rate_confidence_is_marked', `confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+')`)
export class VatRateEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ name: 'rate_pct', type: 'numeric' })
  readonly ratePct!: string;

  @Column({ name: 'valid_from', type: 'date' })
  readonly validFrom!: string;

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
