import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MatchingModule } from '../matching/matching.module.js';
import { PricesModule } from '../prices/prices.module.js';
import { ApprovalsService } from './runs/approvals.service.js';
import { ContractPositionService } from './questions/contract-position.service.js';
import { RunOrderService } from './runs/run-order.service.js';
import { BookedLoadsService } from './runs/booked-loads.service.js';
import { SettlementInputService } from './runs/settlement-input.service.js';
import { SettlementNeedsService } from './runs/settlement-needs.service.js';
import { SettlementController } from './settlement.controller.js';
import { SettlementRepository } from './runs/settlement.repository.js';
import { CoverageDifferenceService } from './questions/coverage-difference.service.js';
import { SettlementTraceService } from './questions/settlement-trace.service.js';
import { SettlementService } from './runs/settlement.service.js';

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
    ContractPositionService,
    SettlementService,
    SettlementInputService,
    BookedLoadsService,
    SettlementNeedsService,
    RunOrderService,
    ApprovalsService,
    SettlementTraceService,
    CoverageDifferenceService,
    SettlementRepository,
  ],
  exports: [
    ContractPositionService,
    SettlementService,
    ApprovalsService,
    RunOrderService,
    SettlementTraceService,
    CoverageDifferenceService,
    BookedLoadsService,
  ],
})
export class SettlementModule {}
