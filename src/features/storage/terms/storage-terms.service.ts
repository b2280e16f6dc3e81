import { Injectable } from '@nestjs/common';
import type { StorageTerms } from '../../../core/storage/run.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { RecordsService } from '../../ledger/records/records.service.js';
import { STORAGE_TERMS } from './storage-terms.kind.js';

/** The dated terms under which storage devices are traced. */
@Injectable()
export class StorageTermsService {
  constructor(private readonly records: RecordsService) {}

  /** Every version of a device's terms, in the order in which they were written. */
  async ofDevice(tx: LedgerTx, deviceCode: string): Promise<readonly StorageTerms[]> {
    const which = { isAsWritten: true };
    const versions = await this.records.versionsOfAll(tx, STORAGE_TERMS, which);
    return versions
      .filter((one) => one.deviceCode === deviceCode)
      .map((one) => ({
        ...one,
        efficiencyFrom: one.efficiencyFrom.toISOString(),
        efficiencyTo: one.efficiencyTo.toISOString(),
      }));
  }
}
