import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, READERS, Roles } from '../../platform/auth/roles.js';
import { MarkerResponse, ResumptionRequest, toMarkerResponse } from './marker.schemas.js';
import { ResumptionsService } from './resumptions.service.js';

@ApiTags('ledger')
@Controller('v1/ledger')
export class MarkerController {
  constructor(private readonly resumptions: ResumptionsService) {}

  @Get('marker')
  @Roles(...READERS, 'admin')
  @ApiOperation({
    summary: 'How the log stands to the last end that is known of it outside of the database.',
  })
  @ApiOkResponse({ standardSchema: MarkerResponse })
  async read(@CurrentActor() { ledgerId }: Actor): Promise<MarkerResponse> {
    return toMarkerResponse(await this.resumptions.view(ledgerId));
  }

  @Post('resumptions')
  @HttpCode(200)
  @Roles('admin')
  @ApiOperation({
    summary: 'Ask to go on without events that are lost; another admin confirms it.',
  })
  @ApiOkResponse({ standardSchema: MarkerResponse })
  async ask(
    @CurrentActor() actor: Actor,
    @Body({ schema: ResumptionRequest }) { reason }: ResumptionRequest,
  ): Promise<MarkerResponse> {
    return toMarkerResponse(await this.resumptions.ask(actor, reason));
  }

  @Post('resumptions/confirmations')
  @HttpCode(200)
  @Roles('admin')
  @ApiOperation({
    summary: 'Confirm it: the loss is sealed in the log, which goes on from where it is.',
  })
  @ApiOkResponse({ standardSchema: MarkerResponse })
  async confirm(@CurrentActor() actor: Actor): Promise<MarkerResponse> {
    return toMarkerResponse(await this.resumptions.confirm(actor));
  }
}
