import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { recordController } from '../../platform/http/record-controller.js';
import {
  ContractAttributes,
  toContractResponse,
  toVatRateResponse,
  VatRateAttributes,
} from './contracts.schemas.js';
import { ContractsService } from './contracts.service.js';

@ApiTags('contracts')
@Controller('v1/contracts')
export class ContractController extends recordController({
  noun: 'contract',
  id: 'Contract',
  attributes: ContractAttributes,
  write: ['energy-manager', 'finance'],
  toResponse: toContractResponse,
}) {
  override readonly store;

  constructor(contracts: ContractsService) {
    super();
    this.store = contracts.contracts;
  }
}

@ApiTags('contracts')
@Controller('v1/vat-rates')
export class VatRateController extends recordController({
  noun: 'VAT rate',
  id: 'VatRate',
  attributes: VatRateAttributes,
  write: ['finance'],
  toResponse: toVatRateResponse,
}) {
  override readonly store;

  constructor(contracts: ContractsService) {
    super();
    this.store = contracts.vatRates;
  }
}
