import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { type ShownStep, SupplierInvoiceStepEntity } from './supplier-invoice-step.entity.js';
import {
  type InvoiceSummary,
  signedMad,
  type SummaryRow,
  type SummaryStep,
} from './supplier-invoice.document.js';
import { SupplierInvoiceEntity } from './supplier-invoice.entity.js';

/** Loads and writes suppliers' invoices and the steps of their life. */
@Injectable()
export class SupplierInvoicesRepository {
  find(tx: LedgerTx, invoiceId: string): Promise<SupplierInvoiceEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(SupplierInvoiceEntity, { ledgerId, invoiceId });
  }

  /** The last that came under a number; those before it are voided. */
  byNumber(
    tx: LedgerTx,
    of: { readonly sellerCode: string; readonly number: string },
  ): Promise<SupplierInvoiceEntity | null> {
    const { ledgerId } = tx;
    const where = { ledgerId, ...of };
    return tx.findOne(SupplierInvoiceEntity, { where, order: { reuse: 'DESC' } });
  }

  /** The first document that took a number which was not free: one before it is not voided, or none was. */
  async usedAgain(
    tx: LedgerTx,
  ): Promise<{ readonly number: string; readonly eventId: string } | null> {
    const [found] = await tx.query<{ readonly number: string; readonly eventId: string }[]>(
      `SELECT again.number, again.event_id AS "eventId"
       FROM supplier_invoice again
       WHERE again.ledger_id = $1 AND again.reuse > 0 AND again.reuse <> (
         SELECT count(*) FROM supplier_invoice before
         JOIN supplier_invoice_step USING (ledger_id, invoice_id)
         WHERE ledger_id = $1 AND before.seller_code = again.seller_code
           AND before.number = again.number AND before.reuse < again.reuse AND state = 'VOIDED'
       )
       ORDER BY again.seller_code, again.number, again.reuse LIMIT 1`,
      [tx.ledgerId],
    );
    return found ?? null;
  }

  /** By contract, period, day of issue and number. */
  list(
    tx: LedgerTx,
    of: { readonly contractCode?: string; readonly period?: string } = {},
  ): Promise<SupplierInvoiceEntity[]> {
    const { ledgerId } = tx;
    return tx.find(SupplierInvoiceEntity, {
      where: { ledgerId, ...of },
      order: {
        contractCode: 'ASC',
        period: 'ASC',
        issueDate: 'ASC',
        number: 'ASC',
        reuse: 'ASC',
      },
    });
  }

  /**
   * What a list says of each document, in the order of `list`. A document itself is long, and of it only
   * the total is wanted: taken out where it is.
   */
  async summaries(
    tx: LedgerTx,
    of: { readonly contractCode?: string; readonly period?: string } = {},
  ): Promise<InvoiceSummary[]> {
    const where = `ledger_id = $1 AND ($2::text IS NULL OR contract_code = $2)
      AND ($3::text IS NULL OR period = $3)`;
    const given = [tx.ledgerId, of.contractCode ?? null, of.period ?? null];
    const [rows, steps] = await Promise.all([
      tx.query<(SummaryRow & { readonly grossMad: string; readonly currency: string })[]>(
        `SELECT invoice_id AS "invoiceId", seller_code AS "sellerCode", number, reuse, kind,
           contract_code AS "contractCode", period, issue_date::text AS "issueDate",
           convert_from(document, 'UTF8')::json #>> '{totals,grossMad}' AS "grossMad",
           convert_from(document, 'UTF8')::json ->> 'currency' AS currency,
           file_name AS "fileName", file_sha256 AS "fileSha256", recorded_at AS "recordedAt"
         FROM supplier_invoice WHERE ${where}
         ORDER BY contract_code, period, issue_date, number, reuse`,
        given,
      ),
      tx.query<(SummaryStep & { readonly invoiceId: string })[]>(
        `SELECT invoice_id AS "invoiceId", state, outcome, disputed_mad AS "disputedMad",
           upheld_mad AS "upheldMad"
         FROM supplier_invoice_step JOIN supplier_invoice USING (ledger_id, invoice_id)
         WHERE ${where} ORDER BY invoice_id, step`,
        given,
      ),
    ]);
    const stepsOf = Map.groupBy(steps, ({ invoiceId }) => invoiceId);
    return rows.map(({ grossMad, currency, ...row }) => ({
      row,
      currency,
      grossMad: signedMad(row.kind, grossMad),
      steps: stepsOf.get(row.invoiceId) ?? [],
    }));
  }

  /** Steps of some documents, in order. */
  async steps(tx: LedgerTx, invoiceIds: readonly string[]): Promise<ShownStep[]> {
    const { ledgerId } = tx;
    if (invoiceIds.length === 0) return [];
    return tx.find(SupplierInvoiceStepEntity, {
      select: SHOWN,
      where: { ledgerId, invoiceId: In([...invoiceIds]) },
      order: { invoiceId: 'ASC', step: 'ASC' },
    });
  }

  invoicesOf(tx: LedgerTx, eventId: string): Promise<SupplierInvoiceEntity[]> {
    const { ledgerId } = tx;
    return tx.findBy(SupplierInvoiceEntity, { ledgerId, eventId });
  }

  stepsOf(tx: LedgerTx, eventId: string): Promise<SupplierInvoiceStepEntity[]> {
    const { ledgerId } = tx;
    return tx.findBy(SupplierInvoiceStepEntity, { ledgerId, eventId });
  }

  async add(tx: LedgerTx, invoice: SupplierInvoiceEntity): Promise<void> {
    await tx.insert(SupplierInvoiceEntity, invoice);
  }

  async addStep(tx: LedgerTx, step: SupplierInvoiceStepEntity): Promise<void> {
    await tx.insert(SupplierInvoiceStepEntity, step);
  }
}

const SHOWN: Readonly<Record<keyof ShownStep, true>> = {
  ...({ ledgerId: true, invoiceId: true, step: true, state: true, outcome: true } as const),
  ...({ disputedMad: true, upheldMad: true, note: true, runId: true } as const),
  ...({ checkSha256: true, eventId: true, recordedAt: true } as const),
};
