import { contractsIn, type ContractVersion } from '../contracts/in-force.js';
import { DEFAULT_MATCHING_TERMS, type MatchingTerms } from '../contracts/matching-terms.js';
import { civilDayStartMs, type LegalTimeRule } from '../time/legal-time.js';
import type { Offer } from './eligibility.js';
import type { MonthInputs } from './month.js';
import { type OfferInputs, offersOf, type OwnedCertificate } from './offers.js';

/** What of a contract version decides which certificates it covers. */
export interface MatchedContract extends ContractVersion {
  readonly plantCodes: readonly string[];
  readonly buyerCode: string;
  readonly sellerCode: string;
  /** Null or absent: the default terms. */
  readonly matching?: MatchingTerms | null;
}

/** The hours of a month under one contract version, ms, half-open. */
export interface ContractPart<Contract> {
  readonly contract: Contract;
  /** First civil day. */
  readonly from: string;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The parts of a civil month, each under one version of the site's contract, in order of time. The first may
 * begin after the month does; empty where no contract holds.
 */
export function contractParts<Contract extends ContractVersion>(
  versions: readonly Contract[],
  siteCode: string,
  {
    month,
    rules,
  }: {
    readonly month: { readonly month: string; readonly startMs: number; readonly endMs: number };
    readonly rules: readonly LegalTimeRule[];
  },
): readonly ContractPart<Contract>[] {
  const held = contractsIn(versions, siteCode, month.month);
  const startOf = (from: string): number =>
    from === `${month.month}-01` ? month.startMs : civilDayStartMs(rules, from);
  return held.map(({ contract, from }, at) => {
    const next = held[at + 1];
    const endMs = next === undefined ? month.endMs : startOf(next.from);
    return { contract, from, startMs: startOf(from), endMs };
  });
}

/**
 * What of a month's certificates may be matched, and by which terms: each part by its own version. Before
 * the first part no certificate is under contract.
 *
 * @param terms  To try instead of the contract's; null for those.
 */
export function partsMatched<Plant extends OfferInputs['plants'][number]>(
  parts: readonly ContractPart<MatchedContract>[],
  of: Pick<OfferInputs, 'bundles' | 'boundary'> & {
    readonly certificates: readonly OwnedCertificate[];
    readonly plants: readonly Plant[];
    readonly terms: MatchingTerms | null;
  },
): Pick<MonthInputs, 'offers' | 'terms' | 'earlier'> {
  const termsOf = ({ contract }: ContractPart<MatchedContract>): MatchingTerms =>
    of.terms ?? contract.matching ?? DEFAULT_MATCHING_TERMS;
  const offers = parts.flatMap((part): Offer[] => {
    const { contract, startMs, endMs } = part;
    const codes = new Set(contract.plantCodes);
    return offersOf({
      certificates: of.certificates.filter(
        (one) => codes.has(one.plantCode) && startMs <= one.startMs && one.startMs < endMs,
      ),
      bundles: of.bundles,
      plants: of.plants.filter(({ code }) => codes.has(code)),
      buyerCode: contract.buyerCode,
      sellerCode: contract.sellerCode,
      boundary: of.boundary,
      terms: termsOf(part),
    });
  });
  const earlier = parts.slice(0, -1).map((part) => ({
    untilMs: part.endMs,
    terms: termsOf(part),
  }));
  return {
    offers,
    terms: termsOf(parts.at(-1)!),
    ...(earlier.length === 0 ? {} : { earlier }),
  };
}
