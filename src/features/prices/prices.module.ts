import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import {
  FxSeriesController,
  PriceIndexController,
  TariffController,
  TariffGridController,
} from './prices.controller.js';
import { PricesService } from './prices.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [TariffController, PriceIndexController, FxSeriesController, TariffGridController],
  providers: [PricesService],
  exports: [PricesService],
})
export class PricesModule {}
