import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { PopulationKind } from '../../../core/engagements/engagement.js';
import { sampleOf } from '../../../core/engagements/rules.js';
import { type Actor, CurrentActor, READERS, Roles } from '../../../platform/auth/roles.js';
import { EngagementLogService } from '../engagement/engagement-log.service.js';
import { EngagementId } from '../engagement/engagements.schemas.js';
import {
  Population,
  PopulationQuery,
  ResultsRequest,
  SampleId,
  SampleRequest,
  SampleResponse,
  toSampleResponse,
} from './samples.schemas.js';
import { SamplesService } from './samples.service.js';

@ApiTags('engagements')
@Controller('v1/engagements/:engagementId')
export class SamplesController {
  constructor(
    private readonly samples: SamplesService,
    private readonly log: EngagementLogService,
  ) {}

  @Get('populations/:population')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Roles(...READERS)
  @ApiOperation({
    summary: 'A population as the table that samples are drawn from: stratum, key, size.',
  })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  table(
    @CurrentActor() { ledgerId }: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
    @Param('population', { schema: Population }) kind: PopulationKind,
    @Query({ schema: PopulationQuery }) { round }: PopulationQuery,
  ): Promise<string> {
    return this.samples.table(ledgerId, engagementId, { kind, round: round ?? null });
  }

  @Post('samples')
  @Roles('auditor')
  @ApiOperation({
    summary: 'Draw a sample by the seed, which anybody can draw again.',
    description: 'Monetary-unit (ISA 530) or stratified; see docs/method/SAMPLING.md.',
  })
  @ApiCreatedResponse({ standardSchema: SampleResponse })
  async draw(
    @CurrentActor() actor: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
    @Body({ schema: SampleRequest }) request: SampleRequest,
  ): Promise<SampleResponse> {
    const { sample } = await this.samples.draw(actor, engagementId, request);
    return toSampleResponse(sample, await this.log.names(actor.ledgerId));
  }

  @Get('samples/:sampleId')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Read a sample: its items, their results, and what these say.' })
  @ApiOkResponse({ standardSchema: SampleResponse })
  async read(
    @CurrentActor() { ledgerId }: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
    @Param('sampleId', { schema: SampleId }) sampleId: string,
  ): Promise<SampleResponse> {
    const sample = sampleOf(await this.log.get(ledgerId, engagementId), sampleId);
    return toSampleResponse(sample, await this.log.names(ledgerId));
  }

  @Post('samples/:sampleId/results')
  @HttpCode(200)
  @Roles('auditor')
  @ApiOperation({
    summary: 'Record what was found of items; a later result replaces an earlier one.',
  })
  @ApiOkResponse({ standardSchema: SampleResponse })
  async record(
    @CurrentActor() actor: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
    @Param('sampleId', { schema: SampleId }) sampleId: string,
    @Body({ schema: ResultsRequest }) { results }: ResultsRequest,
  ): Promise<SampleResponse> {
    const engagement = await this.samples.record(actor, engagementId, { sampleId, results });
    return toSampleResponse(sampleOf(engagement, sampleId), await this.log.names(actor.ledgerId));
  }
}
