import type { LedgerTx } from '../../platform/database/ledger-tx.js';

/** Who knows whether a load is metered: some elections of a contract rest on that. */
export abstract class MeteredLoads {
  /** Whether a site has a meter of its consumption. */
  abstract isMetered(tx: LedgerTx, siteCode: string): Promise<boolean>;
}
