import type { Readable } from 'node:stream';
import { Body, Controller, Headers, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { type Actor, CurrentActor, Roles } from '../../../platform/auth/roles.js';
import { CallerGone, requireUpload, STREAMED_TYPES } from '../../../platform/http/uploads.js';
import { FileImportResponse, toFileImport } from '../../imports/file-import.schemas.js';
import { TransferQuery } from './transfers.schemas.js';
import { TransfersService } from './transfers.service.js';

const TransferResponse = FileImportResponse.meta({ id: 'TransferImport' });

@ApiTags('certificates')
@Controller('v1/imports/bundles')
export class TransfersController {
  constructor(private readonly transfers: TransfersService) {}

  @Post()
  @Roles('operator', 'energy-manager')
  @ApiOperation({ summary: 'Take in bundles from another registry as JSON, whole or not at all.' })
  @ApiHeader({
    name: 'X-Mizan-Signature',
    required: false,
    description: 'Detached JWS (EdDSA) of the registry over the bytes of the file',
  })
  @ApiConsumes(...STREAMED_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ standardSchema: TransferResponse })
  async importFile(
    @CurrentActor() actor: Actor,
    @Headers('x-mizan-signature') signature: string | undefined,
    @Query({ schema: TransferQuery }) query: TransferQuery,
    @Body() body: Readable,
    @CallerGone() signal: AbortSignal,
  ): Promise<FileImportResponse> {
    const from = { ...query, signature: signature ?? null, signal };
    return toFileImport(await this.transfers.importFile(actor, from, requireUpload(body)));
  }
}
