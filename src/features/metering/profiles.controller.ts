import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { recordController } from '../../platform/http/record-controller.js';
import {
  ImportProfileAttributes,
  LegalTimeAttributes,
  toImportProfileResponse,
  toLegalTimeResponse,
} from './profiles.schemas.js';
import { ProfilesService } from './profiles.service.js';

@ApiTags('metering')
@Controller('v1/import-profiles')
export class ImportProfileController extends recordController({
  noun: 'import profile',
  id: 'ImportProfile',
  attributes: ImportProfileAttributes,
  write: ['energy-manager'],
  toResponse: toImportProfileResponse,
}) {
  override readonly store;

  constructor(profiles: ProfilesService) {
    super();
    this.store = profiles.profiles;
  }
}

@ApiTags('metering')
@Controller('v1/legal-times')
export class LegalTimeController extends recordController({
  noun: 'legal time',
  id: 'LegalTime',
  attributes: LegalTimeAttributes,
  write: ['energy-manager'],
  toResponse: toLegalTimeResponse,
}) {
  override readonly store;

  constructor(profiles: ProfilesService) {
    super();
    this.store = profiles.legalTimes;
  }
}
