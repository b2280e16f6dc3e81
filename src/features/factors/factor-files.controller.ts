import { Body, Controller, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Roles } from '../../platform/auth/roles.js';
import { CallerGone, requireUpload, STREAMED_TYPES } from '../../platform/http/uploads.js';
import { FactorFileQuery, FactorFileResponse } from './factor-files.schemas.js';
import { FactorFilesService } from './factor-files.service.js';

@ApiTags('factors')
@Controller('v1/imports/factors')
export class FactorFilesController {
  constructor(private readonly files: FactorFilesService) {}

  @Post()
  @Roles('energy-manager')
  @ApiConsumes(...STREAMED_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOperation({
    summary: 'Add the values of an emission factor from CSV: by month, by hour, or finer.',
  })
  @ApiCreatedResponse({ standardSchema: FactorFileResponse })
  importFile(
    @CurrentActor() actor: Actor,
    @Query({ schema: FactorFileQuery }) query: FactorFileQuery,
    @Body() body: unknown,
    @CallerGone() signal: AbortSignal,
  ): Promise<FactorFileResponse> {
    return this.files.importFile(actor, { ...query, signal }, requireUpload(body));
  }
}
