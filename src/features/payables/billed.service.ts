import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { billedLines, lessLines } from '../../core/invoicing/billed.js';
import { replacedBy } from '../../core/invoicing/counted.js';
import { signOf, type SupplierInvoice } from '../../core/invoicing/supplier-invoice.js';
import type { BookedDocument } from '../../core/journal/entries.js';
import { Decimal } from '../../core/units/money.js';
import { InvoiceTermsService } from './invoice-terms.service.js';
import { SupplierInvoicesService } from './supplier-invoices.service.js';

/** Received documents, as the books take them. */
@Injectable()
export class BilledService {
  constructor(
    private readonly invoices: SupplierInvoicesService,
    private readonly terms: InvoiceTermsService,
  ) {}

  /**
   * All documents under a contract, by period, day and number; items without terms have no kind. A
   * corrected invoice (384) is booked as what it changes; a prepayment (386) is no charge, and is left to
   * its payment.
   */
  async documents(
    tx: EntityManager,
    ledgerId: string,
    contractCode: string,
  ): Promise<readonly (BookedDocument & { readonly period: string })[]> {
    const items = await this.terms.itemsOf(tx, ledgerId, contractCode);
    const received = await this.invoices.listIn(tx, ledgerId, { contractCode });
    const all = received.map(({ invoice }) => invoice);
    const charged = received.filter(({ invoice }) => invoice.kind !== 'PREPAYMENT_INVOICE');
    return charged.map(({ row, invoice }) => {
      const replaced = replacedBy(invoice, all);
      const lines = billedLines(invoice, items);
      const minus = (of: (one: SupplierInvoice) => string): string =>
        signed(invoice, of)
          .minus(replaced === null ? 0 : signed(replaced, of))
          .toFixed(2);
      return {
        ...{ contractCode, sellerCode: row.sellerCode, number: row.number, period: row.period },
        ...{ issueDate: row.issueDate },
        lines: replaced === null ? lines : lessLines(lines, billedLines(replaced, items)),
        vatMad: minus(({ totals }) => totals.vatMad),
        grossMad: minus(({ totals }) => totals.grossMad),
      };
    });
  }
}

const signed = (invoice: SupplierInvoice, of: (one: SupplierInvoice) => string): Decimal =>
  new Decimal(of(invoice)).times(signOf(invoice));
