import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Actor, CurrentActor, READERS, Roles } from '../../../platform/auth/roles.js';
import { EngagementId } from '../engagement/engagements.schemas.js';
import { SampleId } from './samples.schemas.js';
import { ItemPlace, ItemTraceResponse, toItemTraceResponse } from './sample-trace.schemas.js';
import { SampleTraceService } from './sample-trace.service.js';

@ApiTags('engagements')
@Controller('v1/engagements/:engagementId/samples/:sampleId')
export class SampleTraceController {
  constructor(private readonly traces: SampleTraceService) {}

  @Get('items/:item/trace')
  @Roles(...READERS)
  @ApiOperation({
    summary:
      'Walk a sampled item from file line to statement, each step with its place in the log and its proof.',
  })
  @ApiOkResponse({ standardSchema: ItemTraceResponse })
  async trace(
    @CurrentActor() { ledgerId }: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
    @Param('sampleId', { schema: SampleId }) sampleId: string,
    @Param('item', { schema: ItemPlace }) item: number,
  ): Promise<ItemTraceResponse> {
    const traced = await this.traces.trace(ledgerId, engagementId, { sampleId, item });
    return toItemTraceResponse(sampleId, traced);
  }

  @Get('table')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Roles(...READERS)
  @ApiOperation({ summary: 'A sample as a table, with a column for what was found of each item.' })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  table(
    @CurrentActor() { ledgerId }: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
    @Param('sampleId', { schema: SampleId }) sampleId: string,
  ): Promise<string> {
    return this.traces.table(ledgerId, engagementId, sampleId);
  }

  @Get('proofs')
  @Roles(...READERS)
  @ApiOperation({
    summary:
      'Every step of every item of a sample with its proof, as an archive that `verify` checks.',
  })
  @ApiProduces('application/zip')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async proofs(
    @CurrentActor() { ledgerId }: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
    @Param('sampleId', { schema: SampleId }) sampleId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const bytes = await this.traces.archive(ledgerId, engagementId, sampleId);
    void reply
      .type('application/zip')
      .header('content-disposition', `attachment; filename="sample-${sampleId}.zip"`)
      .send(bytes);
  }
}
