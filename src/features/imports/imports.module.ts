import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { FileReadingService } from './file-reading.service.js';
import { ImportsController } from './imports.controller.js';
import { ImportsRepository } from './imports.repository.js';
import { ImportsService } from './imports.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [ImportsController],
  providers: [ImportsService, ImportsRepository, FileReadingService],
  exports: [ImportsService],
})
export class ImportsModule {}
