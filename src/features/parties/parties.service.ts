import { Injectable } from '@nestjs/common';
import type { RecordStore } from '../../platform/http/record-controller.js';
import { RecordsService } from '../ledger/records/records.service.js';
import { OrganisationEntity } from './organisation.entity.js';
import type { OrganisationAttributes } from './parties.schemas.js';

/** Organisations. */
@Injectable()
export class PartiesService {
  readonly organisations: RecordStore<OrganisationAttributes, OrganisationEntity>;

  constructor(records: RecordsService) {
    this.organisations = records.store({
      kind: 'organisation',
      entity: OrganisationEntity,
      references: () => [],
    });
  }
}
