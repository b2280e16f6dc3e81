import type { MatchingTerms } from '../contracts/matching-terms.js';
import { sumWattHours } from '../units/energy.js';
import type { Offer } from './eligibility.js';
import type { HourInput } from './policies/hour.js';
import { type CutRows, spreadMaximally } from './policies/maximal.js';
import { type HourPairs, pairReader, type Pairs } from './pairs.js';
import { matchPool } from './policies/pro-rata.js';
import type { Spread } from './policies/spread.js';
import { spreadOut } from './policies/tiered-spread.js';

/** One meter's hour that counts. */
export interface DemandRow {
  readonly meterCode: string;
  readonly wh: number;
  /** Whether the hour rests on an estimate. */
  readonly isEstimated: boolean;
  readonly matchedWh: number;
}

/** One certificate in its hour. */
export interface SupplyRow extends Offer {
  readonly matchedWh: number;
}

/** One hour of the site, matched. Rows in stable id order. */
export interface MonthHour {
  readonly hourMs: number;
  readonly demand: readonly DemandRow[];
  readonly supply: readonly SupplyRow[];
  readonly loadWh: number;
  /** Σ eligible Wh. */
  readonly generationWh: number;
  readonly matchedWh: number;
  /** Null under `pro-rata`: its pairs follow from the row totals by the two-way rounding rule. */
  readonly pairs: Pairs | null;
  /** The most that any policy can match of this hour, by the pairs that are eligible. */
  readonly maximumWh: number;
  /** Under `maximal`, the minimum cut that proves it. */
  readonly cut: CutRows | null;
}

/** One hour of a month: demand and offers in stable order, nothing matched yet. */
type HourMatcher = (
  hourMs: number,
  demand: readonly Omit<DemandRow, 'matchedWh'>[],
  offers: readonly Offer[],
) => MonthHour;

/**
 * How hours are matched under a contract's terms.
 *
 * @param terms  Their tiers name meters and plants; certificates of a plant stand in its place.
 */
export function hourMatcher(terms: MatchingTerms): HourMatcher {
  if (terms.policy === 'pro-rata') return matchPooled;
  const isPool =
    terms.demandTiers === null && terms.supplyTiers === null && terms.meterTiers.length === 0;
  const readPairs = pairReader();
  const tiersOfMeter = new Map(terms.meterTiers.map((one) => [one.meterCode, one.supplyTiers]));
  return (hourMs, demand, offers) => {
    const input: HourInput = {
      start: '',
      supply: offers.map(({ certificate, eligibleWh }) => ({
        id: certificate.plantCode,
        wh: eligibleWh,
      })),
      demand: demand.map(({ meterCode, wh }) => ({
        id: meterCode,
        wh,
        supplyTiers: tiersOfMeter.get(meterCode) ?? terms.supplyTiers ?? undefined,
      })),
      demandTiers: terms.demandTiers ?? undefined,
    };
    const hourOf = (spread: Spread) => ({
      ...rowsOf(hourMs, demand, offers, matchedOf(spread)),
      pairs: readPairs(spread.flowWh, spread.supplyCount),
    });
    if (terms.policy === 'maximal') {
      const { spread, proof } = spreadMaximally(input);
      return { ...hourOf(spread), maximumWh: proof.cutWh, cut: proof };
    }
    const hour = hourOf(spreadOut(input, terms.tieRule));
    // Where every pair is eligible, every policy matches the most there is (METHOD 4.3).
    const maximumWh = isPool ? hour.matchedWh : spreadMaximally(input).proof.cutWh;
    return { ...hour, maximumWh, cut: null };
  };
}

/** Every demand gets the pool's mix. */
const matchPooled: HourMatcher = (hourMs, demand, offers) => {
  const loadWh = Float64Array.from(demand, ({ wh }) => wh);
  const generationWh = Float64Array.from(offers, ({ eligibleWh }) => eligibleWh);
  const matched = matchPool(loadWh, generationWh);
  const rows = rowsOf(hourMs, demand, offers, matched);
  return { ...rows, pairs: null, maximumWh: rows.matchedWh, cut: null };
};

interface RowTotals {
  readonly demandWh: Float64Array;
  readonly supplyWh: Float64Array;
}

/** What each row has got, from what each pair has. */
function matchedOf({ demandLeftWh, supplyLeftWh, flowWh, supplyCount }: Spread): RowTotals {
  const demandWh = new Float64Array(demandLeftWh.length);
  const supplyWh = new Float64Array(supplyLeftWh.length);
  for (let pair = 0; pair < flowWh.length; pair += 1) {
    const wh = flowWh[pair]!;
    if (wh === 0) continue;
    const row = Math.floor(pair / supplyCount);
    demandWh[row] = demandWh[row]! + wh;
    supplyWh[pair % supplyCount] = supplyWh[pair % supplyCount]! + wh;
  }
  return { demandWh, supplyWh };
}

function rowsOf(
  hourMs: number,
  demand: readonly Omit<DemandRow, 'matchedWh'>[],
  offers: readonly Offer[],
  matched: RowTotals,
): Omit<MonthHour, 'pairs' | 'maximumWh' | 'cut'> {
  return {
    hourMs,
    demand: demand.map(({ meterCode, wh, isEstimated }, at) => ({
      meterCode,
      wh,
      isEstimated,
      matchedWh: matched.demandWh[at]!,
    })),
    supply: offers.map((offer, at) => ({ ...offer, matchedWh: matched.supplyWh[at]! })),
    loadWh: sumWattHours(demand.map(({ wh }) => wh)),
    generationWh: sumWattHours(offers.map(({ eligibleWh }) => eligibleWh)),
    matchedWh: sumWattHours(matched.demandWh),
  };
}

/** The pairs of a matched hour as they are kept; null under `pro-rata`, which keeps none. */
export function pairsToKeep({ hourMs, demand, supply, pairs, cut }: MonthHour): HourPairs | null {
  if (pairs === null) return null;
  return {
    hourMs,
    meters: demand.map(({ meterCode }) => meterCode),
    certificates: supply.map(({ certificate }) => certificate.certificateId),
    pairs,
    cut:
      cut === null
        ? null
        : { reachedDemand: cut.reachedDemand, exhaustedSupply: cut.exhaustedSupply },
  };
}
