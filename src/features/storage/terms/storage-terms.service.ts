import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StorageTerms } from '../../../core/storage/run.js';
import type { RecordStore } from '../../../platform/http/record-controller.js';
import { type RecordKind, RecordsService } from '../../ledger/records/records.service.js';
import { StorageTermsEntity } from './storage-terms.entity.js';
import type { StorageTermsAttributes } from '../storage.schemas.js';

const STORAGE_TERMS: RecordKind<StorageTermsEntity, StorageTermsAttributes> = {
  kind: 'storage-terms',
  entity: StorageTermsEntity,
  references: ({ deviceCode, issuerCode }) => [
    { field: 'deviceCode', code: deviceCode, kind: 'plant' },
    { field: 'issuerCode', code: issuerCode, kind: 'issuer' },
  ],
};

/** The dated terms under which storage devices are traced. */
@Injectable()
export class StorageTermsService {
  readonly store: RecordStore<StorageTermsAttributes, StorageTermsEntity>;

  constructor(private readonly records: RecordsService) {
    this.store = records.store(STORAGE_TERMS);
  }

  /** Every version of a device's terms, in the order in which they were written. */
  async ofDevice(
    tx: EntityManager,
    ledgerId: string,
    deviceCode: string,
  ): Promise<readonly StorageTerms[]> {
    const which = { isAsWritten: true };
    const versions = await this.records.versionsOfAll(tx, ledgerId, STORAGE_TERMS, which);
    return versions
      .filter((one) => one.deviceCode === deviceCode)
      .map((one) => ({
        ...one,
        efficiencyFrom: one.efficiencyFrom.toISOString(),
        efficiencyTo: one.efficiencyTo.toISOString(),
      }));
  }
}
