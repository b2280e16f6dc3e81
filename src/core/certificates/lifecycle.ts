/** Status of a certificate bundle (METHOD 3.4). */
export const BUNDLE_STATUSES = [
  'Active',
  'Reserved',
  'Locked',
  'Cancelled',
  'Claimed',
  'Withdrawn',
  'Expired',
  'Bundle Split',
  'Cancelled for Storage',
] as const;
/** One status. */
export type BundleStatus = (typeof BUNDLE_STATUSES)[number];

/** Actions on bundles that exist (METHOD 3.4). Issuing is what an import of certificates does. */
export const ACTIONS = [
  'split',
  'transfer',
  'reserve',
  'release',
  'cancel',
  'cancel_for_storage',
  'claim',
  'lock',
  'unlock',
  'withdraw',
  'issuer_correction',
  'expire',
] as const;
/** One action. */
export type ActionType = (typeof ACTIONS)[number];

/** Who may do it: the owner, whoever holds the reservation, the beneficiary, the issuer, the clock. */
export type ActingParty = 'owner' | 'holder' | 'beneficiary' | 'issuer' | 'clock';

/** One row of the closed table. */
export interface Transition {
  readonly from: readonly BundleStatus[];
  /** `before`: what it was before it was locked. */
  readonly to: BundleStatus | 'before';
  readonly by: ActingParty;
}

/** The closed table of METHOD 3.4: what is not in it is refused. */
export const TRANSITIONS: Readonly<Record<ActionType, Transition>> = {
  split: { from: ['Active'], to: 'Bundle Split', by: 'owner' },
  transfer: { from: ['Active'], to: 'Active', by: 'owner' },
  reserve: { from: ['Active'], to: 'Reserved', by: 'owner' },
  release: { from: ['Reserved'], to: 'Active', by: 'holder' },
  cancel: { from: ['Active', 'Reserved'], to: 'Cancelled', by: 'owner' },
  cancel_for_storage: { from: ['Active', 'Reserved'], to: 'Cancelled for Storage', by: 'owner' },
  claim: { from: ['Cancelled'], to: 'Claimed', by: 'beneficiary' },
  lock: { from: ['Active', 'Reserved'], to: 'Locked', by: 'issuer' },
  unlock: { from: ['Locked'], to: 'before', by: 'issuer' },
  withdraw: { from: ['Active', 'Locked'], to: 'Withdrawn', by: 'issuer' },
  issuer_correction: { from: ['Cancelled', 'Claimed'], to: 'Withdrawn', by: 'issuer' },
  expire: { from: ['Active', 'Reserved'], to: 'Expired', by: 'clock' },
};

/**
 * The status that an action leads to.
 *
 * @param status   The status now.
 * @param before   For a locked bundle, the status before it was locked.
 * @returns        Null where the table has no such transition.
 */
export function statusAfter(
  action: ActionType,
  status: BundleStatus,
  before: BundleStatus | null,
): BundleStatus | null {
  const { from, to } = TRANSITIONS[action];
  if (!from.includes(status)) return null;
  return to === 'before' ? before : to;
}

/** Every pair of statuses that a bundle can move between, by action: what the database allows. */
export function legalMoves(): readonly (readonly [ActionType, BundleStatus, BundleStatus])[] {
  return ACTIONS.flatMap((action) =>
    TRANSITIONS[action].from.flatMap((from) => {
      const { to } = TRANSITIONS[action];
      const ends = to === 'before' ? TRANSITIONS.lock.from : [to];
      return ends.map((end) => [action, from, end] as const);
    }),
  );
}
