import { Module } from '@nestjs/common';
import { recordController } from '../../platform/http/record-controller.js';
import { AssetsModule } from '../assets/assets.module.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { DeadlineAlarmJob } from './reconciliation/deadline-alarm.job.js';
import { BridgeController } from './bridge.controller.js';
import { BridgeQueries } from './reconciliation/bridge.queries.js';
import { BridgeRepository } from './conversion/bridge.repository.js';
import { BridgedUseService } from './conversion/bridged-use.service.js';
import { BridgeService } from './conversion/bridge.service.js';
import { MwhSourcesRepository } from './sources/mwh-sources.repository.js';
import { MwhSourcesService } from './sources/mwh-sources.service.js';
import { ReconciliationService } from './reconciliation/reconciliation.service.js';
import { TRACKING_SYSTEM } from './systems/tracking-system.kind.js';
import { TrackingSystemsService } from './systems/tracking-systems.service.js';

@Module({
  imports: [LedgerModule, AssetsModule, ImportsModule, CertificatesModule],
  controllers: [BridgeController, recordController(TRACKING_SYSTEM)],
  providers: [
    BridgeService,
    BridgedUseService,
    BridgeRepository,
    BridgeQueries,
    MwhSourcesService,
    MwhSourcesRepository,
    ReconciliationService,
    TrackingSystemsService,
    DeadlineAlarmJob,
  ],
  exports: [
    BridgeService,
    BridgedUseService,
    MwhSourcesService,
    ReconciliationService,
    TrackingSystemsService,
    DeadlineAlarmJob,
  ],
})
export class BridgeModule {}
