import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { InvoiceStep, Outcome } from '../../../core/invoicing/life.js';

const KEY = 'supplier_invoice_step_is_taken_once';

/** A step in the life of a received document: accepted, in dispute to its end, or voided. */
@Entity({ name: 'supplier_invoice_step' })
@ForeignKey('SupplierInvoiceEntity', ['ledgerId', 'invoiceId'], ['ledgerId', 'invoiceId'], {
  name: 'supplier_invoice_step_is_of_an_invoice',
})
@ForeignKey('SettlementRunEntity', ['ledgerId', 'runId'], ['ledgerId', 'runId'], {
  name: 'supplier_invoice_step_names_a_run',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'supplier_invoice_step_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('supplier_invoice_steps_start_at_one', 'step >= 1')
@Check(
  'supplier_invoice_state_is_known',
  `state IN ('ACCEPTED', 'OPEN', 'UNDER_REVIEW', 'EXPERT', 'RESOLVED', 'LAPSED', 'VOIDED')`,
)
@Check(
  'first_step_accepts_opens_or_voids',
  `state = 'VOIDED' OR (step = 1) = (state IN ('ACCEPTED', 'OPEN'))`,
)
@Check(
  'decided_document_was_checked',
  `num_nulls(run_id, check_document, check_sha256) = CASE state WHEN 'VOIDED' THEN 3 ELSE 0 END`,
)
@Check('voided_document_says_why', `state <> 'VOIDED' OR note <> ''`)
@Check('open_dispute_says_its_amount', `(state = 'OPEN') = (disputed_mad IS NOT NULL)`)
@Check('disputed_is_above_zero', 'disputed_mad > 0')
@Check('resolved_dispute_says_its_outcome', `(state = 'RESOLVED') = (outcome IS NOT NULL)`)
@Check('outcome_is_known', `outcome IN ('UPHELD', 'PARTLY', 'REJECTED')`)
@Check(
  'partly_upheld_says_its_amount',
  `(coalesce(outcome, '') = 'PARTLY') = (upheld_mad IS NOT NULL)`,
)
@Check('checked_hash_is_of_its_bytes', 'check_sha256 = sha256(check_document)')
export class SupplierInvoiceStepEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'invoice_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly invoiceId!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly step!: number;

  @Column({ type: 'text' })
  readonly state!: InvoiceStep['state'];

  @Column({ type: 'text', nullable: true })
  readonly outcome!: Outcome | null;

  /** With VAT. */
  @Column({ name: 'disputed_mad', type: 'numeric', nullable: true })
  readonly disputedMad!: string | null;

  @Column({ name: 'upheld_mad', type: 'numeric', nullable: true })
  readonly upheldMad!: string | null;

  @Column({ type: 'text' })
  readonly note!: string;

  /** Settlement run that the check stood on; null of a voided document, which is not checked. */
  @Column({ name: 'run_id', type: 'uuid', nullable: true })
  readonly runId!: string | null;

  /** The check as it was at the step, as canonical JSON. */
  @Column({ name: 'check_document', type: 'bytea', nullable: true })
  readonly checkDocument!: Buffer | null;

  @Column({ name: 'check_sha256', type: 'bytea', nullable: true })
  readonly checkSha256!: Buffer | null;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}

/** A step without the check that was kept with it, which is long and seldom asked for. */
export type ShownStep = Omit<SupplierInvoiceStepEntity, 'checkDocument'>;
