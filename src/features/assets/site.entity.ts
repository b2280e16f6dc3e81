import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../platform/database/rows/columns.js';
const KEY = 'site_version_is_written_once';

/** A place that consumes: its market boundary, its delivery point, its legal time. */
@Entity({ name: 'site' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'site_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'site_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@ForeignKey('RecordEntity', ['ledgerId', 'organisationCode'], ['ledgerId', 'code'], {
  name: 'site_belongs_to_an_organisation',
})
@Check('site_versions_start_at_one', 'version >= 1')
@Check(
  'site_power_is_positive',
  'contracted_power_w > 0 AND contracted_power_w <= 9007199254740991',
)
@Check('site_legal_time_is_known', `legal_time = 'MA'`)
export class SiteEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  @Column({ name: 'organisation_code', type: 'text' })
  readonly organisationCode!: string;

  @Column({ type: 'text' })
  readonly boundary!: string;

  @Column({ name: 'delivery_point', type: 'text' })
  readonly deliveryPoint!: string;

  @Column({ name: 'contracted_power_w', type: 'bigint', transformer: safeInteger })
  readonly contractedPowerW!: number;

  @Column({ name: 'legal_time', type: 'text' })
  readonly legalTime!: 'MA';

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
