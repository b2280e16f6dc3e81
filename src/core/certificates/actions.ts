import { assert, DomainError } from '../errors.js';
import { floorOfShare, shareOf } from '../math/exact-share.js';
import { sumWattHours } from '../units/energy.js';
import { type Bundle, bundleWh, type IssuanceFacts, splitBundle } from './bundle.js';
import { type ActionType, type BundleStatus, statusAfter, TRANSITIONS } from './lifecycle.js';

/** An action on bundles. */
export interface BundleAction {
  readonly type: ActionType;
  /** Who acts: an organisation's code; for actions of the issuer, the issuer's. */
  readonly actingFor: string;
  readonly bundles: readonly {
    readonly bundleId: string;
    /** The version that the caller saw; null = whatever it is. */
    readonly expectedVersion: number | null;
  }[];
  /** Of all the bundles together: whole Wh or a share, not both; neither = all of them. */
  readonly quantityWh: number | null;
  /** Exact decimal text, 0 < p ≤ 1. */
  readonly percentage: string | null;
  /** `transfer`: the new owner. */
  readonly target: string | null;
  /** `cancel`: for whom, default the owner. `reserve`: for whom it is held. */
  readonly beneficiary: string | null;
  /** `cancel_for_storage`: the charge that the energy went into, and its device. */
  readonly storage: { readonly recordId: string; readonly deviceCode: string } | null;
}

/** A bundle as an action is given it. */
export interface KnownBundle extends Bundle {
  readonly facts: IssuanceFacts;
  readonly issuerCode: string;
}

/** One step of a bundle: from nothing, or from one status to the next. */
export interface BundleChange {
  readonly action: ActionType;
  /** Null where the bundle was made by this step. */
  readonly statusWas: BundleStatus | null;
  readonly bundle: Bundle;
}

/** What the rules need beside the bundles. */
export interface ActionContext {
  /** Organisations from which a receiver takes transfers. */
  readonly acceptsFrom: (receiver: string) => ReadonlySet<string>;
  readonly nowMs: number;
  readonly nextId: () => string;
}

/**
 * Applies one action to bundles (METHOD 3.3, 3.4): all of it or nothing. A quantity is of all the
 * bundles together: they are taken whole in stable order (start of production, device, range), and
 * the last one is split where the quantity ends inside it.
 *
 * @param bundles  Those that the action names, each once.
 * @returns        Every step, in order; each bundle's versions follow each other.
 * @throws DomainError `certificate.not_owner`, `certificate.version_changed`,
 *   `certificate.transition_refused`, `certificate.quantity_wrong`, `certificate.not_accepted`,
 *   `certificate.action_incomplete`, `certificate.not_expired`, `certificate.expired`
 */
export function applyAction(
  action: BundleAction,
  bundles: readonly KnownBundle[],
  context: ActionContext,
): readonly BundleChange[] {
  requireComplete(action, context);
  const ordered = bundles.toSorted(
    (a, b) =>
      Date.parse(a.facts.production_starting_interval) -
        Date.parse(b.facts.production_starting_interval) ||
      (a.facts.device_id < b.facts.device_id
        ? -1
        : a.facts.device_id > b.facts.device_id
          ? 1
          : 0) ||
      a.rangeStart - b.rangeStart,
  );
  const expected = new Map(action.bundles.map((one) => [one.bundleId, one.expectedVersion]));
  assert(expected.size === ordered.length, 'action: every bundle once');
  for (const bundle of ordered) requireReady(action, bundle, { expected, context });
  let leftWh = quantityOf(action, ordered);
  const changes: BundleChange[] = [];
  for (const bundle of ordered) {
    if (leftWh === 0) break;
    const takenWh = Math.min(leftWh, bundleWh(bundle));
    leftWh -= takenWh;
    if (takenWh === bundleWh(bundle) && action.type !== 'split') {
      changes.push(step(action, bundle));
      continue;
    }
    changes.push(...takePart(action, bundle, takenWh, context.nextId));
  }
  assert(leftWh === 0, 'action: the quantity is found');
  return changes;
}

/** What an action must say, whatever it is about. */
function requireComplete(action: BundleAction, { acceptsFrom }: ActionContext): void {
  const { type, target, beneficiary, storage, quantityWh, percentage, actingFor } = action;
  const fail = (detail: string): never => {
    throw new DomainError('certificate.action_incomplete', { action: type, detail });
  };
  if (quantityWh !== null && percentage !== null)
    fail('Send a quantity or a percentage, not both.');
  if (type === 'split' && quantityWh === null && percentage === null) {
    fail('A split needs the quantity or percentage of its first part.');
  }
  if (type === 'split' && action.bundles.length !== 1) fail('A split is of one bundle.');
  if ((type === 'transfer') !== (target !== null)) fail('A transfer, and only that, has a target.');
  if ((type === 'cancel_for_storage') !== (storage !== null)) {
    fail('A cancellation for storage, and only that, names the storage record of the charge.');
  }
  if (beneficiary !== null && type !== 'cancel' && type !== 'reserve') {
    fail('Only a cancellation or a reservation names a beneficiary.');
  }
  if (type === 'transfer' && !acceptsFrom(target!).has(actingFor)) {
    throw new DomainError('certificate.not_accepted', {
      target: target!,
      source: actingFor,
      fix: 'The receiver first consents to transfers from this owner (a transfer consent).',
    });
  }
}

