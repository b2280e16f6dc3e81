import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { AccountMap } from '../../core/journal/entries.js';
import type { JournalBatch } from '../../core/journal/formats.js';

const KEY = 'account_map_version_is_written_once';

/** Which accounts of the buyer's books take what. */
@Entity({ name: 'account_map' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'account_map_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'account_map_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('account_map_versions_start_at_one', 'version >= 1')
export class AccountMapEntity implements AccountMap {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly journal!: string;

  @Column({ name: 'supplier_account', type: 'text' })
  readonly supplierAccount!: string;

  @Column({ name: 'accrual_account', type: 'text' })
  readonly accrualAccount!: string;

  @Column({ name: 'credit_account', type: 'text' })
  readonly creditAccount!: string;

  @Column({ name: 'vat_account', type: 'text' })
  readonly vatAccount!: string;

  @Column({ name: 'charge_account', type: 'text' })
  readonly chargeAccount!: string;

  @Column({ type: 'jsonb' })
  readonly kinds!: AccountMap['kinds'];

  @Column({ type: 'jsonb', nullable: true })
  readonly oracle!: JournalBatch['oracle'];

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
