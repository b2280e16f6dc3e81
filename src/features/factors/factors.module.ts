import { Module } from '@nestjs/common';
import { recordController } from '../../platform/http/record-controller.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { EMISSION_FACTOR } from './emission-factor.kind.js';
import { FactorFilesController } from './factor-files.controller.js';
import { FactorFilesService } from './factor-files.service.js';
import { FactorsService } from './factors.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [recordController(EMISSION_FACTOR), FactorFilesController],
  providers: [FactorsService, FactorFilesService],
  exports: [FactorsService, FactorFilesService],
})
export class FactorsModule {}
