import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { CertificateUse, Issuance } from '../../certificates/bundles/bundles.port.js';
import { BridgeRepository } from './bridge.repository.js';

/** Keeps what became a part of an MWh certificate from being claimed here. */
@Injectable()
export class BridgedUseService implements CertificateUse {
  constructor(private readonly bridge: BridgeRepository) {}

  /** What is bridged is cancelled: nothing of it is matched. */
  matchedOf(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map());
  }

  /** What became a part of an MWh certificate is claimed there, never here. */
  async guard(tx: LedgerTx, issuances: readonly Issuance[]): Promise<void> {
    const bundles = issuances.flatMap((issuance) => issuance.bundles);
    const claimed = bundles.filter(({ status }) => status === 'Claimed');
    if (claimed.length === 0) return;
    const ids = claimed.map(({ bundleId }) => bundleId);
    const [bundleId] = await this.bridge.bridged(tx, ids);
    if (bundleId !== undefined) throw new DomainError('bridge.converted', { bundleId });
  }
}
