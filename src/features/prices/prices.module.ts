import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { DatedFiguresService } from './dated-figures.service.js';
import {
  DatedFiguresController,
  FxSeriesController,
  HolidayCalendarController,
  PriceIndexController,
  TariffController,
  TariffGridController,
} from './prices.controller.js';
import { PricesService } from './prices.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [
    ...[TariffController, PriceIndexController, FxSeriesController, TariffGridController],
    ...[HolidayCalendarController, DatedFiguresController],
  ],
  providers: [PricesService, DatedFiguresService],
  exports: [PricesService, DatedFiguresService],
})
export class PricesModule {}
