import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'storage_allocation_is_made_once';

/** What a discharge drew on a charge, and the certificate that was issued for it. */
@Entity({ name: 'storage_allocation' })
@Unique('storage_allocation_has_one_place_in_its_event', ['ledgerId', 'eventId', 'rowIndex'])
@Unique('storage_allocation_has_its_own_certificate', ['ledgerId', 'certificateId'])
@ForeignKey('StorageRecordEntity', ['ledgerId', 'dischargeId'], ['ledgerId', 'recordId'], {
  name: 'storage_allocation_is_of_a_discharge',
})
@ForeignKey('StorageRecordEntity', ['ledgerId', 'chargeId'], ['ledgerId', 'recordId'], {
  name: 'storage_allocation_is_of_a_charge',
})
@ForeignKey('StorageChargeEntity', ['ledgerId', 'bundleId'], ['ledgerId', 'bundleId'], {
  name: 'storage_allocation_is_of_a_cancelled_bundle',
})
@ForeignKey(
  'storage_terms',
  ['ledgerId', 'termsCode', 'termsVersion'],
  ['ledgerId', 'code', 'version'],
  { name: 'storage_allocation_is_under_terms' },
)
@ForeignKey('CertificateEntity', ['ledgerId', 'certificateId'], ['ledgerId', 'certificateId'], {
  name: 'storage_allocation_is_certified',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'storage_allocation_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check(
  'storage_allocation_creates_no_energy',
  'charge_wh > 0 AND discharge_wh >= 0 AND discharge_wh <= charge_wh',
)
@Check(
  'only_a_cancelled_certificate_is_issued_again',
  'certificate_id IS NULL OR (bundle_id IS NOT NULL AND discharge_wh > 0)',
)
export class StorageAllocationEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'allocation_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly allocationId!: string;

  @Column({ name: 'discharge_id', type: 'uuid' })
  readonly dischargeId!: string;

  @Column({ name: 'charge_id', type: 'uuid' })
  readonly chargeId!: string;

  /** The bundle that was cancelled for the charge; null = none stands behind it. */
  @Column({ name: 'bundle_id', type: 'uuid', nullable: true })
  readonly bundleId!: string | null;

  @Column({ name: 'charge_wh', type: 'bigint', transformer: safeInteger })
  readonly chargeWh!: number;

  @Column({ name: 'discharge_wh', type: 'bigint', transformer: safeInteger })
  readonly dischargeWh!: number;

  @Column({ name: 'terms_code', type: 'text' })
  readonly termsCode!: string;

  @Column({ name: 'terms_version', type: 'integer' })
  readonly termsVersion!: number;

  @Column({ name: 'certificate_id', type: 'uuid', nullable: true })
  readonly certificateId!: string | null;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'row_index', type: 'integer' })
  readonly rowIndex!: number;
}