function requireReady(
  action: BundleAction,
  bundle: KnownBundle,
  {
    expected,
    context,
  }: {
    readonly expected: ReadonlyMap<string, number | null>;
    readonly context: ActionContext;
  },
): void {
  const { bundleId, version, status } = bundle;
  const party = partyOf(action.type, bundle);
  if (party !== null && party !== action.actingFor) {
    throw new DomainError('certificate.not_owner', {
      bundleId,
      action: action.type,
      by: TRANSITIONS[action.type].by,
      actingFor: action.actingFor,
    });
  }
  const wanted = expected.get(bundleId) ?? null;
  if (wanted !== null && wanted !== version) {
    throw new DomainError('certificate.version_changed', { bundleId, expected: wanted, version });
  }
  if (statusAfter(action.type, status, bundle.statusBefore) === null) {
    throw new DomainError('certificate.transition_refused', {
      bundleId,
      action: action.type,
      bundleStatus: status,
      allowedFrom: TRANSITIONS[action.type].from,
    });
  }
  const isPast = context.nowMs >= Date.parse(bundle.facts.expiry_datestamp);
  const expiresAt = bundle.facts.expiry_datestamp;
  if (action.type === 'expire' && !isPast) {
    throw new DomainError('certificate.not_expired', { bundleId, expiresAt });
  }
  const spends = ['transfer', 'reserve', 'cancel', 'cancel_for_storage', 'split'];
  if (isPast && spends.includes(action.type)) {
    throw new DomainError('certificate.expired', { bundleId, expiresAt });
  }
}

/** Who must act for a bundle; null = nobody in particular. */
function partyOf(type: ActionType, bundle: KnownBundle): string | null {
  switch (TRANSITIONS[type].by) {
    case 'owner':
    case 'holder':
      return bundle.ownerCode;
    case 'beneficiary':
      return bundle.beneficiary;
    case 'issuer':
      return bundle.issuerCode;
    case 'clock':
      return null;
  }
}

/** The quantity in Wh, of all bundles together. */
function quantityOf(
  { type, quantityWh, percentage }: BundleAction,
  bundles: readonly Bundle[],
): number {
  const totalWh = sumWattHours(bundles.map(bundleWh));
  const wanted =
    percentage === null ? (quantityWh ?? totalWh) : floorOfShare(totalWh, shareOf(percentage));
  const most = type === 'split' ? totalWh - 1 : totalWh;
  if (wanted >= 1 && wanted <= most) return wanted;
  throw new DomainError('certificate.quantity_wrong', {
    quantityWh: wanted,
    availableWh: most,
    fix: 'Take at least 1 Wh and at most what the bundles hold together.',
  });
}

/** Splits off a part and acts on it. */
function takePart(
  action: BundleAction,
  bundle: KnownBundle,
  wh: number,
  nextId: () => string,
): BundleChange[] {
  if (statusAfter('split', bundle.status, null) === null) {
    throw new DomainError('certificate.transition_refused', {
      bundleId: bundle.bundleId,
      action: 'split',
      bundleStatus: bundle.status,
      allowedFrom: TRANSITIONS.split.from,
    });
  }
  const { facts, issuerCode, ...parent } = bundle;
  const [taken, rest] = splitBundle(parent, facts, wh, [nextId(), nextId()]);
  const split: BundleChange[] = [
    {
      action: 'split',
      statusWas: parent.status,
      bundle: { ...parent, version: parent.version + 1, status: 'Bundle Split' },
    },
    { action: 'split', statusWas: null, bundle: taken },
    { action: 'split', statusWas: null, bundle: rest },
  ];
  return action.type === 'split'
    ? split
    : [...split, step(action, { ...taken, facts, issuerCode })];
}

function step(action: BundleAction, known: KnownBundle): BundleChange {
  const { facts: _, issuerCode: __, ...bundle } = known;
  const status = statusAfter(action.type, bundle.status, bundle.statusBefore);
  assert(status !== null, 'action: the transition is in the table');
  return {
    action: action.type,
    statusWas: bundle.status,
    bundle: {
      ...bundle,
      version: bundle.version + 1,
      status,
      statusBefore: action.type === 'lock' ? bundle.status : null,
      ownerCode: action.target ?? bundle.ownerCode,
      beneficiary: beneficiaryAfter(action, bundle),
    },
  };
}

function beneficiaryAfter(action: BundleAction, bundle: Bundle): string | null {
  const { type, beneficiary, storage } = action;
  if (storage !== null) return storage.deviceCode;
  if (type === 'cancel') return beneficiary ?? bundle.beneficiary ?? bundle.ownerCode;
  if (type === 'reserve') return beneficiary ?? bundle.ownerCode;
  return type === 'release' || type === 'transfer' ? null : bundle.beneficiary;
}
