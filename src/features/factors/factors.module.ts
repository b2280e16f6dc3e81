import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { FactorController } from './factors.controller.js';
import { FactorsService } from './factors.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [FactorController],
  providers: [FactorsService],
  exports: [FactorsService],
})
export class FactorsModule {}
