import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'bundle_enters_the_bridge_once';

/** A bundle that was cancelled to become part of MWh certificates. */
@Entity({ name: 'bridge_entry' })
@Index('bridge_entry_by_system', ['ledgerId', 'trackingSystemCode', 'plantCode'])
@ForeignKey(
  'BundleChangeEntity',
  ['ledgerId', 'bundleId', 'bundleVersion', 'bundleStatus'],
  ['ledgerId', 'bundleId', 'version', 'status'],
  { name: 'bridge_entry_is_of_a_cancelled_bundle' },
)
@ForeignKey('RecordEntity', ['ledgerId', 'trackingSystemCode'], ['ledgerId', 'code'], {
  name: 'bridge_entry_is_for_a_tracking_system',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'bridge_entry_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('only_cancelled_energy_is_bridged', `bundle_status = 'Cancelled'`)
@Check('bridge_entry_is_positive', 'wh > 0 AND range_start >= 0')
export class BridgeEntryEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'bundle_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly bundleId!: string;

  @Column({ name: 'bundle_version', type: 'integer' })
  readonly bundleVersion!: number;

  @Column({ name: 'bundle_status', type: 'text' })
  readonly bundleStatus!: string;

  @Column({ name: 'tracking_system_code', type: 'text' })
  readonly trackingSystemCode!: string;

  @Column({ name: 'plant_code', type: 'text' })
  readonly plantCode!: string;

  @Column({ name: 'certificate_id', type: 'uuid' })
  readonly certificateId!: string;

  @Column({ name: 'starts_at', type: 'timestamptz' })
  readonly startsAt!: Date;

  @Column({ name: 'range_start', type: 'bigint', transformer: safeInteger })
  readonly rangeStart!: number;

  @Column({ type: 'bigint', transformer: safeInteger })
  readonly wh!: number;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;
}
