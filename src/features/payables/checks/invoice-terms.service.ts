import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { RecordsService } from '../../ledger/records/records.service.js';
import { INVOICE_TERMS, type InvoiceTerms } from './invoice-terms.kind.js';

/** How invoices under contracts are read, and how far they may be off. */
@Injectable()
export class InvoiceTermsService {
  constructor(private readonly records: RecordsService) {}

  /** Which item is which kind under a contract; none without terms. */
  async itemsOf(tx: LedgerTx, contractCode: string): Promise<InvoiceTerms['items']> {
    return (await this.find(tx, contractCode))?.items ?? [];
  }

  /** @throws DomainError `supplier_invoice.no_terms` */
  async ofContract(tx: LedgerTx, contractCode: string): Promise<InvoiceTerms> {
    const found = await this.find(tx, contractCode);
    if (found !== undefined) return found;
    const fix = 'Create invoice-terms for the contract: its items and tolerances.';
    throw new DomainError('supplier_invoice.no_terms', { contractCode, fix });
  }
  private async find(tx: LedgerTx, contractCode: string): Promise<InvoiceTerms | undefined> {
    const all = await this.records.latestOfAll(tx, INVOICE_TERMS);
    return all.find((one) => one.contractCode === contractCode);
  }
}
