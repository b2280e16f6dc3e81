import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { KeptFile } from '../../../platform/files/file-store.js';
import type { RecordStore } from '../../../platform/http/record-controller.js';
import { type RecordKind, RecordsService } from '../../ledger/records/records.service.js';
import { IssuersService } from './issuers.service.js';
import type { RegistryAttributes } from './registries.schemas.js';
import { RegistryEntity } from './registry.entity.js';

const REGISTRY: RecordKind<RegistryEntity, RegistryAttributes> = {
  kind: 'registry',
  entity: RegistryEntity,
  references: ({ issuerCode, devices, accounts }) => [
    { field: 'issuerCode', code: issuerCode, kind: 'issuer' },
    ...devices.map(({ plantCode: code }) => ({ field: 'devices', code, kind: 'plant' })),
    ...accounts.map(({ organisationCode: code }) => ({
      ...{ field: 'accounts', code, kind: 'organisation' },
    })),
  ],
};

/** Other registries, and whether a file is theirs. */
@Injectable()
export class RegistriesService {
  readonly store: RecordStore<RegistryAttributes, RegistryEntity>;

  constructor(
    private readonly records: RecordsService,
    private readonly issuers: IssuersService,
  ) {
    this.store = records.store(REGISTRY);
  }

  /** @throws DomainError `record.not_found` */
  get(tx: EntityManager, ledgerId: string, code: string): Promise<RegistryEntity> {
    return this.records.latestIn(tx, ledgerId, REGISTRY, code);
  }

  /**
   * The key that signed a file; null for one without a signature, where the registry allows that.
   *
   * @throws DomainError `certificate.signature_missing`, `certificate.signature_invalid`
   */
  signerOf(
    file: KeptFile,
    registry: RegistryEntity,
    signature: string | null,
    signal?: AbortSignal,
  ): Promise<string | null> {
    return this.issuers.signatureOf(file, registry, signature, signal);
  }
}
