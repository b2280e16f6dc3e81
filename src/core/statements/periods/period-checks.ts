import { tonnes } from '../../units/emissions.js';
import {
  refuseRelease,
  RELEASE_CHECKS,
  requireReleasable,
  type ToRelease,
} from '../release-checks.js';
import { addSums, type ExactSums } from './period-month.js';
import { type SumOfMonths, unclosedLine } from './sum-of-months.js';

/** Checks that a statement of a period passes after those of a month (METHOD 7.2). The names are public. */
export const PERIOD_CHECKS = [
  'months_sum_to_period',
  'sites_sum_to_total',
  'counted_is_certified',
] as const;
/** One of them. */
export type PeriodCheck = (typeof PERIOD_CHECKS)[number];

/** What a statement of a period says, as far as it is checked. */
export interface PeriodToRelease extends ToRelease {
  readonly sumOfMonths: readonly SumOfMonths[];
  readonly sites: readonly { readonly siteCode: string; readonly sums: ExactSums }[];
}

const CHECKS: Readonly<Record<PeriodCheck, (of: PeriodToRelease) => string | null>> = {
  months_sum_to_period: ({ sumOfMonths }) => unclosedLine(sumOfMonths),
  sites_sum_to_total: ({ sites, figures }) => {
    const { loadWh, generationWh, matchedWh, ...exact } = addSums(sites.map(({ sums }) => sums));
    const { location, market2015, hourly, fossil } = exact;
    const totals = {
      loadWh,
      generationWh,
      matchedWh,
      locationBasedT: tonnes(location),
      marketBased2015T: tonnes(market2015),
      marketHourlyT: tonnes(hourly),
      marketHourlyFossilT: tonnes(fossil),
    };
    const wrong = Object.entries(totals).find(
      ([name, total]) => figures.find(({ id }) => id === name)?.value !== total,
    );
    return wrong === undefined ? null : `Sites come to ${wrong[1]} of ${wrong[0]}.`;
  },
  counted_is_certified: ({ tiers, certificates }) => {
    const eligible = new Map<string, number>();
    for (const { plantCode, eligibleWh } of certificates) {
      eligible.set(plantCode, (eligible.get(plantCode) ?? 0) + eligibleWh);
    }
    const counted = new Map<string, number>();
    for (const { plantCode, wh } of tiers) {
      if (plantCode !== null) counted.set(plantCode, (counted.get(plantCode) ?? 0) + wh);
    }
    const over = [...counted].find(([code, wh]) => wh > (eligible.get(code) ?? 0));
    return over === undefined
      ? null
      : `${over[1]} Wh of ${over[0]} count: more than its certificates.`;
  },
};

/**
 * Checks a statement of a period by name: what a month's is checked for, then its own.
 *
 * @returns The checks that passed: all of them.
 * @throws DomainError `statement.check_failed` for the first that did not
 */
export function requirePeriodReleasable(of: PeriodToRelease): readonly string[] {
  requireReleasable(of);
  for (const check of PERIOD_CHECKS) {
    const detail = CHECKS[check](of);
    if (detail !== null) refuseRelease(check, detail);
  }
  return [...RELEASE_CHECKS, ...PERIOD_CHECKS];
}
