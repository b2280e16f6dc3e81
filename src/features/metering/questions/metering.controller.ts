import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { parseInstant } from '../../../core/time/interval.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { type Actor, CurrentActor, Roles } from '../../../platform/auth/roles.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { ImportJobResponse, toImportJobResponse } from '../uploads/interval-import.schemas.js';
import { BlockListResponse, toBlockListResponse, UtcDay } from './readings.schemas.js';
import { IntervalBlocksService } from '../blocks/interval-blocks.service.js';
import {
  DifferenceQuery,
  DifferenceResponse,
  LossesResponse,
  MonthQuery,
  ReadingsQuery,
  ReadingsResponse,
  SendQuery,
  SendReadingsRequest,
  SendReadingsResponse,
  toDifferenceResponse,
  toLossesResponse,
  toReadingsResponse,
  toSendReadingsResponse,
} from './readings.schemas.js';
import { ReadingsService } from './readings.service.js';

const READ = ['operator', 'energy-manager', 'finance', 'auditor'] as const;

@ApiTags('metering')
@Controller('v1')
export class MeteringController {
  constructor(
    private readonly metering: IntervalBlocksService,
    private readonly readings: ReadingsService,
  ) {}

  @Post('readings')
  @HttpCode(207)
  @Roles('operator', 'energy-manager')
  @ApiOperation({ summary: 'Send up to 5,000 readings; each has its own answer, or all or none.' })
  @ApiResponse({ status: 207, standardSchema: SendReadingsResponse })
  @ApiOkResponse({ standardSchema: ImportJobResponse, description: 'A preview (dryRun=true)' })
  async send(
    @CurrentActor() actor: Actor,
    @Query({ schema: SendQuery }) { atomic, dryRun }: SendQuery,
    @Body({ schema: SendReadingsRequest }) { items }: SendReadingsRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SendReadingsResponse | ImportJobResponse> {
    const job = await this.readings.send(actor, items, { isAtomic: atomic, dryRun });
    if (!dryRun) return toSendReadingsResponse(job, items.length);
    void reply.status(200);
    return toImportJobResponse(job);
  }

  @Get('meters/:code/readings')
  @Roles(...READ)
  @ApiOperation({ summary: 'Readings of a meter, virtual or not, as known now or as known then.' })
  @ApiOkResponse({ standardSchema: ReadingsResponse })
  async read(
    @CurrentActor() { ledgerId }: Actor,
    @Param('code', { schema: RecordCode }) code: string,
    @Query({ schema: ReadingsQuery }) { from, to, asOf }: ReadingsQuery,
  ): Promise<ReadingsResponse> {
    const stretch = { startMs: parseInstant(from)!, endMs: parseInstant(to)!, asOf: asOf ?? null };
    return toReadingsResponse(await this.readings.read(ledgerId, code, stretch));
  }

  @Get('meters/:code/losses')
  @Roles(...READ)
  @ApiOperation({
    summary: 'A meter against those below it, by hour: energy that is unaccounted for.',
  })
  @ApiOkResponse({ standardSchema: LossesResponse })
  async losses(
    @CurrentActor() { ledgerId }: Actor,
    @Param('code', { schema: RecordCode }) code: string,
    @Query({ schema: MonthQuery }) { month }: MonthQuery,
  ): Promise<LossesResponse> {
    const period = civilMonth(MOROCCO_LEGAL_TIME, month);
    return toLossesResponse(code, month, await this.readings.losses(ledgerId, code, period));
  }

  @Get('meters/:code/days/:utcDay/revisions')
  @Roles(...READ)
  @ApiOperation({
    summary: 'All revisions of a meter’s UTC day, oldest first. The last one holds.',
  })
  @ApiOkResponse({ standardSchema: BlockListResponse })
  async revisions(
    @CurrentActor() { ledgerId }: Actor,
    @Param('code', { schema: RecordCode }) code: string,
    @Param('utcDay', { schema: UtcDay }) utcDay: string,
  ): Promise<BlockListResponse> {
    return toBlockListResponse(await this.metering.revisions(ledgerId, code, utcDay));
  }

  @Get('meters/:code/days/:utcDay/differences')
  @Roles(...READ)
  @ApiOperation({ summary: 'What changed between two revisions: who, when, which file and line.' })
  @ApiOkResponse({ standardSchema: DifferenceResponse })
  async differences(
    @CurrentActor() { ledgerId }: Actor,
    @Param('code', { schema: RecordCode }) code: string,
    @Param('utcDay', { schema: UtcDay }) utcDay: string,
    @Query({ schema: DifferenceQuery }) { from, to }: DifferenceQuery,
  ): Promise<DifferenceResponse> {
    const day = { meterCode: code, utcDay };
    return toDifferenceResponse(await this.readings.difference(ledgerId, day, [from, to ?? null]));
  }
}
