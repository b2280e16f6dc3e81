import { DomainError } from '../../src/core/errors.js';
import {
  type ActionContext,
  applyAction,
  type BundleAction,
  type KnownBundle,
} from '../../src/core/certificates/actions.js';
import { type Bundle, bundleHash, type IssuanceFacts } from '../../src/core/certificates/bundle.js';
import type { ActionType } from '../../src/core/certificates/lifecycle.js';

/** For tests of bundles. */
export const EXPIRY = '2028-01-01T00:00:00Z';

/** For tests of bundles. */
export function factsOf(device = 'PV', hour = 0): IssuanceFacts {
  const start = `2026-10-01T${String(hour).padStart(2, '0')}:00:00Z`;
  return {
    issuance_id: `${device}-electricity-${start}`,
    metadata_id: 'TAQA@1',
    energy_carrier: 'electricity',
    energy_source: 'solar_pv',
    face_value: 1,
    issuance_post_energy_carrier_conversion: false,
    registry_configuration: 1,
    emissions_factor_production_device: 0,
    emissions_factor_source: 'plant',
    device_id: device,
    production_starting_interval: start,
    production_ending_interval: start.replace(':00:00Z', ':59:59Z'),
    expiry_datestamp: EXPIRY,
    is_storage: false,
    usable_for_disclosure: true,
    is_trial: false,
  };
}

/** For tests of bundles. */
export function issued(wh: number, more: Partial<KnownBundle> = {}): KnownBundle {
  const { rangeStart = 0, bundleId = 'B' } = more;
  const facts = more.facts ?? factsOf();
  const range = { rangeStart, rangeEnd: rangeStart + wh - 1 };
  return {
    bundleId,
    certificateId: bundleId,
    ...range,
    parentId: null,
    version: 0,
    status: 'Active',
    statusBefore: null,
    ownerCode: 'SELLER',
    beneficiary: null,
    hash: bundleHash(facts, range, null),
    facts,
    issuerCode: 'TAQA',
    ...more,
  };
}

/** For tests of bundles. */
export const action = (type: ActionType, more: Partial<BundleAction> = {}): BundleAction => ({
  type,
  actingFor: 'SELLER',
  bundles: [{ bundleId: 'B', expectedVersion: null }],
  quantityWh: null,
  percentage: null,
  target: null,
  beneficiary: null,
  storage: type === 'cancel_for_storage' ? { recordId: 'R', deviceCode: 'BESS' } : null,
  ...more,
});

/** For tests of bundles. */
export function contextOf(more: Partial<ActionContext> = {}): ActionContext {
  let count = 0;
  return {
    acceptsFrom: () => new Set(['SELLER']),
    nowMs: Date.parse('2026-11-01T00:00:00Z'),
    nextId: () => `N${String((count += 1)).padStart(5, '0')}`,
    ...more,
  };
}

/** For tests of bundles. */
export const run = (
  one: BundleAction,
  bundles: readonly KnownBundle[],
  more: Partial<ActionContext> = {},
): Bundle[] => {
  const latest = new Map<string, Bundle>();
  for (const { bundle } of applyAction(one, bundles, contextOf(more))) {
    latest.set(bundle.bundleId, bundle);
  }
  return [...latest.values()];
};
/** For tests of bundles. */
export const codeOf = (attempt: () => unknown): string => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return 'done';
};
