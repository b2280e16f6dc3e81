import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { recordController } from '../../platform/http/record-controller.js';
import {
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
