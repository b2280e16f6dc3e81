import { Injectable } from '@nestjs/common';
import { billedLines } from '../../../core/invoicing/checks/billed.js';
import { replacedBy } from '../../../core/invoicing/documents/counted.js';
import type { PinnedRate } from '../../../core/invoicing/documents/in-dirhams.js';
import { isVoided } from '../../../core/invoicing/life.js';
import type { ChargedDocument, NotBooked } from '../../../core/journal/documents.js';
import { documentKey } from '../../../core/journal/entries.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { InvoiceRatesService } from '../received/invoice-rates.service.js';
import { InvoiceTermsService } from './invoice-terms.service.js';
import {
  isStanding,
  type ReceivedInvoice,
  signedMad,
} from '../received/supplier-invoice.document.js';
import { SupplierInvoicesService } from '../received/supplier-invoices.service.js';

/** Received documents, as the books take them. */
@Injectable()
export class ChargedDocumentsService {
  constructor(
    private readonly invoices: SupplierInvoicesService,
    private readonly terms: InvoiceTermsService,
    private readonly rates: InvoiceRatesService,
  ) {}

  /**
   * All documents under a contract, by period, day and number; items without terms have no kind. One in
   * another currency is in dirhams at the rate that it was booked at, or at that of its day.
   *
   * @param pinned  The rate that the books hold of a key; null where they hold none.
   */
  async documents(
    tx: LedgerTx,
    contractCode: string,
    pinned: (key: string) => PinnedRate | null,
  ): Promise<readonly ChargedDocument[]> {
    const items = await this.terms.itemsOf(tx, contractCode);
    const received = await this.invoices.listIn(tx, { contractCode });
    const kept = received.filter(({ steps }) => !isVoided(steps)).map(asReplaced);
    const dirhams = await this.rates.converter(tx);
    return received.map((one) => {
      const { row } = one;
      const found = dirhams(one.invoice, pinned(documentKey(row)));
      const { invoice, rate } = found ?? { invoice: one.invoice, rate: null };
      const replaced = isVoided(one.steps) ? null : replacedBy(asReplaced(one), kept);
      const { kind, totals } = invoice;
      return {
        contractCode,
        sellerCode: row.sellerCode,
        number: row.number,
        reuse: row.reuse,
        period: row.period,
        issueDate: row.issueDate,
        fallen: fallenOf(one) ?? (found === null ? 'NO_RATE' : null),
        ...(rate === null ? {} : { rate }),
        replaces: replaced === null ? null : documentKey(replaced),
        lines: billedLines(invoice, items),
        vatMad: signedMad(kind, totals.vatMad),
        grossMad: signedMad(kind, totals.grossMad),
      };
    });
  }
}

const asReplaced = ({ row, invoice: { kind, number, corrects } }: ReceivedInvoice) => ({
  kind,
  number,
  corrects,
  sellerCode: row.sellerCode,
  reuse: row.reuse,
});

function fallenOf(received: ReceivedInvoice): NotBooked | null {
  if (isVoided(received.steps)) return 'VOIDED';
  // A prepayment (386) is no charge, and is left to its payment.
  if (received.invoice.kind === 'PREPAYMENT_INVOICE') return 'PREPAYMENT';
  return isStanding(received) ? null : 'UPHELD';
}
