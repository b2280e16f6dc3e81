import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { RecordsService } from '../../ledger/records/records.service.js';
import { TRANSFER_CONSENT } from './transfer-consent.kind.js';

/** From whom organisations take certificates. */
@Injectable()
export class TransferConsentsService {
  constructor(private readonly records: RecordsService) {}

  /** Organisations from which a receiver takes transfers. */
  async acceptances(tx: LedgerTx): Promise<(receiver: string) => ReadonlySet<string>> {
    const consents = await this.records.latestOfAll(tx, TRANSFER_CONSENT);
    return (receiver) =>
      new Set(
        consents
          .filter(({ receiverCode }) => receiverCode === receiver)
          .flatMap(({ acceptsFrom }) => acceptsFrom),
      );
  }
}
