import type { PolicyName } from '../matching/policies/policies.js';

/** How a contract has its energy matched: dated terms, a part of the contract's version. */
export interface MatchingTerms {
  readonly policy: PolicyName;
  /** Who gets odd units under `tiered-spread`. */
  readonly tieRule: 'largest-remainder' | 'first-listed';
  /** Ordered tiers of meter codes; a meter that is not listed is not served. Null = all, one tier. */
  readonly demandTiers: readonly (readonly string[])[] | null;
  /** Ordered tiers of plant codes for every meter. Null = all contracted plants, one tier. */
  readonly supplyTiers: readonly (readonly string[])[] | null;
  /** Meters with tiers of their own. */
  readonly meterTiers: readonly {
    readonly meterCode: string;
    readonly supplyTiers: readonly (readonly string[])[];
  }[];
  readonly eligibility: EligibilityTerms;
}

/** What of the contracted plants' certificates may be matched. */
export interface EligibilityTerms {
  /** Technologies that count; null = all. */
  readonly technologies: readonly string[] | null;
  /** First and last day of commissioning that count (additionality); null = open. */
  readonly commissionedFrom: string | null;
  readonly commissionedTo: string | null;
  /** What the contract buys of a plant; a plant that is not listed is bought whole. */
  readonly shares: readonly PlantShare[];
  /** `none`: certificate Wh match metered Wh 1:1. `plant`: less the plant's loss to the delivery point. */
  readonly lossFactor: 'none' | 'plant';
}

/** A part of a plant: a share of what it generates, or the first watts of it. One of the two. */
export interface PlantShare {
  readonly plantCode: string;
  /** Exact decimal text, 0 < share ≤ 1. */
  readonly share: string | null;
  /** Contract tranche, W: at most tranche × hours of each certificate. */
  readonly trancheW: number | null;
}

/** Terms of contracts that state none: every contracted plant's mix for every meter. */
export const DEFAULT_MATCHING_TERMS: MatchingTerms = {
  policy: 'pro-rata',
  tieRule: 'largest-remainder',
  demandTiers: null,
  supplyTiers: null,
  meterTiers: [],
  eligibility: {
    technologies: null,
    commissionedFrom: null,
    commissionedTo: null,
    shares: [],
    lossFactor: 'none',
  },
};
