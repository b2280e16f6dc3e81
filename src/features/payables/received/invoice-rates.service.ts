import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import {
  inDirhams,
  isForeign,
  type PinnedRate,
  rateFor,
} from '../../../core/invoicing/documents/in-dirhams.js';
import type { SupplierInvoice } from '../../../core/invoicing/documents/supplier-invoice.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { PricesService } from '../../prices/prices.service.js';
import type { ReceivedInvoice } from './supplier-invoice.document.js';

/** A document in dirhams, with the rate that it took; null of one that is in dirhams itself. */
export interface InDirhams {
  readonly invoice: SupplierInvoice;
  readonly rate: PinnedRate | null;
}

/** Puts documents of other currencies into dirhams by the rates that the ledger knows. */
@Injectable()
export class InvoiceRatesService {
  constructor(private readonly prices: PricesService) {}

  /** Converts documents by the rates as they are now; null where one waits for a rate. */
  async converter(
    tx: LedgerTx,
  ): Promise<(invoice: SupplierInvoice, pinned?: PinnedRate | null) => InDirhams | null> {
    const rows = await this.prices.fxRows(tx);
    return (invoice, pinned = null) => {
      if (!isForeign(invoice)) return { invoice, rate: null };
      const rate = pinned ?? rateFor(rows, invoice);
      return rate === null ? null : { invoice: inDirhams(invoice, rate), rate };
    };
  }
}

/** Says that a document waits. */
export function waitingForRate({
  row: { invoiceId, number, issueDate },
  invoice: { currency },
}: ReceivedInvoice): DomainError<'supplier_invoice.waiting_for_rate'> {
  const fix = `Add the rate of ${currency} of ${issueDate} to fx-series ${currency}: the check then goes on.`;
  return new DomainError('supplier_invoice.waiting_for_rate', {
    invoiceId,
    number,
    currency,
    day: issueDate,
    fix,
  });
}
