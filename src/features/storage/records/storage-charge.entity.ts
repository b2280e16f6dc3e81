import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'bundle_stands_behind_one_charge';

/** A bundle that was cancelled for storage, and the charge that it stands behind. */
@Entity({ name: 'storage_charge' })
@ForeignKey('StorageRecordEntity', ['ledgerId', 'recordId'], ['ledgerId', 'recordId'], {
  name: 'storage_charge_is_of_a_record',
})
@ForeignKey('CertificateBundleEntity', ['ledgerId', 'bundleId'], ['ledgerId', 'bundleId'], {
  name: 'storage_charge_is_a_bundle',
})
@ForeignKey('CertificateEntity', ['ledgerId', 'certificateId'], ['ledgerId', 'certificateId'], {
  name: 'storage_charge_is_of_a_certificate',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'storage_charge_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('storage_charge_is_positive', 'wh > 0')
export class StorageChargeEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'bundle_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly bundleId!: string;

  @Column({ name: 'record_id', type: 'uuid' })
  readonly recordId!: string;

  @Column({ name: 'certificate_id', type: 'uuid' })
  readonly certificateId!: string;

  @Column({ type: 'bigint', transformer: safeInteger })
  readonly wh!: number;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;
}
