import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../../core/errors.js';
import type { RecordStore } from '../../../platform/http/record-controller.js';
import { type RecordKind, RecordsService } from '../../ledger/records/records.service.js';
import { InvoiceTermsEntity } from './invoice-terms.entity.js';
import type { InvoiceTermsAttributes } from '../payables.schemas.js';

const INVOICE_TERMS: RecordKind<InvoiceTermsEntity, InvoiceTermsAttributes> = {
  kind: 'invoice-terms',
  entity: InvoiceTermsEntity,
  references: ({ contractCode }) => [
    { field: 'contractCode', code: contractCode, kind: 'contract' },
  ],
  refuse: (code, { contractCode }, others) => {
    const other = others.find((one) => one.contractCode === contractCode && one.code !== code);
    if (other === undefined) return;
    const fix = `Revise ${other.code}.`;
    throw new DomainError('invoice_terms.contract_taken', {
      ...{ contractCode, takenBy: other.code, fix },
    });
  },
};

/** How invoices under contracts are read, and how far they may be off. */
@Injectable()
export class InvoiceTermsService {
  readonly store: RecordStore<InvoiceTermsAttributes, InvoiceTermsEntity>;

  constructor(private readonly records: RecordsService) {
    this.store = records.store(INVOICE_TERMS);
  }

  /** Which item is which kind under a contract; none without terms. */
  async itemsOf(
    tx: EntityManager,
    ledgerId: string,
    contractCode: string,
  ): Promise<InvoiceTermsEntity['items']> {
    return (await this.find(tx, ledgerId, contractCode))?.items ?? [];
  }

  /** @throws DomainError `supplier_invoice.no_terms` */
  async ofContract(
    tx: EntityManager,
    ledgerId: string,
    contractCode: string,
  ): Promise<InvoiceTermsEntity> {
    const found = await this.find(tx, ledgerId, contractCode);
    if (found !== undefined) return found;
    const fix = 'Create invoice-terms for the contract: its items and tolerances.';
    throw new DomainError('supplier_invoice.no_terms', { contractCode, fix });
  }
  private async find(
    tx: EntityManager,
    ledgerId: string,
    contractCode: string,
  ): Promise<InvoiceTermsEntity | undefined> {
    const all = await this.records.latestOfAll(tx, ledgerId, INVOICE_TERMS);
    return all.find((one) => one.contractCode === contractCode);
  }
}
