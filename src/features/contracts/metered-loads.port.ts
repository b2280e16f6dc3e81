import type { EntityManager } from 'typeorm';

/** Who knows whether a load is metered: some elections of a contract rest on that. */
export abstract class MeteredLoads {
  /** Whether a site has a meter of its consumption. */
  abstract isMetered(tx: EntityManager, ledgerId: string, siteCode: string): Promise<boolean>;
}
