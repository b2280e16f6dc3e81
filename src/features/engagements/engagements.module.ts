import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AssetsModule } from '../assets/assets.module.js';
import { FactorsModule } from '../factors/factors.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MatchingModule } from '../matching/matching.module.js';
import { SettlementModule } from '../settlement/settlement.module.js';
import { SigningModule } from '../signing/signing.module.js';
import { StatementsModule } from '../statements/statements.module.js';
import { EngagementLogService } from './engagement/engagement-log.service.js';
import { EngagementsController } from './engagement/engagements.controller.js';
import { EngagementsService } from './engagement/engagements.service.js';
import { CompletenessQueries } from './review/completeness.queries.js';
import { CompletenessService } from './review/completeness.service.js';
import { InterventionsQueries } from './review/interventions.queries.js';
import { InterventionsService } from './review/interventions.service.js';
import { ReviewController } from './review/review.controller.js';
import { HourFactorsService } from './samples/hour-factors.service.js';
import { PopulationsService } from './samples/populations.service.js';
import { SamplesController } from './samples/samples.controller.js';
import { SamplesService } from './samples/samples.service.js';

@Module({
  imports: [
    LedgerModule,
    AccessModule,
    AssetsModule,
    FactorsModule,
    MatchingModule,
    SettlementModule,
    SigningModule,
    StatementsModule,
  ],
  controllers: [EngagementsController, ReviewController, SamplesController],
  providers: [
    CompletenessQueries,
    CompletenessService,
    EngagementLogService,
    EngagementsService,
    HourFactorsService,
    InterventionsQueries,
    InterventionsService,
    PopulationsService,
    SamplesService,
  ],
  exports: [
    CompletenessService,
    EngagementLogService,
    EngagementsService,
    InterventionsService,
    SamplesService,
  ],
})
export class EngagementsModule {}
