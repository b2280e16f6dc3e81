import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import type { InvoiceKind } from '../../../core/invoicing/documents/supplier-invoice.js';

const KEY = 'supplier_invoice_is_received_once';

/** A supplier's document as it was read; its own bytes are in the store of files. */
@Entity({ name: 'supplier_invoice' })
@Unique('supplier_invoice_number_is_used_once', ['ledgerId', 'sellerCode', 'number', 'reuse'])
@Check('supplier_invoice_reuse_counts_from_zero', 'reuse >= 0')
@ForeignKey('RecordEntity', ['ledgerId', 'sellerCode'], ['ledgerId', 'code'], {
  name: 'supplier_invoice_is_of_a_seller',
})
@ForeignKey('RecordEntity', ['ledgerId', 'contractCode'], ['ledgerId', 'code'], {
  name: 'supplier_invoice_is_of_a_contract',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'supplier_invoice_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check(
  'supplier_invoice_kind_is_known',
  `kind IN ('INVOICE', 'CREDIT_NOTE', 'CORRECTED_INVOICE', 'PREPAYMENT_INVOICE', 'SELF_BILLED_INVOICE')`,
)
@Check('supplier_invoice_period_is_a_month_or_a_year', `period ~ '^([0-9]{4}-[0-9]{2}|Y-?[0-9]+)$'`)
@Check('supplier_invoice_hash_is_of_its_bytes', 'sha256 = sha256(document)')
export class SupplierInvoiceEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'invoice_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly invoiceId!: string;

  @Column({ name: 'seller_code', type: 'text' })
  readonly sellerCode!: string;

  /** The supplier's own. */
  @Column({ type: 'text' })
  readonly number!: string;

  /** Voided documents that had the number before. */
  @Column({ type: 'integer', default: 0 })
  readonly reuse!: number;

  @Column({ type: 'text' })
  readonly kind!: InvoiceKind;

  @Column({ name: 'contract_code', type: 'text' })
  readonly contractCode!: string;

  /** A civil month, or `Y` and the contract year. */
  @Column({ type: 'text' })
  readonly period!: string;

  @Column({ name: 'issue_date', type: 'date' })
  readonly issueDate!: string;

  @Column({ name: 'file_name', type: 'text' })
  readonly fileName!: string;

  /** Of the file as it came, hex. */
  @Column({ name: 'file_sha256', type: 'text' })
  readonly fileSha256!: string;

  /** What was read, as canonical JSON. */
  @Column({ type: 'bytea' })
  readonly document!: Buffer;

  @Column({ type: 'bytea' })
  readonly sha256!: Buffer;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
