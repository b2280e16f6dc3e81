import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AlarmJob } from './alarm.job.js';
import { BridgeController, TrackingSystemController } from './bridge.controller.js';
import { BridgeQueries } from './bridge.queries.js';
import { BridgeRepository } from './bridge.repository.js';
import { BridgeService } from './bridge.service.js';
import { MwhSourcesRepository } from './mwh-sources.repository.js';
import { MwhSourcesService } from './mwh-sources.service.js';
import { ReconciliationService } from './reconciliation.service.js';
import { TrackingSystemsService } from './tracking-systems.service.js';

@Module({
  imports: [LedgerModule, AssetsModule, ImportsModule, CertificatesModule],
  controllers: [BridgeController, TrackingSystemController],
  providers: [
    BridgeService,
    BridgeRepository,
    BridgeQueries,
    MwhSourcesService,
    MwhSourcesRepository,
    ReconciliationService,
    TrackingSystemsService,
    AlarmJob,
  ],
  exports: [
    BridgeService,
    MwhSourcesService,
    ReconciliationService,
    TrackingSystemsService,
    AlarmJob,
  ],
})
export class BridgeModule {}
