import type { EntityManager } from 'typeorm';
import type { MwhReference, MwhSource } from '../../../core/certificates/mwh-columns.js';

/** Who knows the MWh certificates that were cancelled for conversion. */
export abstract class MwhSources {
  /** Those of these keys that are known, by key. */
  abstract find(
    tx: EntityManager,
    ledgerId: string,
    wanted: readonly MwhReference[],
  ): Promise<ReadonlyMap<string, MwhSource>>;
}
