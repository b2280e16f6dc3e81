import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { RecordsService } from '../../ledger/records/records.service.js';
import { TRACKING_SYSTEM, type TrackingSystem } from './tracking-system.kind.js';

/** Systems of MWh certificates, as dated terms. */
@Injectable()
export class TrackingSystemsService {
  constructor(private readonly records: RecordsService) {}

  /** @throws DomainError `record.not_found` */
  get(tx: LedgerTx, code: string): Promise<TrackingSystem> {
    return this.records.latestIn(tx, TRACKING_SYSTEM, code);
  }

  /** Latest versions of all systems, by code. */
  all(tx: LedgerTx): Promise<TrackingSystem[]> {
    return this.records.latestOfAll(tx, TRACKING_SYSTEM);
  }
}
