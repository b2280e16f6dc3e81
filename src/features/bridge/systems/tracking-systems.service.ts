import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RecordStore } from '../../../platform/http/record-controller.js';
import { type RecordKind, RecordsService } from '../../ledger/records/records.service.js';
import type { TrackingSystemAttributes } from '../bridge.schemas.js';
import { TrackingSystemEntity } from './tracking-system.entity.js';

const TRACKING_SYSTEM: RecordKind<TrackingSystemEntity, TrackingSystemAttributes> = {
  kind: 'tracking-system',
  entity: TrackingSystemEntity,
  references: ({ plantCodes }) =>
    plantCodes.map((code) => ({ field: 'plantCodes', code, kind: 'plant' })),
};

/** Systems of MWh certificates, as dated terms. */
@Injectable()
export class TrackingSystemsService {
  readonly store: RecordStore<TrackingSystemAttributes, TrackingSystemEntity>;

  constructor(private readonly records: RecordsService) {
    this.store = records.store(TRACKING_SYSTEM);
  }

  /** @throws DomainError `record.not_found` */
  get(tx: EntityManager, ledgerId: string, code: string): Promise<TrackingSystemEntity> {
    return this.records.latestIn(tx, ledgerId, TRACKING_SYSTEM, code);
  }

  /** Latest versions of all systems, by code. */
  all(tx: EntityManager, ledgerId: string): Promise<TrackingSystemEntity[]> {
    return this.records.latestOfAll(tx, ledgerId, TRACKING_SYSTEM);
  }
}
