import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'storage_run_is_made_once';

/** One tracing of a device's discharges, from where the last one ended. */
@Entity({ name: 'storage_run' })
@Unique('storage_run_follows_the_last', ['ledgerId', 'deviceCode', 'fromAt'])
@ForeignKey('LedgerEventEntity', ['ledgerId', 'runId'], ['ledgerId', 'eventId'], {
  name: 'storage_run_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@ForeignKey('RecordEntity', ['ledgerId', 'deviceCode'], ['ledgerId', 'code'], {
  name: 'storage_run_is_of_a_device',
})
@Check('storage_run_moves_on', 'from_at IS NULL OR through_at > from_at')
@Check(
  'storage_run_creates_no_energy',
  `certified_wh >= 0 AND unbacked_wh >= 0 AND loss_wh >= 0
  AND certified_wh + unbacked_wh <= discharge_wh`,
)
export class StorageRunEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  /** Also the id of its event. */
  @PrimaryColumn({ name: 'run_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly runId!: string;

  @Column({ name: 'device_code', type: 'text' })
  readonly deviceCode!: string;

  /** Where the last run ended; null for the first. */
  @Column({ name: 'from_at', type: 'timestamptz', nullable: true })
  readonly fromAt!: Date | null;

  /** Discharges that start before it are traced. */
  @Column({ name: 'through_at', type: 'timestamptz' })
  readonly throughAt!: Date;

  @Column({ name: 'discharge_wh', type: 'bigint', transformer: safeInteger })
  readonly dischargeWh!: number;

  @Column({ name: 'certified_wh', type: 'bigint', transformer: safeInteger })
  readonly certifiedWh!: number;

  @Column({ name: 'unbacked_wh', type: 'bigint', transformer: safeInteger })
  readonly unbackedWh!: number;

  @Column({ name: 'loss_wh', type: 'bigint', transformer: safeInteger })
  readonly lossWh!: number;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
