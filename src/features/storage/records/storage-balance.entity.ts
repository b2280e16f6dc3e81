import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'storage_balance_is_of_one_subject';

/** What of a record, or of a bundle behind a charge, is certified and used. Triggers keep it. */
@Entity({ name: 'storage_balance' })
@Check('storage_is_used_once', 'used_wh >= 0 AND used_wh <= wh')
@Check('charge_is_certified_once', 'certified_wh >= 0 AND certified_wh <= wh')
export class StorageBalanceEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'subject_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly subjectId!: string;

  @Column({ type: 'bigint', transformer: safeInteger })
  readonly wh!: number;

  /** Of a charge: what cancelled bundles stand behind. */
  @Column({ name: 'certified_wh', type: 'bigint', transformer: safeInteger })
  readonly certifiedWh!: number;

  /** Drawn of a charge, traced of a discharge. */
  @Column({ name: 'used_wh', type: 'bigint', transformer: safeInteger })
  readonly usedWh!: number;
}
