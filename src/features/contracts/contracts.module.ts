import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ContractController, VatRateController } from './contracts.controller.js';
import { ContractsService } from './contracts.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [ContractController, VatRateController],
  providers: [ContractsService],
  exports: [ContractsService],
})
export class ContractsModule {}
