import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { recordController } from '../../platform/http/record-controller.js';
import { OrganisationAttributes, toOrganisationResponse } from './parties.schemas.js';
import { PartiesService } from './parties.service.js';

@ApiTags('parties')
@Controller('v1/organisations')
export class OrganisationController extends recordController({
  noun: 'organisation',
  id: 'Organisation',
  attributes: OrganisationAttributes,
  write: ['energy-manager', 'finance'],
  toResponse: toOrganisationResponse,
}) {
  override readonly store;

  constructor(parties: PartiesService) {
    super();
    this.store = parties.organisations;
  }
}
