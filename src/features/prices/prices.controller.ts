import { Body, Controller, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Roles } from '../../platform/auth/roles.js';
import { recordController } from '../../platform/http/record-controller.js';
import { CallerGone, requireUpload, STREAMED_TYPES } from '../../platform/http/uploads.js';
import { DatedFiguresService } from './dated-figures.service.js';
import {
  DatedFiguresQuery,
  DatedFiguresResponse,
  HolidayCalendarAttributes,
  toHolidayCalendarResponse,
  TariffAttributes,
  PriceIndexAttributes,
  FxSeriesAttributes,
  TariffGridAttributes,
  toTariffResponse,
  toPriceIndexResponse,
  toFxSeriesResponse,
  toTariffGridResponse,
} from './prices.schemas.js';
import { PricesService } from './prices.service.js';

@ApiTags('prices')
@Controller('v1/tariffs')
export class TariffController extends recordController({
  noun: 'tariff',
  id: 'Tariff',
  attributes: TariffAttributes,
  write: ['energy-manager', 'finance'],
  toResponse: toTariffResponse,
}) {
  override readonly store;

  constructor(prices: PricesService) {
    super();
    this.store = prices.tariffs;
  }
}

@ApiTags('prices')
@Controller('v1/price-indices')
export class PriceIndexController extends recordController({
  noun: 'price index',
  id: 'PriceIndex',
  attributes: PriceIndexAttributes,
  write: ['energy-manager', 'finance'],
  toResponse: toPriceIndexResponse,
}) {
  override readonly store;

  constructor(prices: PricesService) {
    super();
    this.store = prices.indices;
  }
}

@ApiTags('prices')
@Controller('v1/fx-series')
export class FxSeriesController extends recordController({
  noun: 'series of exchange rates',
  id: 'FxSeries',
  attributes: FxSeriesAttributes,
  write: ['energy-manager', 'finance'],
  toResponse: toFxSeriesResponse,
}) {
  override readonly store;

  constructor(prices: PricesService) {
    super();
    this.store = prices.fx;
  }
}

@ApiTags('prices')
@Controller('v1/tariff-grids')
export class TariffGridController extends recordController({
  noun: 'tariff grid',
  id: 'TariffGrid',
  attributes: TariffGridAttributes,
  write: ['energy-manager', 'finance'],
  toResponse: toTariffGridResponse,
}) {
  override readonly store;

  constructor(prices: PricesService) {
    super();
    this.store = prices.grids;
  }
}

@ApiTags('prices')
@Controller('v1/holiday-calendars')
export class HolidayCalendarController extends recordController({
  noun: 'calendar of holidays',
  id: 'HolidayCalendar',
  attributes: HolidayCalendarAttributes,
  write: ['energy-manager', 'finance'],
  toResponse: toHolidayCalendarResponse,
}) {
  override readonly store;

  constructor(prices: PricesService) {
    super();
    this.store = prices.holidays;
  }
}

@ApiTags('prices')
@Controller('v1/imports/dated-figures')
export class DatedFiguresController {
  constructor(private readonly figures: DatedFiguresService) {}

  @Post()
  @Roles('energy-manager', 'finance')
  @ApiConsumes(...STREAMED_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOperation({
    summary: 'Add rows of a tariff, price index, exchange rate or calendar of holidays from CSV.',
  })
  @ApiCreatedResponse({ standardSchema: DatedFiguresResponse })
  importFile(
    @CurrentActor() actor: Actor,
    @Query({ schema: DatedFiguresQuery }) query: DatedFiguresQuery,
    @Body() body: unknown,
    @CallerGone() signal: AbortSignal,
  ): Promise<DatedFiguresResponse> {
    return this.figures.importFile(actor, { ...query, signal }, requireUpload(body));
  }
}
