import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ImportJobHandler } from './import.job.js';
import { ImportJobsRepository } from './import-jobs.repository.js';
import { ImportProgressService } from './import-progress.service.js';
import { ImportJobsService } from './import-jobs.service.js';
import { IntervalFileService } from './interval-file.service.js';
import { IntervalImportController } from './interval-import.controller.js';
import { IntervalImportService } from './interval-import.service.js';
import { LateDataService } from './late-data.service.js';
import { MeteringController } from './metering.controller.js';
import { MeteringRepository } from './metering.repository.js';
import { MeteringService } from './metering.service.js';
import { ImportProfileController, LegalTimeController } from './profiles.controller.js';
import { ProfilesService } from './profiles.service.js';

@Module({
  imports: [LedgerModule, AssetsModule, ContractsModule, ImportsModule],
  controllers: [
    ...[IntervalImportController, MeteringController],
    ...[ImportProfileController, LegalTimeController],
  ],
  providers: [
    ...[MeteringService, MeteringRepository, LateDataService, ProfilesService],
    ...[IntervalFileService, IntervalImportService],
    ...[ImportJobsService, ImportProgressService, ImportJobsRepository, ImportJobHandler],
  ],
  exports: [MeteringService, ImportJobsService, ProfilesService, LateDataService],
})
export class MeteringModule {}
