import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import type { SupplierInvoice } from '../../../core/invoicing/documents/supplier-invoice.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { type Contract, ContractsService } from '../../contracts/contracts.service.js';
import { PartiesService } from '../../parties/parties.service.js';

/** How a document comes, and where it belongs, where it does not say so itself. */
export interface InvoiceFileOptions {
  readonly fileName: string;
  readonly contractCode: string | null;
  readonly period: string | null;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Says to which contract and period a document belongs. */
@Injectable()
export class InvoiceAssignmentService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly contracts: ContractsService,
    private readonly parties: PartiesService,
  ) {}

  /** @throws DomainError `supplier_invoice.unplaced`, `supplier_invoice.wrong_seller` */
  async of(
    ledgerId: string,
    invoice: SupplierInvoice,
    options: InvoiceFileOptions,
  ): Promise<{ readonly contract: Contract; readonly period: string }> {
    const period = options.period ?? periodOf(invoice);
    const contract = await this.contractOf(ledgerId, invoice, options.contractCode);
    await this.requireSeller(ledgerId, contract, invoice);
    return { contract, period };
  }

  private async contractOf(
    ledgerId: string,
    { contractReference }: SupplierInvoice,
    wanted: string | null,
  ): Promise<Contract> {
    const code = wanted ?? contractReference;
    const versions = await this.scope.read(ledgerId, (tx) => this.contracts.allVersions(tx));
    const contract = versions.findLast((one) => one.code === code);
    if (contract !== undefined) return contract;
    const fix = 'Name the contract by its code.';
    throw new DomainError('supplier_invoice.unplaced', { field: 'contract', value: code, fix });
  }

  /** A document that names its seller by an id must name the contract's. */
  private async requireSeller(
    ledgerId: string,
    { code, sellerCode }: Contract,
    { seller }: SupplierInvoice,
  ): Promise<void> {
    const { ice, taxId } = await this.parties.organisation(ledgerId, sellerCode);
    const known = [ice, taxId, taxId === null ? null : `MA${taxId}`].filter((id) => id !== null);
    if (known.length === 0 || seller.ids.length === 0) return;
    if (seller.ids.some((id) => known.includes(id))) return;
    const fix = `The contract's seller is ${sellerCode} (${known.join(', ')}).`;
    throw new DomainError('supplier_invoice.wrong_seller', {
      contractCode: code,
      sellerCode,
      found: seller.ids.join(', '),
      fix,
    });
  }
}

/** @throws DomainError `supplier_invoice.unplaced` unless the document is of one month. */
function periodOf({ periodStart, periodEnd }: SupplierInvoice): string {
  const month = periodStart?.slice(0, 7) ?? null;
  if (month !== null && periodEnd?.slice(0, 7) === month) return month;
  const fix = 'Name the period: a month, or Y and the contract year.';
  const value = `${periodStart ?? '?'} to ${periodEnd ?? '?'}`;
  throw new DomainError('supplier_invoice.unplaced', { field: 'period', value, fix });
}
