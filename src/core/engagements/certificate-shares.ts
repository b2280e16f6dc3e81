import { bundleWh, type Bundle } from '../certificates/bundle.js';
import { Decimal } from '../units/money.js';

/** Certificates of a month's plants, and how much of their Wh is signed, cancelled or only reserved. */
export interface CertificateShares {
  readonly certificateCount: number;
  /** Σ of what was issued and not withdrawn. */
  readonly wh: number;
  /** Of certificates whose file the issuer signed, by a key that was checked. */
  readonly signedWh: number;
  /** Cancelled or claimed: nobody can use it again. */
  readonly cancelledWh: number;
  /** Held for a beneficiary, and not cancelled: it can be released again. */
  readonly reservedWh: number;
  /** Per cent of `wh`, cut to 2 decimals; null where there is none. */
  readonly signedPct: string | null;
  readonly cancelledPct: string | null;
  readonly reservedPct: string | null;
}

/**
 * Sums certificates by whether they are signed, and by where their bundles stand.
 *
 * @param bundles  Of certificates that anything was done with; one without is as it was issued.
 */
export function certificateShares(
  certificates: readonly {
    readonly certificateId: string;
    readonly wh: number;
    readonly status: string;
    readonly signedBy: string | null;
  }[],
  bundles: readonly Pick<Bundle, 'certificateId' | 'rangeStart' | 'rangeEnd' | 'status'>[],
): CertificateShares {
  const byCertificate = Map.groupBy(bundles, ({ certificateId }) => certificateId);
  let [certificateCount, wh, signedWh, cancelledWh, reservedWh] = [0, 0, 0, 0, 0];
  for (const { certificateId, wh: issuedWh, status, signedBy } of certificates) {
    const own = byCertificate.get(certificateId);
    const parts =
      own === undefined
        ? [{ status, partWh: issuedWh }]
        : own
            .filter((one) => one.status !== 'Bundle Split')
            .map((one) => ({ status: one.status as string, partWh: bundleWh(one) }));
    const standing = parts.filter((one) => one.status !== 'Withdrawn');
    if (standing.length === 0) continue;
    certificateCount += 1;
    for (const { status: at, partWh } of standing) {
      wh += partWh;
      if (signedBy !== null) signedWh += partWh;
      if (CANCELLED.has(at)) cancelledWh += partWh;
      if (at === 'Reserved') reservedWh += partWh;
    }
  }
  const pct = (partWh: number): string | null =>
    wh === 0
      ? null
      : new Decimal(partWh)
          .times(100)
          .dividedBy(wh)
          .toDecimalPlaces(2, Decimal.ROUND_DOWN)
          .toFixed(2);
  return {
    certificateCount,
    wh,
    signedWh,
    cancelledWh,
    reservedWh,
    signedPct: pct(signedWh),
    cancelledPct: pct(cancelledWh),
    reservedPct: pct(reservedWh),
  };
}

const CANCELLED = new Set(['Cancelled', 'Claimed', 'Cancelled for Storage']);
