import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { FormulaTerm } from '../../core/metering/hierarchy.js';
import type { Direction } from '../../core/metering/intake/intake.js';
import type { IntervalChange } from '../../core/metering/blocks/interval-lengths.js';
import { safeInteger } from '../../platform/database/rows/columns.js';
const KEY = 'meter_version_is_written_once';

/** A meter of a site, or a formula of such meters. */
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
@ForeignKey('RecordEntity', ['ledgerId', 'parentCode'], ['ledgerId', 'code'], {
  name: 'meter_hangs_below_a_meter',
})
@Check('meter_direction_is_known', `direction IN ('consumption', 'generation')`)
@Check('meter_is_not_its_own_parent', 'parent_code <> code')
@Check('virtual_meter_is_not_booked', 'formula IS NULL OR NOT is_booked')
@Check('meter_interval_changes_are_a_list', `jsonb_typeof(interval_changes) = 'array'`)
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

  /** Since when its intervals have another length, ascending; null where that never changed. */
  @Column({ name: 'interval_changes', type: 'jsonb', nullable: true })
  readonly intervalChanges!: IntervalChange[] | null;

  @Column({ name: 'rated_power_w', type: 'bigint', transformer: safeInteger })
  readonly ratedPowerW!: number;

  @Column({ type: 'text' })
  readonly direction!: Direction;

  /** The meter above it, whose energy passes through this one too; null at the top. */
  @Column({ name: 'parent_code', type: 'text', nullable: true })
  readonly parentCode!: string | null;

  /** Whether its energy is booked: of the meters on one path, one at most is. */
  @Column({ name: 'is_booked', type: 'boolean' })
  readonly isBooked!: boolean;

  /** Of a virtual meter: what its energy is the sum of; null for a meter that measures. */
  @Column({ type: 'jsonb', nullable: true })
  readonly formula!: FormulaTerm[] | null;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
