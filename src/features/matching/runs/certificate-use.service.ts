import { Injectable } from '@nestjs/common';
import { standingOf } from '../../../core/certificates/standing.js';
import { DomainError } from '../../../core/errors.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { AssetsService } from '../../assets/assets.service.js';
import type { CertificateUse, Issuance } from '../../certificates/bundles/bundles.port.js';
import { ContractsService } from '../../contracts/contracts.service.js';
import { EnergyBookRepository } from '../book/energy-book.repository.js';

/** Keeps what a run has matched from being given away. */
@Injectable()
export class CertificateUseService implements CertificateUse {
  constructor(
    private readonly assets: AssetsService,
    private readonly contracts: ContractsService,
    private readonly book: EnergyBookRepository,
  ) {}

  /** Wh of certificates that are matched, where any are. */
  matchedOf(tx: LedgerTx, certificateIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.book.matchedOf(tx, certificateIds);
  }

  /** What is left for the buyer of a contract of the plant must cover what is matched. */
  async guard(tx: LedgerTx, issuances: readonly Issuance[]): Promise<void> {
    const ids = issuances.map(({ certificateId }) => certificateId);
    const matched = await this.book.matchedOf(tx, ids);
    if (matched.size === 0) return;
    const contracts = await this.contracts.allVersions(tx);
    const plants = await this.assets.allPlants(tx);
    for (const { certificateId, deviceCode, wh, bundles } of issuances) {
      const matchedWh = matched.get(certificateId) ?? 0;
      const owner = plants.find(({ code }) => code === deviceCode)!.organisationCode;
      const left = contracts
        .filter(({ plantCodes }) => plantCodes.includes(deviceCode))
        .map(({ buyerCode, sellerCode }) =>
          standingOf(wh, bundles, { buyerCode, sellerCodes: [sellerCode, owner] }),
        );
      const leftWh = Math.max(0, ...left.map(({ spendableWh }) => spendableWh));
      if (leftWh >= matchedWh) continue;
      throw new DomainError('certificate.matched', {
        certificateId,
        matchedWh,
        leftWh,
        fix: 'Take no more than is not matched, or cancel for the buyer of the contract.',
      });
    }
  }
}
