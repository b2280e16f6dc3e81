import type { EntityManager } from 'typeorm';
import { assert } from '../../core/errors.js';

/**
 * A transaction, which knows whose it is: row-level security shows it the rows of `ledgerId` and no
 * others, so that who holds it need not be told which ledger is meant.
 */
export type LedgerTx = EntityManager & { readonly ledgerId: string };

/** Says whose a transaction is, once, where it is opened. */
export function ofLedger(manager: EntityManager, ledgerId: string): LedgerTx {
  assert(ledgerId !== '', 'ledger transaction: belongs to a ledger');
  assert(!('ledgerId' in manager), 'ledger transaction: belongs to one ledger');
  return Object.assign(manager, { ledgerId });
}
