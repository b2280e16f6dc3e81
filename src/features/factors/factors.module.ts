import { Module } from '@nestjs/common';
import { recordController } from '../../platform/http/record-controller.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { EMISSION_FACTOR } from './emission-factor.kind.js';
import { FactorsService } from './factors.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [recordController(EMISSION_FACTOR)],
  providers: [FactorsService],
  exports: [FactorsService],
})
export class FactorsModule {}
