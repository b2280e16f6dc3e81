import { Module } from '@nestjs/common';
import { READ_LISTENER } from '../../platform/auth/heard-reads.js';
import { AccessModule } from '../access/access.module.js';
import { AssetsModule } from '../assets/assets.module.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { FactorsModule } from '../factors/factors.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MatchingModule } from '../matching/matching.module.js';
import { SettlementModule } from '../settlement/settlement.module.js';
import { SigningModule } from '../signing/signing.module.js';
import { StatementsModule } from '../statements/statements.module.js';
import { EngagementLogService } from './engagement/engagement-log.service.js';
import { EngagementsController } from './engagement/engagements.controller.js';
import { EngagementsService } from './engagement/engagements.service.js';
import { AuditorReadsController } from './reads/auditor-reads.controller.js';
import { AuditorReadsRepository } from './reads/auditor-reads.repository.js';
import { AuditorReadsService } from './reads/auditor-reads.service.js';
import { CompletenessQueries } from './review/completeness.queries.js';
import { CompletenessService } from './review/completeness.service.js';
import { InterventionsQueries } from './review/interventions.queries.js';
import { InterventionsService } from './review/interventions.service.js';
import { ReviewController } from './review/review.controller.js';
import { EvidenceStandingService } from './review/evidence-standing.service.js';
import { HourStepsService } from './samples/hour-steps.service.js';
import { HourFactorsService } from './samples/hour-factors.service.js';
import { PopulationsService } from './samples/populations.service.js';
import { SampleStepsService } from './samples/sample-steps.service.js';
import { SampleTraceController } from './samples/sample-trace.controller.js';
import { SampleTraceService } from './samples/sample-trace.service.js';
import { SamplesController } from './samples/samples.controller.js';
import { SamplesService } from './samples/samples.service.js';

@Module({
  imports: [
    LedgerModule,
    AccessModule,
    AssetsModule,
    CertificatesModule,
    FactorsModule,
    ImportsModule,
    MatchingModule,
    SettlementModule,
    SigningModule,
    StatementsModule,
  ],
  controllers: [
    AuditorReadsController,
    EngagementsController,
    ReviewController,
    SamplesController,
    SampleTraceController,
  ],
  providers: [
    AuditorReadsRepository,
    AuditorReadsService,
    { provide: READ_LISTENER, useExisting: AuditorReadsService },
    CompletenessQueries,
    CompletenessService,
    EngagementLogService,
    EngagementsService,
    EvidenceStandingService,
    HourFactorsService,
    HourStepsService,
    InterventionsQueries,
    InterventionsService,
    PopulationsService,
    SamplesService,
    SampleStepsService,
    SampleTraceService,
  ],
  exports: [
    AuditorReadsService,
    READ_LISTENER,
    CompletenessService,
    EngagementLogService,
    EngagementsService,
    InterventionsService,
    SamplesService,
    SampleTraceService,
  ],
})
export class EngagementsModule {}
