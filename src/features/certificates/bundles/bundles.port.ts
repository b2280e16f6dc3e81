import type { KnownBundle } from '../../../core/certificates/actions.js';
import type { Bundle } from '../../../core/certificates/bundle.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';

/** What has become of one issuance: all its live bundles. */
export interface Issuance {
  readonly certificateId: string;
  readonly deviceCode: string;
  readonly wh: number;
  readonly bundles: readonly Bundle[];
}

/** Who uses certificates, and keeps what is in use from being given away. */
export interface CertificateUse {
  /** Refuses, by throwing, what would leave less of an issuance than is in use. */
  guard(tx: LedgerTx, issuances: readonly Issuance[]): Promise<void>;
  /** Wh of certificates that are matched, where any are. */
  matchedOf(tx: LedgerTx, certificateIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** Token of all who use certificates, in the order in which they are asked. */
export const CERTIFICATE_USES = Symbol('CERTIFICATE_USES');

/** Who keeps the records of storage devices. */
export abstract class ChargeKeeper {
  /** Device of a charge. @throws DomainError `storage.record_not_found` */
  abstract deviceOf(tx: LedgerTx, recordId: string): Promise<string>;
  /** Puts cancelled bundles behind a charge. @throws DomainError `storage.charge_refused` */
  abstract certify(
    tx: LedgerTx,
    at: { readonly ledgerId: string; readonly eventId: string; readonly recordId: string },
    taken: readonly KnownBundle[],
  ): Promise<void>;
}
