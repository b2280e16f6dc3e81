import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { recordController } from '../../platform/http/record-controller.js';
import { FactorAttributes, toFactorResponse } from './factors.schemas.js';
import { FactorsService } from './factors.service.js';

@ApiTags('factors')
@Controller('v1/factors')
export class FactorController extends recordController({
  noun: 'emission factor',
  id: 'Factor',
  attributes: FactorAttributes,
  write: ['energy-manager'],
  toResponse: toFactorResponse,
}) {
  override readonly store;

  constructor(factors: FactorsService) {
    super();
    this.store = factors.factors;
  }
}
