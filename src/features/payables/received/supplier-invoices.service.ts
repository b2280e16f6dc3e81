import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { validate } from 'uuid';
import { DomainError } from '../../../core/errors.js';
import type { TextEncoding } from '../../../core/tabular/text-encoding.js';
import { isVoided } from '../../../core/invoicing/life.js';
import { type Canonical, canonicalJson } from '../../../core/ledger/canonical.js';
import { sha256 } from '../../../core/ledger/merkle.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { type InvoiceFileOptions, InvoiceAssignmentService } from './invoice-assignment.service.js';
import { PAYABLES_REGISTERS } from '../payables.registers.js';
import { SupplierInvoicesRepository } from './supplier-invoices.repository.js';
import { SupplierInvoiceFileService } from './supplier-invoice-file.service.js';
import {
  INVOICE_ROWS,
  invoiceRow,
  type InvoiceSummary,
  parseInvoice,
  type ReceivedInvoice,
} from './supplier-invoice.document.js';
import type { SupplierInvoiceEntity } from './supplier-invoice.entity.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

/** Serialises what is received and decided in a ledger. */
export const PAYABLES_LOCK = 'supplier invoices';

const NUMBER_FIX =
  'A document is never changed: a correction is a credit note and a new number. One that should not ' +
  'have been received is voided with its reason.';

/** Receives suppliers' documents. What was received never changes. */
@Injectable()
export class SupplierInvoicesService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly places: InvoiceAssignmentService,
    private readonly files: SupplierInvoiceFileService,
    private readonly payables: SupplierInvoicesRepository,
  ) {}

  /** Documents that were received: their tables, rows and bytes. */
  replayed(): Replayed {
    return {
      tables: PAYABLES_REGISTERS,
      rows: {
        [INVOICE_ROWS]: async (tx, { eventId }) =>
          (await this.payables.invoicesOf(tx, eventId)).map(invoiceRow),
      },
      files: async (tx) =>
        (await this.payables.list(tx, {})).map(({ number, fileName, fileSha256, eventId }) => ({
          sha256: fileSha256,
          what: `document ${number} (${fileName})`,
          eventId,
        })),
    };
  }

  /**
   * Receives a document. The same document a second time changes nothing and gives the first, unless
   * that one was voided. A dry run meets every refusal, and writes nothing.
   *
   * @throws DomainError as the file's reader; `supplier_invoice.unplaced`,
   *   `supplier_invoice.wrong_seller`, `supplier_invoice.number_taken`
   */
  async receive(
    actor: Actor,
    options: InvoiceFileOptions,
    bytes: Readable,
  ): Promise<{
    readonly received: ReceivedInvoice;
    readonly isNew: boolean;
    readonly encoding: TextEncoding;
  }> {
    const file = await this.files.keep(bytes, actor);
    const { ledgerId } = actor;
    const { invoice, encoding } = await this.files.read(ledgerId, file, options);
    const { contract, period } = await this.places.of(ledgerId, invoice, options);
    const text = canonicalJson(invoice as unknown as Canonical);
    const { sellerCode, code: contractCode } = contract;
    const { number, kind, issueDate } = invoice;
    const place = { ledgerId, lock: PAYABLES_LOCK };
    const take = async (tx: LedgerTx) => {
      const known = await this.payables.byNumber(tx, { sellerCode, number });
      const before = known === null ? null : await this.withSteps(tx, known);
      if (before !== null && !isVoided(before.steps)) {
        const { row } = before;
        const isRead = row.document.equals(Buffer.from(text)) || row.fileSha256 === file.sha256;
        if (isRead && row.period === period) return { received: before, isNew: false, encoding };
        throw new DomainError('supplier_invoice.number_taken', {
          sellerCode,
          number,
          invoiceId: row.invoiceId,
          fix: NUMBER_FIX,
        });
      }
      const invoiceId = this.ledger.nextId();
      const row = await this.ledger.record(tx, actor, async (at) => {
        const taken: SupplierInvoiceEntity = {
          ...at,
          invoiceId,
          sellerCode,
          number,
          kind,
          contractCode,
          period,
          issueDate,
          reuse: before === null ? 0 : before.row.reuse + 1,
          fileName: options.fileName,
          fileSha256: file.sha256,
          document: Buffer.from(text),
          sha256: Buffer.from(sha256(text)),
        };
        if (options.dryRun !== true) await this.files.settle(file, actor);
        await this.payables.add(tx, taken);
        return {
          type: 'supplier_invoice.received',
          sourceRef: file.sha256,
          body: { rows: INVOICE_ROWS, invoiceId, sellerCode, number, period },
          rows: [invoiceRow(taken)],
          result: taken,
        };
      });
      return { received: { row, invoice, steps: [] }, isNew: true, encoding };
    };
    return options.dryRun === true
      ? this.scope.rehearse(place, take)
      : this.scope.write(place, take);
  }

  /** All documents, of a contract and period or of all, by contract, period, day and number. */
  list(
    ledgerId: string,
    of: { readonly contractCode?: string; readonly period?: string } = {},
  ): Promise<ReceivedInvoice[]> {
    return this.scope.read(ledgerId, (tx) => this.listIn(tx, of));
  }

  /** What a list shows of the same documents, in the same order. */
  summaries(
    ledgerId: string,
    of: { readonly contractCode?: string; readonly period?: string } = {},
  ): Promise<InvoiceSummary[]> {
    return this.scope.read(ledgerId, (tx) => this.payables.summaries(tx, of));
  }

  /** As `list`, inside a transaction. */
  async listIn(
    tx: LedgerTx,
    of: { readonly contractCode?: string; readonly period?: string } = {},
  ): Promise<ReceivedInvoice[]> {
    const rows = await this.payables.list(tx, of);
    const ids = rows.map(({ invoiceId }) => invoiceId);
    const all = await this.payables.steps(tx, ids);
    const steps = Map.groupBy(all, (step) => step.invoiceId);
    return rows.map((row) => ({
      row,
      invoice: parseInvoice(row),
      steps: steps.get(row.invoiceId) ?? [],
    }));
  }

  /** @throws DomainError `supplier_invoice.not_found` */
  get(ledgerId: string, invoiceId: string): Promise<ReceivedInvoice> {
    return this.scope.read(ledgerId, (tx) => this.getIn(tx, invoiceId));
  }

  /** As `get`, inside a transaction. */
  async getIn(tx: LedgerTx, invoiceId: string): Promise<ReceivedInvoice> {
    const row = validate(invoiceId) ? await this.payables.find(tx, invoiceId) : null;
    if (row === null) throw new DomainError('supplier_invoice.not_found', { invoiceId });
    return this.withSteps(tx, row);
  }

  private async withSteps(tx: LedgerTx, row: SupplierInvoiceEntity): Promise<ReceivedInvoice> {
    const steps = await this.payables.steps(tx, [row.invoiceId]);
    return { row, invoice: parseInvoice(row), steps };
  }
}
