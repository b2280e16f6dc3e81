import { Module } from '@nestjs/common';
import { recordController } from '../../platform/http/record-controller.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { DatedFiguresService } from './dated-figures.service.js';
import { FX_SERIES } from './fx-series.kind.js';
import { HOLIDAY_CALENDAR } from './holiday-calendar.kind.js';
import { PRICE_INDEX } from './price-index.kind.js';
import { DatedFiguresController } from './prices.controller.js';
import { PricesService } from './prices.service.js';
import { TARIFF } from './tariff.kind.js';
import { TARIFF_GRID } from './tariff-grid.kind.js';

@Module({
  imports: [LedgerModule],
  controllers: [
    recordController(TARIFF),
    recordController(PRICE_INDEX),
    recordController(FX_SERIES),
    recordController(TARIFF_GRID),
    recordController(HOLIDAY_CALENDAR),
    DatedFiguresController,
  ],
  providers: [PricesService, DatedFiguresService],
  exports: [PricesService, DatedFiguresService],
})
export class PricesModule {}
