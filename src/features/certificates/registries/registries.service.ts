import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { KeptFile } from '../../../platform/files/file-store.js';
import { RecordsService } from '../../ledger/records/records.service.js';
import { IssuersService } from './issuers.service.js';
import { REGISTRY, type Registry } from './registry.kind.js';

/** Other registries, and whether a file is theirs. */
@Injectable()
export class RegistriesService {
  constructor(
    private readonly records: RecordsService,
    private readonly issuers: IssuersService,
  ) {}

  /** @throws DomainError `record.not_found` */
  get(tx: LedgerTx, code: string): Promise<Registry> {
    return this.records.latestIn(tx, REGISTRY, code);
  }

  /**
   * The key that signed a file; null for one without a signature, where the registry allows that.
   *
   * @throws DomainError `certificate.signature_missing`, `certificate.signature_invalid`
   */
  signerOf(
    file: KeptFile,
    registry: Registry,
    signature: string | null,
    signal?: AbortSignal,
  ): Promise<string | null> {
    return this.issuers.signatureOf(file, registry, signature, signal);
  }
}
