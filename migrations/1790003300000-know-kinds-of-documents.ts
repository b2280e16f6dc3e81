import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A supplier's document may be a corrected invoice, a prepayment or self-billed (UNTDID 1001: 384, 386,
 * 389), beside an invoice and a credit note.
 */
export class KnowKindsOfDocuments1790003300000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await restrict(
      db,
      `('INVOICE', 'CREDIT_NOTE', 'CORRECTED_INVOICE', 'PREPAYMENT_INVOICE', 'SELF_BILLED_INVOICE')`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await restrict(db, `('INVOICE', 'CREDIT_NOTE')`);
  }
}

async function restrict(db: QueryRunner, kinds: string): Promise<void> {
  await db.query(`
    ALTER TABLE supplier_invoice DROP CONSTRAINT supplier_invoice_kind_is_known;
    ALTER TABLE supplier_invoice
      ADD CONSTRAINT supplier_invoice_kind_is_known CHECK (kind IN ${kinds});
  `);
}
