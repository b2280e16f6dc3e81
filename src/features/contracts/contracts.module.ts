import { Module } from '@nestjs/common';
import { recordController } from '../../platform/http/record-controller.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { CONTRACT } from './contract.kind.js';
import { ContractsService } from './contracts.service.js';
import { VAT_RATE } from './vat-rate.kind.js';

@Module({
  imports: [LedgerModule],
  controllers: [recordController(CONTRACT), recordController(VAT_RATE)],
  providers: [ContractsService],
  exports: [ContractsService],
})
export class ContractsModule {}
