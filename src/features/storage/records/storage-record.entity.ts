import { Check, Column, Entity, Exclusion, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'storage_record_is_kept_once';

/** One charge or discharge of a storage device, as its validator recorded it. */
@Entity({ name: 'storage_record' })
@Unique('storage_record_has_one_place_in_its_event', ['ledgerId', 'eventId', 'rowIndex'])
@ForeignKey('RecordEntity', ['ledgerId', 'deviceCode'], ['ledgerId', 'code'], {
  name: 'storage_record_is_of_a_device',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'storage_record_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check(
  'storage_record_lies_in_one_hour',
  `ends_at > starts_at AND ends_at <= date_trunc('hour', starts_at, 'UTC') + interval '1 hour'`,
)
@Check('storage_record_energy_is_whole_and_safe', 'wh >= 0 AND wh <= 9007199254740991')
@Exclusion(
  'storage_records_never_overlap',
  'USING gist (ledger_id WITH =, device_code WITH =, tstzrange(starts_at, ends_at) WITH &&)',
)
export class StorageRecordEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'record_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly recordId!: string;

  @Column({ name: 'device_code', type: 'text' })
  readonly deviceCode!: string;

  @Column({ name: 'is_charging', type: 'boolean' })
  readonly isCharging!: boolean;

  @Column({ name: 'starts_at', type: 'timestamptz' })
  readonly startsAt!: Date;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  readonly endsAt!: Date;

  @Column({ type: 'bigint', transformer: safeInteger })
  readonly wh!: number;

  @Column({ name: 'external_id', type: 'text' })
  readonly externalId!: string;

  @Column({ type: 'text' })
  readonly validator!: string;

  @Column({ name: 'source_line', type: 'integer' })
  readonly sourceLine!: number;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'row_index', type: 'integer' })
  readonly rowIndex!: number;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
