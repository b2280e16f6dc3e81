import { Check, Column, Entity, Exclusion, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'bundle_is_made_once';

/** A range of ids of one certificate, once something was done with it. Never changed. */
@Entity({ name: 'certificate_bundle' })
@Index('bundle_by_certificate', ['ledgerId', 'certificateId'])
@ForeignKey('CertificateEntity', ['ledgerId', 'certificateId'], ['ledgerId', 'certificateId'], {
  name: 'bundle_is_of_a_certificate',
})
@ForeignKey('CertificateBundleEntity', ['ledgerId', 'parentId'], ['ledgerId', 'bundleId'], {
  name: 'bundle_is_part_of_a_bundle',
})
@Check('whole_bundle_is_its_certificate', '(parent_id IS NULL) = (bundle_id = certificate_id)')
@Check('bundle_range_is_not_empty', 'range_start >= 0 AND range_end >= range_start')
@Check('bundle_hash_is_sha256', `hash ~ '^[0-9a-f]{64}$'`)
@Exclusion(
  'parts_of_a_bundle_never_overlap',
  `USING gist (ledger_id WITH =, parent_id WITH =, int8range(range_start, range_end, '[]') WITH &&)`,
)
export class CertificateBundleEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'bundle_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly bundleId!: string;

  @Column({ name: 'certificate_id', type: 'uuid' })
  readonly certificateId!: string;

  @Column({ name: 'range_start', type: 'bigint', transformer: safeInteger })
  readonly rangeStart!: number;

  @Column({ name: 'range_end', type: 'bigint', transformer: safeInteger })
  readonly rangeEnd!: number;

  @Column({ name: 'parent_id', type: 'uuid', nullable: true })
  readonly parentId!: string | null;

  @Column({ type: 'text' })
  readonly hash!: string;
}
