import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { recordController } from '../../../platform/http/record-controller.js';
import { IssuerAttributes, toIssuerResponse } from './issuers.schemas.js';
import { IssuersService } from './issuers.service.js';

@ApiTags('certificates')
@Controller('v1/issuers')
export class IssuerController extends recordController({
  noun: 'issuer',
  id: 'Issuer',
  attributes: IssuerAttributes,
  write: ['energy-manager'],
  toResponse: toIssuerResponse,
}) {
  override readonly store;

  constructor(issuers: IssuersService) {
    super();
    this.store = issuers.issuers;
  }
}
