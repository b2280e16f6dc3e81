import { bundleWh } from '../../certificates/bundle.js';
import type { StandingBundle } from '../../certificates/standing.js';
import { assert } from '../../errors.js';
import type { SupplyRow } from '../../matching/match-hour.js';

/** What of certificates stands cancelled or claimed for the reporter (criterion 3). */
export interface CancelledFor {
  /** Of what was matched. */
  readonly matchedWh: number;
  /** Beyond what was matched, at most what could have been. */
  readonly surplusWh: number;
}

/**
 * What of a plant's certificates was cancelled or claimed for the reporter. What was matched of a
 * certificate is taken to be what was cancelled of it first; the rest of the cancelled Wh is surplus,
 * as far as it was deliverable under the contract.
 *
 * @param supply   Certificates of the plant.
 * @param bundles  Of certificates that anything was done with, as they stand, by certificate.
 */
export function cancelledFor(
  supply: readonly SupplyRow[],
  bundles: ReadonlyMap<string, readonly StandingBundle[]>,
  beneficiary: string,
): CancelledFor {
  let [matchedWh, surplusWh] = [0, 0];
  for (const { certificate, eligibleWh, matchedWh: usedWh } of supply) {
    const own = bundles.get(certificate.certificateId) ?? [];
    const cancelledWh = own
      .filter(
        (bundle) =>
          bundle.beneficiary === beneficiary && ['Cancelled', 'Claimed'].includes(bundle.status),
      )
      .reduce((sum, bundle) => sum + bundleWh(bundle), 0);
    assert(cancelledWh <= certificate.wh, 'surplus: no more is cancelled than was issued');
    matchedWh += Math.min(cancelledWh, usedWh);
    surplusWh += Math.min(Math.max(0, cancelledWh - usedWh), eligibleWh - usedWh);
  }
  return { matchedWh, surplusWh };
}
