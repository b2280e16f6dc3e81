import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AssetsModule } from '../assets/assets.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { DecisionsService } from './validation/decisions.service.js';
import { ExceptionsService } from './validation/exceptions.service.js';
import { ReadingChangesService } from './validation/reading-changes.service.js';
import { RefusedUploadsService } from './uploads/refused-uploads.service.js';
import { DailyUpkeepJob } from './uploads/daily-upkeep.job.js';
import { ReadingOriginService } from './questions/reading-origin.service.js';
import { ReadingsService } from './questions/readings.service.js';
import { SeriesService } from './blocks/series.service.js';
import { ValidationController, VeeRuleSetController } from './validation/validation.controller.js';
import { ValidationService } from './validation/validation.service.js';
import { FindingsRepository } from './validation/findings.repository.js';
import { VeeRulesService } from './rules/vee-rules.service.js';
import { ImportJobHandler } from './uploads/import.job.js';
import { ImportAttemptsService } from './uploads/import-attempts.service.js';
import { ImportJobsRepository } from './uploads/import-jobs.repository.js';
import { ImportUpkeepService } from './uploads/import-upkeep.service.js';
import { ImportWatchService } from './uploads/import-watch.service.js';
import { ImportProgressService } from './uploads/import-progress.service.js';
import { ImportJobsService } from './uploads/import-jobs.service.js';
import { CounterReadingsRepository } from './blocks/counter-readings.repository.js';
import { BesideBlocksService } from './intake/beside-blocks.service.js';
import { IntervalFileService } from './intake/interval-file.service.js';
import { IntervalImportController } from './uploads/interval-import.controller.js';
import { IntervalImportService } from './intake/interval-import.service.js';
import { LateDataService } from './intake/late-data.service.js';
import { MeteringController } from './questions/metering.controller.js';
import { IntervalBlocksRepository } from './blocks/interval-blocks.repository.js';
import { IntervalBlocksService } from './blocks/interval-blocks.service.js';
import { ProfileGuessService } from './profiles/profile-guess.service.js';
import {
  ImportProfileController,
  LegalTimeController,
  ProfileGuessController,
} from './profiles/profiles.controller.js';
import { ProfilesService } from './profiles/profiles.service.js';

@Module({
  imports: [LedgerModule, AccessModule, AssetsModule, ContractsModule, ImportsModule],
  controllers: [
    ...[IntervalImportController, MeteringController, ProfileGuessController],
    ...[ImportProfileController, LegalTimeController, VeeRuleSetController, ValidationController],
  ],
  providers: [
    ...[IntervalBlocksService, IntervalBlocksRepository, LateDataService, ProfilesService],
    ...[IntervalFileService, IntervalImportService, SeriesService, ReadingChangesService],
    ...[ReadingsService, BesideBlocksService, CounterReadingsRepository],
    ...[
      ValidationService,
      ExceptionsService,
      DecisionsService,
      VeeRulesService,
      FindingsRepository,
    ],
    ReadingOriginService,
    ...[ImportJobsService, ImportProgressService, ImportJobsRepository, ImportJobHandler],
    ...[ImportAttemptsService, ImportUpkeepService, ImportWatchService],
    ...[RefusedUploadsService, DailyUpkeepJob, ProfileGuessService],
  ],
  exports: [
    ...[IntervalBlocksService, ImportJobsService, ProfilesService, LateDataService, SeriesService],
    ...[ValidationService, ExceptionsService, DecisionsService, VeeRulesService, ReadingsService],
    ReadingOriginService,
    ProfileGuessService,
  ],
})
export class MeteringModule {}
