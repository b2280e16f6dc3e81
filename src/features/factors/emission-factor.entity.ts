import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

const KEY = 'emission_factor_version_is_written_once';

/** An emission factor with its source, vintage and basis: one value, or one per hour. */
@Entity({ name: 'emission_factor' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'emission_factor_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'emission_factor_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('emission_factor_versions_start_at_one', 'version >= 1')
@Check('emission_factor_kind_is_known', `kind IN ('grid_average', 'residual_mix', 'fossil')`)
@Check('emission_factor_basis_is_known', `basis IN ('direct', 'lifecycle')`)
@Check('emission_factor_ends_after_it_starts', 'valid_to > valid_from')
@Check(
  'emission_factor_has_a_value_per_step',
  `(
  CASE resolution
    WHEN 'annual' THEN cardinality(mg_per_kwh) = 1
    WHEN 'hourly' THEN cardinality(mg_per_kwh) * interval '1 hour' = valid_to - valid_from
  END AND cardinality(cfe_ppm) = cardinality(mg_per_kwh)) IS TRUE`,
)
@Check(
  'emission_factor_is_not_negative',
  'array_position(mg_per_kwh, NULL) IS NULL AND 0 <= ALL (mg_per_kwh)',
)
@Check(
  'emission_factor_share_is_a_share',
  '(0 <= ALL (cfe_ppm) AND 1000000 >= ALL (cfe_ppm)) IS NOT FALSE',
)
export class EmissionFactorEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly kind!: string;

  @Column({ type: 'text' })
  readonly zone!: string;

  @Column({ type: 'text' })
  readonly basis!: string;

  @Column({ type: 'text' })
  readonly resolution!: string;

  @Column({ type: 'text' })
  readonly publisher!: string;

  @Column({ type: 'text' })
  readonly title!: string;

  @Column({ type: 'text' })
  readonly vintage!: string;

  @Column({ type: 'text', nullable: true })
  readonly licence!: string | null;

  @Column({ name: 'valid_from', type: 'timestamptz' })
  readonly validFrom!: Date;

  @Column({ name: 'valid_to', type: 'timestamptz' })
  readonly validTo!: Date;

  @Column({ name: 'mg_per_kwh', type: 'integer', array: true })
  readonly mgPerKwh!: number[];

  @Column({ name: 'cfe_ppm', type: 'integer', array: true })
  readonly cfePpm!: (number | null)[];

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
