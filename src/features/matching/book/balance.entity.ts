import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { safeInteger, safeIntegers } from '../../../platform/database/rows/columns.js';

const account = { type: 'bigint', transformer: safeInteger, default: 0 } as const;

/** Where the Wh of one certificate are. Written by the posting trigger only. */
@Entity({ name: 'supply_balance' })
@Index('supply_balance_by_hour', ['ledgerId', 'hour'])
@Check(
  'supply_is_conserved',
  `issued = available + matched + surplus + expired
  + withdrawn + cancelled + cancelled_for_storage`,
)
@Check(
  'no_supply_balance_is_negative',
  `0 <= ALL (ARRAY[issued, available,
  matched, surplus, expired, withdrawn, cancelled, cancelled_for_storage])`,
)
export class SupplyBalanceEntity {
  @PrimaryColumn({
    name: 'ledger_id',
    type: 'uuid',
    primaryKeyConstraintName: 'certificate_has_one_balance',
  })
  readonly ledgerId!: string;

  @PrimaryColumn({
    name: 'certificate_id',
    type: 'uuid',
    primaryKeyConstraintName: 'certificate_has_one_balance',
  })
  readonly certificateId!: string;

  @Column({ type: 'timestamptz' })
  readonly hour!: Date;

  @Column(account)
  readonly issued!: number;

  @Column(account)
  readonly available!: number;

  @Column(account)
  readonly matched!: number;

  @Column(account)
  readonly surplus!: number;

  @Column(account)
  readonly expired!: number;

  @Column(account)
  readonly withdrawn!: number;

  /** Cancelled for another than the buyer. */
  @Column(account)
  readonly cancelled!: number;

  @Column({ ...account, name: 'cancelled_for_storage' })
  readonly cancelledForStorage!: number;
}

const hours = { type: 'bigint', array: true, transformer: safeIntegers } as const;
const DAY = 'meter_day_has_one_balance';

/** Where the Wh of one meter's UTC day are, hour by hour. Written by the posting trigger only. */
@Entity({ name: 'demand_balance' })
@Index('demand_balance_by_day', ['ledgerId', 'utcDay'])
@Check(
  'demand_balance_has_24_hours',
  'cardinality(consumption) = 24 AND cardinality(matched) = 24 AND cardinality(residual) = 24',
)
@Check('demand_is_conserved', 'consumption = add_day_hours(matched, residual)')
@Check(
  'no_demand_balance_is_negative',
  '(0 <= ALL (consumption) AND 0 <= ALL (matched) AND 0 <= ALL (residual)) IS TRUE',
)
export class DemandBalanceEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: DAY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'meter_code', type: 'text', primaryKeyConstraintName: DAY })
  readonly meterCode!: string;

  @PrimaryColumn({ name: 'utc_day', type: 'date', primaryKeyConstraintName: DAY })
  readonly utcDay!: string;

  @Column(hours)
  readonly consumption!: number[];

  @Column(hours)
  readonly matched!: number[];

  @Column(hours)
  readonly residual!: number[];
}
