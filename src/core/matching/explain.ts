import type { MatchingTerms } from '../contracts/matching-terms.js';
import { formatInstant } from '../time/interval.js';
import type { EligibilityRule } from './eligibility.js';
import type { MonthHour } from './match-hour.js';
import type { PolicyName } from './policies/policies.js';
import { pairCells } from './policies/pro-rata.js';
import type { SuspectHour } from './suspect.js';

/** Energy of the hour that was not contracted, or not by this site. */
export interface OtherSupply {
  readonly plantCode: string;
  readonly wh: number;
  readonly why: string;
}

/** One hour, explained: what was there, what was eligible, which rule gave each Wh, what was short. */
export interface Explanation {
  readonly hour: string;
  readonly policy: PolicyName;
  readonly loadWh: number;
  readonly eligibleWh: number;
  readonly matchedWh: number;
  readonly unmetWh: number;
  readonly unusedWh: number;
  /** The most that any policy could match of what was eligible. */
  readonly maximumWh: number;
  readonly supply: readonly {
    readonly plantCode: string;
    readonly externalId: string;
    readonly wh: number;
    readonly eligibleWh: number;
    readonly barred: readonly { readonly rule: EligibilityRule; readonly wh: number }[];
    readonly matchedWh: number;
    readonly unusedWh: number;
  }[];
  readonly demand: readonly {
    readonly meterCode: string;
    readonly wh: number;
    readonly matchedWh: number;
    readonly unmetWh: number;
    readonly isEstimated: boolean;
  }[];
  readonly pairs: readonly {
    readonly meterCode: string;
    readonly plantCode: string;
    readonly externalId: string;
    readonly wh: number;
    /** Which rule gave these Wh. */
    readonly rule: string;
  }[];
  /** Meters whose hour is SUSPECT; those that were not accepted are in no figure. */
  readonly suspect: readonly {
    readonly meterCode: string;
    readonly wh: number;
    readonly acceptedBecause: string | null;
  }[];
  /** What would have covered the rest, the nearest first; empty where nothing is short. */
  readonly wouldHaveCovered: readonly { readonly what: string; readonly wh: number }[];
}

/**
 * Explains one matched hour.
 *
 * @param beside  Certified energy of the hour from plants that the contract does not name, and
 *   SUSPECT hours of the month.
 */
export function explainHour(
  hour: MonthHour,
  terms: MatchingTerms,
  {
    others,
    suspect,
  }: {
    readonly others: readonly OtherSupply[];
    readonly suspect: readonly SuspectHour[];
  },
): Explanation {
  const unmetWh = hour.loadWh - hour.matchedWh;
  return {
    hour: formatInstant(hour.hourMs),
    policy: terms.policy,
    loadWh: hour.loadWh,
    eligibleWh: hour.generationWh,
    matchedWh: hour.matchedWh,
    unmetWh,
    unusedWh: hour.generationWh - hour.matchedWh,
    maximumWh: hour.maximumWh,
    supply: hour.supply.map(({ certificate: c, eligibleWh, barred, matchedWh }) => ({
      plantCode: c.plantCode,
      externalId: c.externalId,
      wh: c.wh,
      eligibleWh,
      barred,
      matchedWh,
      unusedWh: eligibleWh - matchedWh,
    })),
    demand: hour.demand.map(({ meterCode, wh, matchedWh, isEstimated }) => ({
      meterCode,
      wh,
      matchedWh,
      unmetWh: wh - matchedWh,
      isEstimated,
    })),
    pairs: pairsOf(hour, terms),
    suspect: suspect
      .filter(({ hourMs }) => hourMs === hour.hourMs)
      .map(({ meterCode, wh, acceptedBecause }) => ({ meterCode, wh, acceptedBecause })),
    wouldHaveCovered: unmetWh === 0 ? [] : alternatives(hour, unmetWh, others),
  };
}

/** The pairs of an hour: as they were posted, or by the two-way rounding rule of the pool. */
export function cellsOfHour(
  hour: MonthHour,
): { readonly demand: number; readonly supply: number; readonly wh: number }[] {
  const { pairs, demand, supply } = hour;
  if (pairs === null) {
    return pairCells(
      Float64Array.from(demand, ({ matchedWh }) => matchedWh),
      Float64Array.from(supply, ({ matchedWh }) => matchedWh),
    );
  }
  return Array.from(pairs.wh, (wh, at) => ({
    demand: pairs.demand[at]!,
    supply: pairs.supply[at]!,
    wh,
  }));
}

function pairsOf(hour: MonthHour, terms: MatchingTerms): Explanation['pairs'] {
  return cellsOfHour(hour).map(({ demand, supply, wh }) => {
    const { meterCode } = hour.demand[demand]!;
    const { plantCode, externalId } = hour.supply[supply]!.certificate;
    return { meterCode, plantCode, externalId, wh, rule: ruleOf(terms, meterCode, plantCode) };
  });
}

function ruleOf(terms: MatchingTerms, meterCode: string, plantCode: string): string {
  if (terms.policy === 'pro-rata') {
    return 'pro-rata: the meter’s share of the pool, in the pool’s mix, odd Wh by largest remainder';
  }
  const own = terms.meterTiers.find((one) => one.meterCode === meterCode)?.supplyTiers;
  const demandTier = tierOf(terms.demandTiers, meterCode);
  const supplyTier = tierOf(own ?? terms.supplyTiers, plantCode);
  const how =
    terms.policy === 'maximal'
      ? 'rounds of equal Wh, then re-paired so that the most is matched'
      : `rounds of equal Wh on every route, odd Wh by ${terms.tieRule}`;
  return `${terms.policy}: demand tier ${demandTier}, supply tier ${supplyTier}; ${how}`;
}

function tierOf(tiers: readonly (readonly string[])[] | null, code: string): number {
  return tiers === null ? 1 : tiers.findIndex((tier) => tier.includes(code)) + 1;
}

const WHY: Readonly<Record<EligibilityRule, string>> = {
  status: 'was not Active for a party of the contract, nor reserved or cancelled for the buyer',
  boundary: 'is of another market boundary',
  technology: 'is of a technology that the contract does not count',
  commissioning: 'is of a plant commissioned outside the contract’s window',
  'contract-share': 'is beyond the share or tranche that the contract buys',
  loss: 'is lost on the way to the delivery point',
};

function alternatives(
  hour: MonthHour,
  unmetWh: number,
  others: readonly OtherSupply[],
): Explanation['wouldHaveCovered'] {
  const found: { what: string; wh: number }[] = [];
  const routedWh = hour.maximumWh - hour.matchedWh;
  if (routedWh > 0) found.push({ what: 'the policy `maximal`, by other pairs', wh: routedWh });
  const idleWh = hour.generationWh - hour.maximumWh;
  if (idleWh > 0) {
    const what = 'eligible energy of the hour that no short meter may draw on by its tiers';
    found.push({ what, wh: Math.min(idleWh, unmetWh) });
  }
  for (const { certificate, barred } of hour.supply) {
    for (const { rule, wh } of barred) {
      const what = `${certificate.plantCode} ${certificate.externalId}, which ${WHY[rule]}`;
      found.push({ what, wh: Math.min(wh, unmetWh) });
    }
  }
  for (const { plantCode, wh, why } of others) {
    found.push({ what: `${plantCode}, which ${why}`, wh: Math.min(wh, unmetWh) });
  }
  const least = 'more generation under contract in this hour, or storage charged before it';
  found.push({ what: least, wh: unmetWh });
  return found;
}
