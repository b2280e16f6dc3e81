import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { Disputes } from '../../settlement/runs/disputes.port.js';
import { SupplierInvoicesService } from './supplier-invoices.service.js';

const OPEN: ReadonlySet<string> = new Set(['OPEN', 'UNDER_REVIEW', 'EXPERT']);

/** Tells settlement which periods are in dispute. */
@Injectable()
export class OpenDisputesService implements Disputes {
  constructor(private readonly invoices: SupplierInvoicesService) {}

  /** Whether a document of a period is in dispute, from opening to its end. */
  async isInDispute(
    tx: LedgerTx,
    of: { readonly contractCode: string; readonly period: string },
  ): Promise<boolean> {
    const received = await this.invoices.listIn(tx, of);
    return received.some(({ steps }) => OPEN.has(steps.at(-1)?.state ?? ''));
  }
}
