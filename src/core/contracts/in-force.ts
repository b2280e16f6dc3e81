/** The part of a contract version that decides when it holds. */
export interface ContractVersion {
  readonly code: string;
  readonly version: number;
  readonly siteCode: string;
  /** First civil day, `YYYY-MM-DD`. */
  readonly effectiveFrom: string;
}

/**
 * The contract version that holds for a whole civil month of a site: of those effective on its first
 * day, the one with the latest effective date, and of these the highest version.
 *
 * @param month  `YYYY-MM`.
 * @returns      `straddling` is a version that takes effect inside the month, after its first day:
 *               such a month must be cut, which is not built, so the caller refuses.
 */
export function contractInForce<Contract extends ContractVersion>(
  versions: readonly Contract[],
  siteCode: string,
  month: string,
): { readonly contract: Contract | null; readonly straddling: Contract | null } {
  const firstDay = `${month}-01`;
  const ofSite = versions.filter((version) => version.siteCode === siteCode);
  const straddling = ofSite.find(
    ({ effectiveFrom }) => effectiveFrom > firstDay && effectiveFrom.startsWith(month),
  );
  const effective = ofSite
    .filter(({ effectiveFrom }) => effectiveFrom <= firstDay)
    .toSorted(
      (a, b) =>
        (a.effectiveFrom < b.effectiveFrom ? 1 : a.effectiveFrom > b.effectiveFrom ? -1 : 0) ||
        b.version - a.version,
    );
  return { contract: effective[0] ?? null, straddling: straddling ?? null };
}

/** The part of a VAT rate that decides when it holds. */
export interface DatedRate {
  /** First civil day. */
  readonly validFrom: string;
  /** Day after the last; null = open. */
  readonly validTo: string | null;
}

/**
 * The rate that holds on a civil day; where two versions cover it, the later one supersedes. Nothing
 * is extrapolated or carried forward (MOROCCO, row shape).
 *
 * @param versions  Versions of one VAT code, oldest first.
 * @param civilDay  `YYYY-MM-DD`.
 * @returns         null when no version covers the day.
 */
export function rateInForce<Rate extends DatedRate>(
  versions: readonly Rate[],
  civilDay: string,
): Rate | null {
  const rate = versions.findLast(
    ({ validFrom, validTo }) => validFrom <= civilDay && (validTo === null || civilDay < validTo),
  );
  return rate ?? null;
}
