import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import {
  MeterController,
  PlantController,
  SiteController,
  TenantController,
} from './assets.controller.js';
import { AssetsService } from './assets.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [SiteController, MeterController, PlantController, TenantController],
  providers: [AssetsService],
  exports: [AssetsService],
})
export class AssetsModule {}
