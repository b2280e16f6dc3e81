import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RecordStore } from '../../../platform/http/record-controller.js';
import { type RecordKind, RecordsService } from '../../ledger/records/records.service.js';
import type { TransferConsentAttributes } from '../bundles/bundles.schemas.js';
import { TransferConsentEntity } from './transfer-consent.entity.js';

const CONSENT: RecordKind<TransferConsentEntity, TransferConsentAttributes> = {
  kind: 'transfer-consent',
  entity: TransferConsentEntity,
  references: ({ receiverCode, acceptsFrom }) => [
    { field: 'receiverCode', code: receiverCode, kind: 'organisation' },
    ...acceptsFrom.map((code) => ({ field: 'acceptsFrom', code, kind: 'organisation' })),
  ],
};

/** From whom organisations take certificates. */
@Injectable()
export class TransferConsentsService {
  readonly store: RecordStore<TransferConsentAttributes, TransferConsentEntity>;

  constructor(private readonly records: RecordsService) {
    this.store = records.store(CONSENT);
  }

  /** Organisations from which a receiver takes transfers. */
  async acceptances(
    tx: EntityManager,
    ledgerId: string,
  ): Promise<(receiver: string) => ReadonlySet<string>> {
    const consents = await this.records.latestOfAll(tx, ledgerId, CONSENT);
    return (receiver) =>
      new Set(
        consents
          .filter(({ receiverCode }) => receiverCode === receiver)
          .flatMap(({ acceptsFrom }) => acceptsFrom),
      );
  }
}
