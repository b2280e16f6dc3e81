import type { Certificate } from '../certificates/certificate.js';
import type { Standing } from '../certificates/standing.js';
import type { EligibilityTerms } from '../contracts/matching-terms.js';
import { floorOfShare, shareOf } from '../math/exact-share.js';
import { HOUR_MS } from '../time/interval.js';
import { Decimal } from '../units/money.js';

/** Rules that can keep Wh of a certificate from being matched, in the order in which they apply. */
export const ELIGIBILITY_RULES = [
  'status',
  'boundary',
  'technology',
  'commissioning',
  'contract-share',
  'loss',
] as const;
/** One rule. */
export type EligibilityRule = (typeof ELIGIBILITY_RULES)[number];

/** What the rules ask of a plant. */
export interface PlantTerms {
  readonly code: string;
  readonly boundary: string;
  readonly technology: string;
  readonly commissionedOn: string;
  readonly lossFactor: string;
}

/** A certificate as it comes to its hour. */
export interface Offer {
  readonly certificate: Certificate;
  readonly standing: Standing;
  /** Wh that the contract buys of it, before losses: what is billed. */
  readonly contractedWh: number;
  /** Wh that may be matched. */
  readonly eligibleWh: number;
  /** What each rule took, above zero; `eligibleWh` plus these is the certificate's Wh. */
  readonly barred: readonly { readonly rule: EligibilityRule; readonly wh: number }[];
}

/**
 * What of a certificate may be matched under a contract (METHOD 4.1).
 *
 * @param boundary  Code of the site's market boundary; energy of another is not deliverable.
 */
export function offerOf(
  {
    certificate,
    standing,
    isStorage,
  }: Pick<Offer, 'certificate' | 'standing'> & { readonly isStorage: boolean },
  plant: PlantTerms,
  { boundary, terms }: { readonly boundary: string; readonly terms: EligibilityTerms },
): Offer {
  const barred: { rule: EligibilityRule; wh: number }[] = [];
  let leftWh = certificate.wh;
  const keep = (rule: EligibilityRule, mostWh: number): void => {
    if (mostWh < leftWh) barred.push({ rule, wh: leftWh - mostWh });
    leftWh = Math.min(leftWh, mostWh);
  };
  keep('status', standing.spendableWh);
  if (plant.boundary !== boundary) keep('boundary', 0);
  if (terms.technologies !== null && !terms.technologies.includes(plant.technology)) {
    keep('technology', 0);
  }
  const { commissionedOn } = plant;
  const isTooEarly = terms.commissionedFrom !== null && commissionedOn < terms.commissionedFrom;
  const isTooLate = terms.commissionedTo !== null && commissionedOn > terms.commissionedTo;
  if (isTooEarly || isTooLate) keep('commissioning', 0);
  const boughtWh = boughtOf(certificate, terms);
  keep('contract-share', boughtWh);
  if (terms.lossFactor === 'plant') {
    const kept = new Decimal(1).minus(plant.lossFactor).toFixed();
    keep('loss', floorOfShare(leftWh, shareOf(kept)));
  }
  // What a device gives back was bought when it was generated.
  const contractedWh = isStorage ? 0 : Math.min(boughtWh, certificate.wh - standing.withdrawnWh);
  return { certificate, standing, contractedWh, eligibleWh: leftWh, barred };
}

function boughtOf(certificate: Certificate, { shares }: EligibilityTerms): number {
  const part = shares.find(({ plantCode }) => plantCode === certificate.plantCode);
  if (part === undefined) return certificate.wh;
  if (part.share !== null) return floorOfShare(certificate.wh, shareOf(part.share));
  const durationMs = certificate.endMs - certificate.startMs;
  const trancheWh = new Decimal(part.trancheW!).times(durationMs).dividedBy(HOUR_MS).floor();
  return Math.min(certificate.wh, trancheWh.toNumber());
}
