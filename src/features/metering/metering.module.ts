import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AssetsModule } from '../assets/assets.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { DecisionsService } from './decisions.service.js';
import { ExceptionsService } from './exceptions.service.js';
import { ReadingsRecordService } from './readings-record.service.js';
import { RefusedUploadsService } from './refused-uploads.service.js';
import { UpkeepJob } from './upkeep.job.js';
import { ReadingOriginService } from './reading-origin.service.js';
import { ReadingsService } from './readings.service.js';
import { SeriesService } from './series.service.js';
import { ValidationController, VeeRuleSetController } from './validation.controller.js';
import { ValidationService } from './validation.service.js';
import { VeeRepository } from './vee.repository.js';
import { VeeRulesService } from './vee-rules.service.js';
import { ImportJobHandler } from './import.job.js';
import { ImportAttemptsService } from './import-attempts.service.js';
import { ImportJobsRepository } from './import-jobs.repository.js';
import { ImportUpkeepService } from './import-upkeep.service.js';
import { ImportWatchService } from './import-watch.service.js';
import { ImportProgressService } from './import-progress.service.js';
import { ImportJobsService } from './import-jobs.service.js';
import { CounterRepository } from './counter.repository.js';
import { ImportFactsService } from './import-facts.service.js';
import { IntervalFileService } from './interval-file.service.js';
import { IntervalImportController } from './interval-import.controller.js';
import { IntervalImportService } from './interval-import.service.js';
import { LateDataService } from './late-data.service.js';
import { MeteringController } from './metering.controller.js';
import { MeteringRepository } from './metering.repository.js';
import { MeteringService } from './metering.service.js';
import { ProfileGuessService } from './profile-guess.service.js';
import {
  ImportProfileController,
  LegalTimeController,
  ProfileGuessController,
} from './profiles.controller.js';
import { ProfilesService } from './profiles.service.js';

@Module({
  imports: [LedgerModule, AccessModule, AssetsModule, ContractsModule, ImportsModule],
  controllers: [
    ...[IntervalImportController, MeteringController, ProfileGuessController],
    ...[ImportProfileController, LegalTimeController, VeeRuleSetController, ValidationController],
  ],
  providers: [
    ...[MeteringService, MeteringRepository, LateDataService, ProfilesService],
    ...[IntervalFileService, IntervalImportService, SeriesService, ReadingsRecordService],
    ...[ReadingsService, ImportFactsService, CounterRepository],
    ...[ValidationService, ExceptionsService, DecisionsService, VeeRulesService, VeeRepository],
    ReadingOriginService,
    ...[ImportJobsService, ImportProgressService, ImportJobsRepository, ImportJobHandler],
    ...[ImportAttemptsService, ImportUpkeepService, ImportWatchService],
    ...[RefusedUploadsService, UpkeepJob, ProfileGuessService],
  ],
  exports: [
    ...[MeteringService, ImportJobsService, ProfilesService, LateDataService, SeriesService],
    ...[ValidationService, ExceptionsService, DecisionsService, VeeRulesService, ReadingsService],
    ReadingOriginService,
    ProfileGuessService,
  ],
})
export class MeteringModule {}
