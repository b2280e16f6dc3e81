import { Module } from '@nestjs/common';
import { KeptFilesService } from './replay/kept-files.service.js';
import { LedgerController } from './ledger.controller.js';
import { LedgerRepository } from './ledger.repository.js';
import { LedgerService } from './ledger.service.js';
import { RecordBatchController } from './records/record-batch.controller.js';
import { RecordBatchService } from './records/record-batch.service.js';
import { RecordsService } from './records/records.service.js';
import { RecordDoors } from '../../platform/records/record-doors.js';
import { RecordStores } from '../../platform/records/record-stores.js';
import { ShortIdsService } from './short-ids.service.js';
import { LogTreeRepository } from './tree/log-tree.repository.js';
import { VerificationService } from './replay/verification.service.js';

@Module({
  controllers: [LedgerController, RecordBatchController],
  providers: [
    LedgerService,
    LedgerRepository,
    RecordsService,
    { provide: RecordStores, useExisting: RecordsService },
    RecordDoors,
    RecordBatchService,
    ShortIdsService,
    VerificationService,
    KeptFilesService,
    LogTreeRepository,
  ],
  exports: [
    LedgerService,
    RecordsService,
    RecordStores,
    RecordDoors,
    RecordBatchService,
    ShortIdsService,
    VerificationService,
  ],
})
export class LedgerModule {}
