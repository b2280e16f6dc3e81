import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, READERS, Roles } from '../../platform/auth/roles.js';
import {
  AdjustmentsQuery,
  AdjustmentsResponse,
  RunListResponse,
  RunRequest,
  RunResponse,
  toAdjustmentsResponse,
  toRunListResponse,
  toRunResponse,
} from './matching.schemas.js';
import { MatchingService } from './matching.service.js';

@ApiTags('matching')
@Controller('v1/matching-runs')
export class MatchingController {
  constructor(private readonly matching: MatchingService) {}

  @Get()
  @Roles(...READERS)
  @ApiOperation({ summary: 'List the matching runs.' })
  @ApiOkResponse({ standardSchema: RunListResponse })
  async list(@CurrentActor() { ledgerId }: Actor): Promise<RunListResponse> {
    return toRunListResponse(await this.matching.runs(ledgerId));
  }

  @Get('adjustments')
  @Roles(...READERS)
  @ApiOperation({
    summary: 'What arrived since a month was last matched; once it has locked, what waits.',
  })
  @ApiOkResponse({ standardSchema: AdjustmentsResponse })
  async adjustments(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: AdjustmentsQuery }) { month, siteCode }: AdjustmentsQuery,
  ): Promise<AdjustmentsResponse> {
    return toAdjustmentsResponse(await this.matching.waiting(ledgerId, month, siteCode ?? null));
  }

  @Post()
  @Roles('energy-manager')
  @ApiOperation({
    summary: 'Match a month by pro-rata and post what changed. No change, no effect.',
  })
  @ApiCreatedResponse({ standardSchema: RunResponse })
  async run(
    @CurrentActor() actor: Actor,
    @Body({ schema: RunRequest }) { month, siteCode, isCorrectionRun }: RunRequest,
  ): Promise<RunResponse> {
    return toRunResponse(await this.matching.run(actor, month, siteCode, { isCorrectionRun }));
  }
}
