import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RecordsService } from '../../ledger/records/records.service.js';
import { TRACKING_SYSTEM, type TrackingSystem } from './tracking-system.kind.js';

/** Systems of MWh certificates, as dated terms. */
@Injectable()
export class TrackingSystemsService {
  constructor(private readonly records: RecordsService) {}

  /** @throws DomainError `record.not_found` */
  get(tx: EntityManager, ledgerId: string, code: string): Promise<TrackingSystem> {
    return this.records.latestIn(tx, ledgerId, TRACKING_SYSTEM, code);
  }

  /** Latest versions of all systems, by code. */
  all(tx: EntityManager, ledgerId: string): Promise<TrackingSystem[]> {
    return this.records.latestOfAll(tx, ledgerId, TRACKING_SYSTEM);
  }
}
