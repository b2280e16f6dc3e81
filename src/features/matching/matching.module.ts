import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MeteringModule } from '../metering/metering.module.js';
import { CertificateUseService } from './certificate-use.service.js';
import { ExplanationsService } from './explanations.service.js';
import { HourTraceService } from './hour-trace.service.js';
import { MatchingController } from './matching.controller.js';
import { MatchingRepository } from './matching.repository.js';
import { MatchPairsRepository } from './match-pairs.repository.js';
import { MatchingService } from './matching.service.js';
import { MonthViewService } from './month-view.service.js';

@Module({
  imports: [LedgerModule, AssetsModule, ContractsModule, MeteringModule, CertificatesModule],
  controllers: [MatchingController],
  providers: [
    MatchingService,
    MonthViewService,
    ExplanationsService,
    CertificateUseService,
    HourTraceService,
    MatchingRepository,
    MatchPairsRepository,
  ],
  exports: [MatchingService, MonthViewService, ExplanationsService, HourTraceService],
})
export class MatchingModule {}
