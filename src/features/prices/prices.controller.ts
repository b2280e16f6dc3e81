import { Body, Controller, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Roles } from '../../platform/auth/roles.js';
import { CallerGone, requireUpload, STREAMED_TYPES } from '../../platform/http/uploads.js';
import { DatedFiguresService } from './dated-figures.service.js';
import { DatedFiguresQuery, DatedFiguresResponse } from './prices.schemas.js';

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
