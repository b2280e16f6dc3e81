import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { StorageMethod } from '../../../core/storage/allocate.js';

const KEY = 'storage_terms_version_is_written_once';

/** How a storage device's discharges are traced to its charges, and who certifies them: dated. */
@Entity({ name: 'storage_terms' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'storage_terms_is_a_record',
})
@ForeignKey('RecordEntity', ['ledgerId', 'deviceCode'], ['ledgerId', 'code'], {
  name: 'storage_terms_are_of_a_device',
})
@ForeignKey('RecordEntity', ['ledgerId', 'issuerCode'], ['ledgerId', 'code'], {
  name: 'storage_terms_name_an_issuer',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'storage_terms_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('storage_terms_versions_start_at_one', 'version >= 1')
@Check('storage_method_is_known', `method IN ('fifo', 'lifo', 'weighted-average')`)
@Check('storage_efficiency_is_a_share', 'efficiency > 0 AND efficiency <= 1')
@Check(
  'storage_efficiency_holds_half_a_year',
  `efficiency_to > efficiency_from AND efficiency_to - efficiency_from <= interval '184 days'`,
)
export class StorageTermsEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  /** Code of the plant that stores. */
  @Column({ name: 'device_code', type: 'text' })
  readonly deviceCode!: string;

  @Column({ name: 'issuer_code', type: 'text' })
  readonly issuerCode!: string;

  @Column({ type: 'text' })
  readonly method!: StorageMethod;

  /** Round-trip efficiency, exact. */
  @Column({ type: 'numeric' })
  readonly efficiency!: string;

  @Column({ name: 'efficiency_methodology', type: 'text' })
  readonly efficiencyMethodology!: string;

  /** Discharges that start in `[from, to)`. */
  @Column({ name: 'efficiency_from', type: 'timestamptz' })
  readonly efficiencyFrom!: Date;

  @Column({ name: 'efficiency_to', type: 'timestamptz' })
  readonly efficiencyTo!: Date;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
