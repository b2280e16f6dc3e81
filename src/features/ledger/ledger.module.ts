import { Module } from '@nestjs/common';
import { LedgerController } from './ledger.controller.js';
import { LedgerRepository } from './ledger.repository.js';
import { LedgerService } from './ledger.service.js';
import { RecordsService } from './records.service.js';

@Module({
  controllers: [LedgerController],
  providers: [LedgerService, LedgerRepository, RecordsService],
  exports: [LedgerService, RecordsService],
})
export class LedgerModule {}
