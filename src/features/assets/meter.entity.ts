import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../platform/database/columns.js';
const KEY = 'meter_version_is_written_once';

/** A booking meter of a site. */
@Entity({ name: 'meter' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'meter_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'meter_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@ForeignKey('RecordEntity', ['ledgerId', 'siteCode'], ['ledgerId', 'code'], {
  name: 'meter_stands_on_a_site',
})
@Check('meter_versions_start_at_one', 'version >= 1')
@Check('meter_interval_divides_the_hour', 'interval_minutes IN (5, 10, 15, 30, 60)')
@Check('meter_power_is_positive', 'rated_power_w > 0 AND rated_power_w <= 9007199254740991')
export class MeterEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  @Column({ name: 'site_code', type: 'text' })
  readonly siteCode!: string;

  @Column({ name: 'interval_minutes', type: 'smallint' })
  readonly intervalMinutes!: number;

  @Column({ name: 'rated_power_w', type: 'bigint', transformer: safeInteger })
  readonly ratedPowerW!: number;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
