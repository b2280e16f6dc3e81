import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { ItemKind } from '../../../core/invoicing/checks/billed.js';

const KEY = 'invoice_terms_version_is_written_once';

/** How invoices under a contract are read and how far they may be off. The code is the contract's. */
@Entity({ name: 'invoice_terms' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'invoice_terms_are_a_record',
})
@ForeignKey('RecordEntity', ['ledgerId', 'contractCode'], ['ledgerId', 'code'], {
  name: 'invoice_terms_are_of_a_contract',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'invoice_terms_have_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('invoice_terms_versions_start_at_one', 'version >= 1')
@Check(
  'invoice_tolerances_are_not_negative',
  'line_mad >= 0 AND line_pct >= 0 AND document_mad >= 0 AND document_pct >= 0',
)
export class InvoiceTermsEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ name: 'contract_code', type: 'text' })
  readonly contractCode!: string;

  /** Kinds of settlement lines by the supplier's items. */
  @Column({ type: 'jsonb' })
  readonly items!: readonly ItemKind[];

  @Column({ name: 'line_mad', type: 'numeric' })
  readonly lineMad!: string;

  @Column({ name: 'line_pct', type: 'numeric' })
  readonly linePct!: string;

  @Column({ name: 'document_mad', type: 'numeric' })
  readonly documentMad!: string;

  @Column({ name: 'document_pct', type: 'numeric' })
  readonly documentPct!: string;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
