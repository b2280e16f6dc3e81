import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { recordController } from '../../platform/http/record-controller.js';
import {
  METER_ANSWER,
  MeterAttributes,
  PlantAttributes,
  SiteAttributes,
  TenantAttributes,
  toMeterResponse,
  toPlantResponse,
  toSiteResponse,
  toTenantResponse,
} from './assets.schemas.js';
import { AssetsService } from './assets.service.js';

@ApiTags('assets')
@Controller('v1/sites')
export class SiteController extends recordController({
  noun: 'site',
  id: 'Site',
  attributes: SiteAttributes,
  write: ['energy-manager'],
  toResponse: toSiteResponse,
}) {
  override readonly store;

  constructor(assets: AssetsService) {
    super();
    this.store = assets.sites;
  }
}

@ApiTags('assets')
@Controller('v1/meters')
export class MeterController extends recordController({
  noun: 'meter',
  id: 'Meter',
  attributes: MeterAttributes,
  answer: METER_ANSWER,
  write: ['energy-manager'],
  toResponse: toMeterResponse,
}) {
  override readonly store;

  constructor(assets: AssetsService) {
    super();
    this.store = assets.meters;
  }
}

@ApiTags('assets')
@Controller('v1/plants')
export class PlantController extends recordController({
  noun: 'plant',
  id: 'Plant',
  attributes: PlantAttributes,
  write: ['energy-manager'],
  toResponse: toPlantResponse,
}) {
  override readonly store;

  constructor(assets: AssetsService) {
    super();
    this.store = assets.plants;
  }
}

@ApiTags('assets')
@Controller('v1/tenants')
export class TenantController extends recordController({
  noun: 'tenant',
  id: 'Tenant',
  attributes: TenantAttributes,
  write: ['energy-manager'],
  toResponse: toTenantResponse,
}) {
  override readonly store;

  constructor(assets: AssetsService) {
    super();
    this.store = assets.tenants;
  }
}
