import { Column, Entity, Exclusion, ForeignKey, PrimaryColumn } from 'typeorm';

const KEY = 'certificate_lives_once';

/** The interval that a certificate takes up on its plant, until it is withdrawn whole. */
@Entity({ name: 'live_certificate' })
@ForeignKey('CertificateEntity', ['ledgerId', 'certificateId'], ['ledgerId', 'certificateId'], {
  name: 'live_certificate_is_a_certificate',
})
@Exclusion(
  'one_live_certificate_per_plant_and_instant',
  'USING gist (ledger_id WITH =, plant_code WITH =, tstzrange(starts_at, ends_at) WITH &&, part WITH &&)',
)
export class LiveCertificateEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'certificate_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly certificateId!: string;

  @Column({ name: 'plant_code', type: 'text' })
  readonly plantCode!: string;

  @Column({ name: 'starts_at', type: 'timestamptz' })
  readonly startsAt!: Date;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  readonly endsAt!: Date;

  /** Which part of the interval, where several certificates share it; unbounded = all of it. */
  @Column({ type: 'int8range', default: '(,)' })
  readonly part!: string;
}
