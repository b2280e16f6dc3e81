import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../platform/database/columns.js';

const account = { type: 'bigint', transformer: safeInteger, default: 0 } as const;

/** Where the Wh of one certificate are. Written by the posting trigger only. */
@Entity({ name: 'supply_balance' })
@Index('supply_balance_by_hour', ['ledgerId', 'hour'])
@ForeignKey('CertificateEntity', ['ledgerId', 'certificateId'], ['ledgerId', 'certificateId'], {
  name: 'supply_balance_belongs_to_a_certificate',
})
@Check(
  'supply_is_conserved',
  'issued = available + matched + surplus + expired + withdrawn + cancelled_for_storage',
)
@Check(
  'no_supply_balance_is_negative',
  '0 <= ALL (ARRAY[issued, available, matched, surplus, expired, withdrawn, cancelled_for_storage])',
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

  @Column({ ...account, name: 'cancelled_for_storage' })
  readonly cancelledForStorage!: number;
}

/** Where the Wh of one meter-hour are. Written by the posting trigger only. */
@Entity({ name: 'demand_balance' })
@Index('demand_balance_by_hour', ['ledgerId', 'hour'])
@ForeignKey('RecordEntity', ['ledgerId', 'meterCode'], ['ledgerId', 'code'], {
  name: 'demand_balance_belongs_to_a_meter',
})
@Check('demand_is_conserved', 'consumption = matched + residual')
@Check('no_demand_balance_is_negative', '0 <= ALL (ARRAY[consumption, matched, residual])')
export class DemandBalanceEntity {
  @PrimaryColumn({
    name: 'ledger_id',
    type: 'uuid',
    primaryKeyConstraintName: 'meter_hour_has_one_balance',
  })
  readonly ledgerId!: string;

  @PrimaryColumn({
    name: 'meter_code',
    type: 'text',
    primaryKeyConstraintName: 'meter_hour_has_one_balance',
  })
  readonly meterCode!: string;

  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'meter_hour_has_one_balance' })
  readonly hour!: Date;

  @Column(account)
  readonly consumption!: number;

  @Column(account)
  readonly matched!: number;

  @Column(account)
  readonly residual!: number;
}
