import { Module } from '@nestjs/common';
import { recordController } from '../../platform/http/record-controller.js';
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
import { ValidationController } from './validation/validation.controller.js';
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
import { IMPORT_PROFILE } from './profiles/import-profile.kind.js';
import { LEGAL_TIME } from './profiles/legal-time.kind.js';
import { ProfileGuessController } from './profiles/profile-guess.controller.js';
import { VEE_RULE_SET } from './rules/vee-rule-set.kind.js';
import { ProfilesService } from './profiles/profiles.service.js';

@Module({
  imports: [LedgerModule, AccessModule, AssetsModule, ContractsModule, ImportsModule],
  controllers: [
    IntervalImportController,
    MeteringController,
    ProfileGuessController,
    recordController(IMPORT_PROFILE),
    recordController(LEGAL_TIME),
    recordController(VEE_RULE_SET),
    ValidationController,
  ],
  providers: [
    IntervalBlocksService,
    IntervalBlocksRepository,
    LateDataService,
    ProfilesService,
    IntervalFileService,
    IntervalImportService,
    SeriesService,
    ReadingChangesService,
    ReadingsService,
    BesideBlocksService,
    CounterReadingsRepository,
    ValidationService,
    ExceptionsService,
    DecisionsService,
    VeeRulesService,
    FindingsRepository,
    ReadingOriginService,
    ImportJobsService,
    ImportProgressService,
    ImportJobsRepository,
    ImportJobHandler,
    ImportAttemptsService,
    ImportUpkeepService,
    ImportWatchService,
    RefusedUploadsService,
    DailyUpkeepJob,
    ProfileGuessService,
  ],
  exports: [
    IntervalBlocksService,
    ImportJobsService,
    ProfilesService,
    LateDataService,
    SeriesService,
    ValidationService,
    ExceptionsService,
    DecisionsService,
    VeeRulesService,
    ReadingsService,
    ReadingOriginService,
    ProfileGuessService,
  ],
})
export class MeteringModule {}
