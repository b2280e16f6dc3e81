import type { LedgerTx } from '../../../platform/database/ledger-tx.js';

/** Who knows of disputes about invoices: a change after the correction window needs one. */
export abstract class Disputes {
  /** Whether an invoice of a contract's period is in dispute. */
  abstract isInDispute(
    tx: LedgerTx,
    of: { readonly contractCode: string; readonly period: string },
  ): Promise<boolean>;
}
