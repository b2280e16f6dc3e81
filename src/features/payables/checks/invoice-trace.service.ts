import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import type { ComparedLine } from '../../../core/invoicing/checks/explain.js';
import {
  type LineBasis,
  SettlementTraceService,
} from '../../settlement/questions/settlement-trace.service.js';
import { InvoiceChecksService } from './invoice-checks.service.js';
import { SupplierInvoicesService } from '../received/supplier-invoices.service.js';

/** A line of a check, walked down to the run that it was checked against. */
export interface TracedCheckLine {
  readonly invoiceId: string;
  readonly number: string;
  readonly fileName: string;
  readonly fileSha256: string;
  readonly period: string;
  /** Place among the check's lines, from 1. */
  readonly at: number;
  readonly line: ComparedLine;
  readonly runId: string;
  readonly runVersion: number;
  readonly contractCode: string;
  readonly contractVersion: number;
  /** Our lines behind it, which are traced to their hours by their place in the run. */
  readonly ours: readonly LineBasis[];
}

/** Walks lines of checks down to settlement lines, price rows and clauses. */
@Injectable()
export class InvoiceTraceService {
  constructor(
    private readonly invoices: SupplierInvoicesService,
    private readonly checks: InvoiceChecksService,
    private readonly settlement: SettlementTraceService,
  ) {}

  /**
   * Traces one line of a document's check.
   *
   * @param at  Place of the line in the check, from 1.
   * @throws DomainError as `InvoiceChecksService.check`; `supplier_invoice.line_not_found`
   */
  async trace(ledgerId: string, invoiceId: string, at: number): Promise<TracedCheckLine> {
    const { row } = await this.invoices.get(ledgerId, invoiceId);
    const { check, contractVersion } = await this.checks.checkOfRun(ledgerId, invoiceId);
    const line = check.lines[at - 1];
    if (line === undefined) {
      const known = check.lines.map(({ label }, place) => `${place + 1} ${label}`);
      throw new DomainError('supplier_invoice.line_not_found', { invoiceId, line: at, known });
    }
    const { runId, runVersion, period } = check;
    const kinds = new Set(line.kind === null ? [] : [line.kind]);
    return {
      invoiceId,
      number: row.number,
      fileName: row.fileName,
      fileSha256: row.fileSha256,
      period,
      at,
      line,
      runId,
      runVersion,
      contractCode: row.contractCode,
      contractVersion,
      ours: await this.settlement.basisOf(ledgerId, runId, kinds),
    };
  }
}
