import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'device_hour_has_one_account';

/** In which instruments the energy of a device's hour lives. Triggers keep it. */
@Entity({ name: 'device_hour' })
@Check('device_hour_is_whole', `hour = date_trunc('hour', hour, 'UTC')`)
@Check('no_device_hour_is_negative', 'gc_wh >= 0 AND mwh_wh >= 0 AND carry_wh >= 0')
@Check(
  'certified_stays_within_metered',
  'metered_wh IS NULL OR gc_wh + mwh_wh + carry_wh <= metered_wh',
)
export class DeviceHourEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'plant_code', type: 'text', primaryKeyConstraintName: KEY })
  readonly plantCode!: string;

  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: KEY })
  readonly hour!: Date;

  /** Certified hourly, not withdrawn and not converted. */
  @Column({ name: 'gc_wh', type: 'bigint', transformer: safeInteger })
  readonly gcWh!: number;

  /** Inside MWh certificates. */
  @Column({ name: 'mwh_wh', type: 'bigint', transformer: safeInteger })
  readonly mwhWh!: number;

  /** Cancelled for conversion, and below a MWh still. */
  @Column({ name: 'carry_wh', type: 'bigint', transformer: safeInteger })
  readonly carryWh!: number;

  /** Certifiable Wh that its meter showed when it last grew; null = not known. */
  @Column({ name: 'metered_wh', type: 'bigint', nullable: true, transformer: safeInteger })
  readonly meteredWh!: number | null;
}
