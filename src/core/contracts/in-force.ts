/** The part of a contract version that decides when it holds. */
export interface ContractVersion {
  readonly code: string;
  readonly version: number;
  readonly siteCode: string;
  /** First civil day, `YYYY-MM-DD`. */
  readonly effectiveFrom: string;
}

/**
 * The contract version that holds on a civil day at a site: of those that have taken effect, the one with
 * the latest effective date, and of these the highest version; null before the first.
 */
export function contractOn<Contract extends ContractVersion>(
  versions: readonly Contract[],
  siteCode: string,
  civilDay: string,
): Contract | null {
  const effective = versions
    .filter((one) => one.siteCode === siteCode && one.effectiveFrom <= civilDay)
    .toSorted(
      (a, b) =>
        (a.effectiveFrom < b.effectiveFrom ? 1 : a.effectiveFrom > b.effectiveFrom ? -1 : 0) ||
        b.version - a.version,
    );
  return effective[0] ?? null;
}

/** A contract version over some days of a month. */
export interface HeldPart<Contract> {
  readonly contract: Contract;
  /** First civil day in the month; that of the month where it held before. */
  readonly from: string;
}

/**
 * The contract versions that hold in a civil month of a site, in order of time: one that takes effect after
 * the first day cuts the month there (SETTLEMENT, ruling 7).
 *
 * @param month  `YYYY-MM`.
 * @returns      Empty where none holds; the first may begin after the month does.
 */
export function contractsIn<Contract extends ContractVersion>(
  versions: readonly Contract[],
  siteCode: string,
  month: string,
): readonly HeldPart<Contract>[] {
  const firstDay = `${month}-01`;
  const days = versions
    .filter((one) => one.siteCode === siteCode && one.effectiveFrom.startsWith(month))
    .map(({ effectiveFrom }) => effectiveFrom);
  return [...new Set([firstDay, ...days])].toSorted().flatMap((from) => {
    const contract = contractOn(versions, siteCode, from);
    return contract === null ? [] : [{ contract, from }];
  });
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
 * is extrapolated or carried forward (MOROCCO 8).
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
