import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, READERS, Roles } from '../../platform/auth/roles.js';
import { ExplanationsService } from './questions/explanations.service.js';
import {
  AdjustmentsQuery,
  AdjustmentsResponse,
  ComparisonRequest,
  ComparisonResponse,
  ExplanationQuery,
  ExplanationResponse,
  RunListResponse,
  RunRequest,
  RunResponse,
  toAdjustmentsResponse,
  toExplanationResponse,
  toRunListResponse,
  toRunResponse,
} from './matching.schemas.js';
import { MatchingService } from './runs/matching.service.js';

@ApiTags('matching')
@Controller('v1/matching-runs')
export class MatchingController {
  constructor(
    private readonly matching: MatchingService,
    private readonly explanations: ExplanationsService,
  ) {}

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

  @Get('explanations')
  @Roles(...READERS)
  @ApiOperation({
    summary:
      'Explain an hour: what was eligible, which rule gave each Wh, what would have covered the rest.',
  })
  @ApiOkResponse({ standardSchema: ExplanationResponse })
  async explain(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: ExplanationQuery }) { hour, siteCode }: ExplanationQuery,
  ): Promise<ExplanationResponse> {
    const explained = await this.explanations.explain(ledgerId, hour, siteCode ?? null);
    return toExplanationResponse(explained);
  }

  @Post('comparisons')
  @Roles('energy-manager')
  @ApiOperation({ summary: 'Run a month under each policy and roll it back: nothing is posted.' })
  @ApiCreatedResponse({ standardSchema: ComparisonResponse })
  async compare(
    @CurrentActor() actor: Actor,
    @Body({ schema: ComparisonRequest }) { month, siteCode }: ComparisonRequest,
  ): Promise<ComparisonResponse> {
    return { month, items: [...(await this.explanations.compare(actor, month, siteCode))] };
  }

  @Post()
  @Roles('energy-manager')
  @ApiOperation({
    summary:
      'Match a month by the terms of its contract and post what changed. No change, no effect.',
  })
  @ApiCreatedResponse({ standardSchema: RunResponse })
  async run(
    @CurrentActor() actor: Actor,
    @Body({ schema: RunRequest }) { month, siteCode, isCorrectionRun, reason }: RunRequest,
  ): Promise<RunResponse> {
    const options = { isCorrectionRun, acceptSuspect: reason };
    return toRunResponse(await this.matching.run(actor, month, siteCode, options));
  }
}
