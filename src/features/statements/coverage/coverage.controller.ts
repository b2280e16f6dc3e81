import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, READERS, Roles } from '../../../platform/auth/roles.js';
import {
  CoverageQuery,
  CoverageResponse,
  OutlookRequest,
  OutlookResponse,
  toCoverageItem,
  toWarnings,
} from './coverage.schemas.js';
import { CoverageService } from './coverage.service.js';

@ApiTags('coverage')
@Controller('v1/coverage')
export class CoverageController {
  constructor(private readonly coverage: CoverageService) {}

  @Get()
  @Roles(...READERS)
  @ApiOperation({ summary: 'Coverage and CFE by hour, civil day, month or year, as known now.' })
  @ApiOkResponse({ standardSchema: CoverageResponse })
  async list(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: CoverageQuery }) query: CoverageQuery,
  ): Promise<CoverageResponse> {
    const { siteCode, buckets } = await this.coverage.byBucket(ledgerId, query);
    return { siteCode, items: buckets.map(toCoverageItem) };
  }

  @Post('outlooks')
  @HttpCode(200)
  @Roles(...READERS)
  @ApiOperation({
    summary: 'Where a contract’s coverage guarantee stands, and what forecasts would make of it.',
  })
  @ApiOkResponse({ standardSchema: OutlookResponse })
  async outlook(
    @CurrentActor() { ledgerId }: Actor,
    @Body({ schema: OutlookRequest }) request: OutlookRequest,
  ): Promise<OutlookResponse> {
    const { outlook, ...contract } = await this.coverage.outlook(ledgerId, request);
    const { accrued, projected } = outlook;
    return { ...contract, accrued, projected, warnings: toWarnings(outlook) };
  }
}
