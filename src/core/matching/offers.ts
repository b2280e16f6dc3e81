import type { Certificate } from '../certificates/certificate.js';
import { type StandingBundle, standingOf } from '../certificates/standing.js';
import type { MatchingTerms } from '../contracts/matching-terms.js';
import { type Offer, offerOf, type PlantTerms } from './eligibility.js';

/** A certificate with its owner at issuance. */
export interface OwnedCertificate extends Certificate {
  readonly ownerCode: string;
  /** Whether a storage device gave back what it certifies. */
  readonly isStorage: boolean;
}

/** Everything that decides what of a month's certificates may be matched. */
export interface OfferInputs {
  readonly certificates: readonly OwnedCertificate[];
  /** Bundles of certificates that anything was done with, as they are. */
  readonly bundles: readonly (StandingBundle & { readonly certificateId: string })[];
  readonly plants: readonly (PlantTerms & { readonly organisationCode: string })[];
  readonly buyerCode: string;
  readonly sellerCode: string;
  /** The site's market boundary. */
  readonly boundary: string;
  readonly terms: MatchingTerms;
}

/**
 * What of each certificate may be matched under a contract. A certificate that nothing was done with
 * stands as its issuer stated it.
 *
 * @returns In the order of `certificates`.
 */
export function offersOf(inputs: OfferInputs): Offer[] {
  const plants = new Map(inputs.plants.map((plant) => [plant.code, plant]));
  const bundlesOf = new Map<string, StandingBundle[]>();
  for (const bundle of inputs.bundles) {
    const known = bundlesOf.get(bundle.certificateId);
    if (known === undefined) bundlesOf.set(bundle.certificateId, [bundle]);
    else known.push(bundle);
  }
  const { boundary, terms } = inputs;
  return inputs.certificates.map((certificate) => {
    const plant = plants.get(certificate.plantCode)!;
    const { wh, status, ownerCode, isStorage } = certificate;
    const asIssued = { rangeStart: 0, rangeEnd: wh - 1, status, ownerCode, beneficiary: null };
    const standing = standingOf(wh, bundlesOf.get(certificate.certificateId) ?? [asIssued], {
      buyerCode: inputs.buyerCode,
      sellerCodes: [inputs.sellerCode, plant.organisationCode],
    });
    return offerOf({ certificate, standing, isStorage }, plant, {
      boundary,
      terms: terms.eligibility,
    });
  });
}

/** Whether a storage device gave back what a certificate of an offer certifies: no contract buys it. */
export function isFromStorage({ certificate }: Pick<Offer, 'certificate'>): boolean {
  return (certificate as Partial<OwnedCertificate>).isStorage === true;
}
