import type { Readable } from 'node:stream';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { type Actor, CurrentActor, Roles } from '../../platform/auth/roles.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { requireUpload } from '../../platform/http/uploads.js';
import {
  BlockListResponse,
  FileName,
  IntervalImportResponse,
  toBlockListResponse,
  toIntervalImportResponse,
  UtcDay,
} from './metering.schemas.js';
import { MeteringService } from './metering.service.js';

@ApiTags('metering')
@Controller('v1')
export class MeteringController {
  constructor(private readonly metering: MeteringService) {}

  @Post('imports/intervals')
  @Roles('operator', 'energy-manager')
  @ApiOperation({
    summary: 'Take in a CSV of intervals, whole or not at all. Same bytes, no effect.',
  })
  @ApiConsumes('text/csv')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ standardSchema: IntervalImportResponse })
  async importFile(
    @CurrentActor() actor: Actor,
    @Query({ schema: FileName }) { fileName }: FileName,
    @Body() body: Readable,
  ): Promise<IntervalImportResponse> {
    const result = await this.metering.importFile(actor, fileName, requireUpload(body));
    return toIntervalImportResponse(result);
  }

  @Get('meters/:code/days/:utcDay/revisions')
  @Roles('operator', 'energy-manager', 'finance', 'auditor')
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
}
