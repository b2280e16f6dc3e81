import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { legalMoves } from '../../../core/certificates/lifecycle.js';

const KEY = 'bundle_changes_one_version_at_a_time';
const LEGAL = legalMoves()
  .map((move) => `(${move.map((word) => `'${word}'`).join(', ')})`)
  .join(', ');

/** One step of a bundle through the closed table of statuses. */
@Entity({ name: 'bundle_change' })
@Unique('bundle_version_has_one_status', ['ledgerId', 'bundleId', 'version', 'status'])
@Unique('bundle_change_has_one_place_in_its_event', ['ledgerId', 'eventId', 'rowIndex'])
@ForeignKey('CertificateBundleEntity', ['ledgerId', 'bundleId'], ['ledgerId', 'bundleId'], {
  name: 'bundle_change_is_of_a_bundle',
})
@ForeignKey(
  'BundleChangeEntity',
  ['ledgerId', 'bundleId', 'versionWas', 'statusWas'],
  ['ledgerId', 'bundleId', 'version', 'status'],
  { name: 'bundle_change_follows_the_last' },
)
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'bundle_change_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check(
  'bundle_change_is_a_legal_transition',
  `(version >= 1 AND (action, status_was, status) IN (${LEGAL}))
  OR (version = 1 AND action = 'split' AND status_was IS NULL AND status = 'Active')`,
)
@Check(
  'bundle_change_names_the_version_before',
  'version >= 1 AND version_was IS NOT DISTINCT FROM nullif(version - 1, 0)',
)
@Check('locked_bundle_knows_what_it_was', `(status = 'Locked') = (status_before IS NOT NULL)`)
export class BundleChangeEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'bundle_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly bundleId!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ name: 'version_was', type: 'integer', nullable: true })
  readonly versionWas!: number | null;

  @Column({ type: 'text' })
  readonly action!: string;

  @Column({ name: 'status_was', type: 'text', nullable: true })
  readonly statusWas!: string | null;

  @Column({ type: 'text' })
  readonly status!: string;

  /** Of a locked bundle, the status before. */
  @Column({ name: 'status_before', type: 'text', nullable: true })
  readonly statusBefore!: string | null;

  @Column({ name: 'owner_code', type: 'text' })
  readonly ownerCode!: string;

  @Column({ type: 'text', nullable: true })
  readonly beneficiary!: string | null;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'row_index', type: 'integer' })
  readonly rowIndex!: number;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
