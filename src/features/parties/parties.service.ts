import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { RecordsService } from '../ledger/records/records.service.js';
import { ORGANISATION, type Organisation } from './organisation.kind.js';

/** Organisations. */
@Injectable()
export class PartiesService {
  constructor(private readonly records: RecordsService) {}

  /** An organisation as it stands. @throws DomainError `record.not_found` */
  organisation(ledgerId: string, code: string): Promise<Organisation> {
    return this.records.of(ORGANISATION).get(ledgerId, code);
  }

  /** As `organisation`, inside a transaction. */
  organisationIn(tx: LedgerTx, code: string): Promise<Organisation> {
    return this.records.latestIn(tx, ORGANISATION, code);
  }
}
