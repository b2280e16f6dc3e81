import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A received document can be voided with a reason (INVOICING 1); its number is then free again for the
 * same supplier.
 *
 * What must survive a bug in our code: a decision stands on a check unless it voids the document, a
 * voided document says why, and a number is used once for each time that it was voided.
 */
export class VoidSupplierInvoices1790003550000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE supplier_invoice
        ADD COLUMN reuse integer NOT NULL DEFAULT 0,
        ADD CONSTRAINT supplier_invoice_reuse_counts_from_zero CHECK (reuse >= 0),
        DROP CONSTRAINT supplier_invoice_number_is_used_once,
        ADD CONSTRAINT supplier_invoice_number_is_used_once
          UNIQUE (ledger_id, seller_code, number, reuse);
      ALTER TABLE supplier_invoice_step
        ALTER COLUMN run_id DROP NOT NULL,
        ALTER COLUMN check_document DROP NOT NULL,
        ALTER COLUMN check_sha256 DROP NOT NULL,
        DROP CONSTRAINT supplier_invoice_state_is_known,
        ADD CONSTRAINT supplier_invoice_state_is_known CHECK (
          state IN ('ACCEPTED', 'OPEN', 'UNDER_REVIEW', 'EXPERT', 'RESOLVED', 'LAPSED', 'VOIDED')
        ),
        DROP CONSTRAINT first_step_accepts_or_opens,
        ADD CONSTRAINT first_step_accepts_opens_or_voids CHECK (
          state = 'VOIDED' OR (step = 1) = (state IN ('ACCEPTED', 'OPEN'))
        ),
        ADD CONSTRAINT decided_document_was_checked CHECK (
          num_nulls(run_id, check_document, check_sha256)
            = CASE state WHEN 'VOIDED' THEN 3 ELSE 0 END
        ),
        ADD CONSTRAINT voided_document_says_why CHECK (state <> 'VOIDED' OR note <> '');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE supplier_invoice_step
        DROP CONSTRAINT voided_document_says_why,
        DROP CONSTRAINT decided_document_was_checked,
        DROP CONSTRAINT first_step_accepts_opens_or_voids,
        ADD CONSTRAINT first_step_accepts_or_opens CHECK ((step = 1) = (state IN ('ACCEPTED', 'OPEN'))),
        DROP CONSTRAINT supplier_invoice_state_is_known,
        ADD CONSTRAINT supplier_invoice_state_is_known CHECK (
          state IN ('ACCEPTED', 'OPEN', 'UNDER_REVIEW', 'EXPERT', 'RESOLVED', 'LAPSED')
        ),
        ALTER COLUMN run_id SET NOT NULL,
        ALTER COLUMN check_document SET NOT NULL,
        ALTER COLUMN check_sha256 SET NOT NULL;
      ALTER TABLE supplier_invoice
        DROP CONSTRAINT supplier_invoice_number_is_used_once,
        ADD CONSTRAINT supplier_invoice_number_is_used_once UNIQUE (ledger_id, seller_code, number),
        DROP CONSTRAINT supplier_invoice_reuse_counts_from_zero,
        DROP COLUMN reuse;
    `);
  }
}
