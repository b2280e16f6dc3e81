import { assert } from '../errors.js';
import { type Bundle, bundleWh } from './bundle.js';
import type { BundleStatus } from './lifecycle.js';

/** Where the Wh of one issuance stand, for one buyer. They sum to what was issued. */
export interface Standing {
  /** Active with a party of the contract, or reserved or cancelled for the buyer: can be matched. */
  readonly spendableWh: number;
  /** Locked, reserved for another, or with an owner outside the contract: not now. */
  readonly heldWh: number;
  /** Cancelled or claimed for another: never. */
  readonly cancelledWh: number;
  readonly withdrawnWh: number;
  readonly expiredWh: number;
  readonly cancelledForStorageWh: number;
}

/** The least that says where a bundle stands. */
export type StandingBundle = Pick<
  Bundle,
  'rangeStart' | 'rangeEnd' | 'status' | 'ownerCode' | 'beneficiary'
>;

/** Who may spend a certificate under a contract. */
export interface ContractParties {
  readonly buyerCode: string;
  /** Owners from whom the buyer is delivered to: the seller, and whoever owns the plant. */
  readonly sellerCodes: readonly string[];
}

const WHERE: Readonly<Partial<Record<BundleStatus, keyof Standing>>> = {
  Locked: 'heldWh',
  Withdrawn: 'withdrawnWh',
  Expired: 'expiredWh',
  'Cancelled for Storage': 'cancelledForStorageWh',
};

/**
 * Sums the bundles of one issuance by where they stand (METHOD 4.1, "bundle Active or Reserved for
 * the consumer, or Cancelled for it").
 *
 * @param wh       Wh of the issuance.
 * @param bundles  Its bundles as they are; those that were split are passed over.
 */
export function standingOf(
  wh: number,
  bundles: readonly StandingBundle[],
  parties: ContractParties,
): Standing {
  const standing = {
    spendableWh: 0,
    heldWh: 0,
    cancelledWh: 0,
    withdrawnWh: 0,
    expiredWh: 0,
    cancelledForStorageWh: 0,
  };
  let totalWh = 0;
  for (const bundle of bundles) {
    if (bundle.status === 'Bundle Split') continue;
    const amountWh = bundleWh(bundle);
    totalWh += amountWh;
    standing[WHERE[bundle.status] ?? spendableOr(bundle, parties)] += amountWh;
  }
  assert(totalWh === wh, 'standing: the bundles of an issuance cover it');
  return standing;
}

function spendableOr(
  { status, ownerCode, beneficiary }: StandingBundle,
  { buyerCode, sellerCodes }: ContractParties,
): 'spendableWh' | 'heldWh' | 'cancelledWh' {
  if (status === 'Active') {
    const isParty = ownerCode === buyerCode || sellerCodes.includes(ownerCode);
    return isParty ? 'spendableWh' : 'heldWh';
  }
  if (beneficiary === buyerCode) return 'spendableWh';
  return status === 'Reserved' ? 'heldWh' : 'cancelledWh';
}
