import type { Readable } from 'node:stream';
import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { type Actor, CurrentActor, READERS, Roles } from '../../platform/auth/roles.js';
import {
  CallerGone,
  requireUpload,
  STREAMED_TYPES,
  UploadedFile,
} from '../../platform/http/uploads.js';
import { FileImportResponse, toFileImport } from '../imports/file-import.schemas.js';
import {
  AlarmsResponse,
  ConversionRequest,
  ConversionResponse,
  MwhListQuery,
  MwhListResponse,
  ReconciliationQuery,
  ReconciliationResponse,
} from './bridge.schemas.js';
import { BridgeService } from './conversion/bridge.service.js';
import { MwhSourcesService } from './sources/mwh-sources.service.js';
import { ReconciliationService } from './reconciliation/reconciliation.service.js';

const CancellationsResponse = FileImportResponse.meta({ id: 'MwhCancellationImport' });

@ApiTags('MWh certificates')
@Controller('v1')
export class BridgeController {
  constructor(
    private readonly bridge: BridgeService,
    private readonly sources: MwhSourcesService,
    private readonly accounts: ReconciliationService,
  ) {}

  @Post('mwh-conversions')
  @Roles('energy-manager')
  @ApiOperation({
    summary: 'Cancel free hourly certificates and issue certificates of one MWh from them.',
  })
  @ApiCreatedResponse({ standardSchema: ConversionResponse })
  convert(
    @CurrentActor() actor: Actor,
    @Body({ schema: ConversionRequest }) request: ConversionRequest,
  ): Promise<ConversionResponse> {
    return this.bridge.convert(actor, request);
  }

  @Get('mwh-certificates')
  @Roles('operator', ...READERS)
  @ApiOperation({ summary: 'List MWh certificates of a plant in a system, with their parts.' })
  @ApiOkResponse({ standardSchema: MwhListResponse })
  async list(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: MwhListQuery }) query: MwhListQuery,
  ): Promise<MwhListResponse> {
    return { items: [...(await this.accounts.list(ledgerId, query))] };
  }

  @Get('mwh-reconciliations')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Say where a plant’s energy lives, and whether it adds up.' })
  @ApiOkResponse({ standardSchema: ReconciliationResponse })
  reconcile(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: ReconciliationQuery }) query: ReconciliationQuery,
  ): Promise<ReconciliationResponse> {
    return this.accounts.reconcile(ledgerId, query);
  }

  @Get('mwh-alarms')
  @Roles('operator', ...READERS)
  @ApiOperation({ summary: 'List deadlines of issuance and expiries that are near, or past.' })
  @ApiOkResponse({ standardSchema: AlarmsResponse })
  async alarms(
    @CurrentActor() { ledgerId }: Actor,
  ): Promise<{ items: Awaited<ReturnType<ReconciliationService['alarms']>> }> {
    return { items: await this.accounts.alarms(ledgerId) };
  }

  @Post('imports/mwh-cancellations')
  @Roles('operator', 'energy-manager')
  @ApiOperation({
    summary: 'Take in MWh certificates that were cancelled for conversion, as CSV, whole or not.',
  })
  @ApiConsumes(...STREAMED_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ standardSchema: CancellationsResponse })
  async importFile(
    @CurrentActor() actor: Actor,
    @Query({ schema: UploadedFile }) { fileName, dryRun }: UploadedFile,
    @Body() body: Readable,
    @CallerGone() signal: AbortSignal,
  ): Promise<FileImportResponse> {
    const bytes = requireUpload(body);
    return toFileImport(await this.sources.importFile(actor, { fileName, dryRun, signal }, bytes));
  }
}
