import { Module } from '@nestjs/common';
import { KeptFilesService } from './kept-files.service.js';
import { LedgerController } from './ledger.controller.js';
import { LedgerRepository } from './ledger.repository.js';
import { LedgerService } from './ledger.service.js';
import { RecordsService } from './records.service.js';
import { VerificationService } from './verification.service.js';

@Module({
  controllers: [LedgerController],
  providers: [
    LedgerService,
    LedgerRepository,
    RecordsService,
    VerificationService,
    KeptFilesService,
  ],
  exports: [LedgerService, RecordsService, VerificationService],
})
export class LedgerModule {}
