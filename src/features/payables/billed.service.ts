import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { billedLines } from '../../core/invoicing/billed.js';
import { signOf } from '../../core/invoicing/supplier-invoice.js';
import type { BookedDocument } from '../../core/journal/entries.js';
import { Decimal } from '../../core/units/money.js';
import { InvoiceTermsService } from './invoice-terms.service.js';
import { signedGrossMad } from './supplier-invoice.document.js';
import { SupplierInvoicesService } from './supplier-invoices.service.js';

/** Received documents, as the books take them. */
@Injectable()
export class BilledService {
  constructor(
    private readonly invoices: SupplierInvoicesService,
    private readonly terms: InvoiceTermsService,
  ) {}

  /** All documents under a contract, by period, day and number; items without terms have no kind. */
  async documents(
    tx: EntityManager,
    ledgerId: string,
    contractCode: string,
  ): Promise<readonly (BookedDocument & { readonly period: string })[]> {
    const items = await this.terms.itemsOf(tx, ledgerId, contractCode);
    const received = await this.invoices.listIn(tx, ledgerId, { contractCode });
    return received.map(({ row, invoice }) => ({
      ...{ contractCode, sellerCode: row.sellerCode, number: row.number, period: row.period },
      ...{ issueDate: row.issueDate, lines: billedLines(invoice, items) },
      vatMad: new Decimal(invoice.totals.vatMad).times(signOf(invoice)).toFixed(2),
      grossMad: signedGrossMad(invoice),
    }));
  }
}
