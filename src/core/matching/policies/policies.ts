import type { Policy } from './hour.js';
import { maximal } from './maximal.js';
import { proRata } from './pro-rata.js';
import { tieredSpread } from './tiered-spread.js';

/** Names of the policies, as contracts and runs store them. */
export const POLICY_NAMES = ['tiered-spread', 'pro-rata', 'maximal'] as const;
/** Name of one policy. */
export type PolicyName = (typeof POLICY_NAMES)[number];

/** The policies of METHOD 4.3: functions to pass in. */
export const POLICIES: Readonly<Record<PolicyName, Policy>> = {
  'tiered-spread': tieredSpread,
  'pro-rata': proRata,
  maximal,
};
