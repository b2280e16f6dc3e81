import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MeteringModule } from '../metering/metering.module.js';
import { CertificateUseService } from './runs/certificate-use.service.js';
import { ExplanationsService } from './questions/explanations.service.js';
import { HourTraceService } from './questions/hour-trace.service.js';
import { MatchingController } from './matching.controller.js';
import { EnergyBookRepository } from './book/energy-book.repository.js';
import { MatchPairsRepository } from './book/match-pairs.repository.js';
import { MatchingReplayService } from './runs/matching-replay.service.js';
import { MatchingService } from './runs/matching.service.js';
import { MonthViewService } from './runs/month-view.service.js';

@Module({
  imports: [LedgerModule, AssetsModule, ContractsModule, MeteringModule, CertificatesModule],
  controllers: [MatchingController],
  providers: [
    MatchingService,
    MatchingReplayService,
    MonthViewService,
    ExplanationsService,
    CertificateUseService,
    HourTraceService,
    EnergyBookRepository,
    MatchPairsRepository,
  ],
  exports: [
    MatchingService,
    CertificateUseService,
    MonthViewService,
    ExplanationsService,
    HourTraceService,
  ],
})
export class MatchingModule {}
