import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { VerificationController } from './verification.controller.js';
import { VerificationJobHandler } from './verification.job.js';
import { VerificationJobsRepository } from './verification-jobs.repository.js';
import { VerificationJobsService } from './verification-jobs.service.js';
import { VerificationProgressService } from './verification-progress.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [VerificationController],
  providers: [
    VerificationJobsService,
    VerificationJobsRepository,
    VerificationJobHandler,
    VerificationProgressService,
  ],
  exports: [VerificationJobsService, VerificationJobHandler],
})
export class VerificationModule {}
