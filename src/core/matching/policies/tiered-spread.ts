import { type HourInput, type Policy, type TieRule } from './hour.js';
import { cellsOf, playTier, type Spread, startSpread } from './spread.js';

/**
 * `tiered-spread` (METHOD 4.3; after the 24/7 SDK's spread matcher, Energy Web, MIT): demand tiers
 * in order, each demand routed to its first supply tier that has volume, every route of a round
 * receiving the same whole number of Wh; odd units by the tie rule. A tier without a route is passed
 * over, so lower tiers are still served.
 */
export const tieredSpread: Policy = (hour, tieRule) => cellsOf(spreadOut(hour, tieRule));

/** As `tieredSpread`, with what is left of every row. */
export function spreadOut(hour: HourInput, tieRule: TieRule): Spread {
  const spread = startSpread(hour, tieRule);
  spread.demandTiers.forEach((_, tierAt) => playTier(spread, tierAt));
  return spread;
}
