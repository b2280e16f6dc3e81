import type { MwhReference, MwhSource } from '../../../core/certificates/mwh-columns.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';

/** Who knows the MWh certificates that were cancelled for conversion. */
export abstract class MwhSources {
  /** Those of these keys that are known, by key. */
  abstract find(
    tx: LedgerTx,
    wanted: readonly MwhReference[],
  ): Promise<ReadonlyMap<string, MwhSource>>;
}
