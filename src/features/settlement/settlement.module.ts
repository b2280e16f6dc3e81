import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MatchingModule } from '../matching/matching.module.js';
import { PricesModule } from '../prices/prices.module.js';
import { ApprovalsService } from './approvals.service.js';
import { PositionService } from './position.service.js';
import { RunOrderService } from './run-order.service.js';
import { SettlementInputService } from './settlement-input.service.js';
import { SettlementNeedsService } from './settlement-needs.service.js';
import { SettlementController } from './settlement.controller.js';
import { SettlementRepository } from './settlement.repository.js';
import { CoverageDifferenceService } from './coverage-difference.service.js';
import { SettlementTraceService } from './settlement-trace.service.js';
import { SettlementService } from './settlement.service.js';

@Module({
  imports: [
    LedgerModule,
    AssetsModule,
    ContractsModule,
    PricesModule,
    ImportsModule,
    MatchingModule,
  ],
  controllers: [SettlementController],
  providers: [
    PositionService,
    SettlementService,
    SettlementInputService,
    SettlementNeedsService,
    RunOrderService,
    ApprovalsService,
    SettlementTraceService,
    CoverageDifferenceService,
    SettlementRepository,
  ],
  exports: [
    ...[PositionService, SettlementService, ApprovalsService, RunOrderService],
    ...[SettlementTraceService, CoverageDifferenceService],
  ],
})
export class SettlementModule {}
