import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { FactorsModule } from '../factors/factors.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MatchingModule } from '../matching/matching.module.js';
import { MeteringModule } from '../metering/metering.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { SigningModule } from '../signing/signing.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { AllStatementsService } from './all-statements.service.js';
import { CarbonContentService } from './carbon-content.service.js';
import { CarbonFactorsService } from './carbon-factors.service.js';
import { CoverageController } from './coverage/coverage.controller.js';
import { CoverageService } from './coverage/coverage.service.js';
import { StatementDocumentsController } from './documents/statement-documents.controller.js';
import { StatementDocumentsService } from './documents/statement-documents.service.js';
import { StatementPartsService } from './documents/statement-parts.service.js';
import { PeriodContentService } from './periods/period-content.service.js';
import { PeriodInputsService } from './periods/period-inputs.service.js';
import { PeriodMonthsService } from './periods/period-months.service.js';
import { PeriodStatementsRepository } from './periods/period-statements.repository.js';
import { PeriodStatementsService } from './periods/period-statements.service.js';
import { PeriodTargetsService } from './periods/period-targets.service.js';
import { PeriodViewsService } from './periods/period-views.service.js';
import { PublicStatementsController } from './public/public-statements.controller.js';
import { PublicStatementsService } from './public/public-statements.service.js';
import { SealingService } from './sealing.service.js';
import { StatementContentService } from './statement-content.service.js';
import { StatementsController } from './statements.controller.js';
import { StatementsRepository } from './statements.repository.js';
import { StatementsService } from './statements.service.js';
import { TenantSharesController } from './tenants/tenants.controller.js';
import { TenantsService } from './tenants/tenants.service.js';
import { TraceService } from './trace.service.js';

@Module({
  imports: [
    LedgerModule,
    AssetsModule,
    ContractsModule,
    FactorsModule,
    ImportsModule,
    MeteringModule,
    CertificatesModule,
    MatchingModule,
    PartiesModule,
    SigningModule,
    StorageModule,
  ],
  controllers: [
    StatementsController,
    StatementDocumentsController,
    CoverageController,
    TenantSharesController,
    PublicStatementsController,
  ],
  providers: [
    StatementsService,
    AllStatementsService,
    SealingService,
    PeriodTargetsService,
    PeriodContentService,
    PeriodInputsService,
    PeriodMonthsService,
    PeriodStatementsRepository,
    PeriodStatementsService,
    PeriodViewsService,
    StatementContentService,
    CarbonContentService,
    CarbonFactorsService,
    StatementDocumentsService,
    StatementPartsService,
    PublicStatementsService,
    StatementsRepository,
    TraceService,
    CoverageService,
    TenantsService,
  ],
  exports: [
    StatementsService,
    AllStatementsService,
    PeriodStatementsService,
    StatementDocumentsService,
    TraceService,
    CoverageService,
  ],
})
export class StatementsModule {}
