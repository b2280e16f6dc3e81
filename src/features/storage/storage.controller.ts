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
import { StorageRecordsService } from './records/storage-records.service.js';
import {
  StorageQuery,
  StorageRecordListResponse,
  StorageReportResponse,
  StorageRunRequest,
  StorageRunResponse,
  toAllocationResponse,
  toStorageRecordResponse,
  toStorageRun,
} from './storage.schemas.js';
import { StorageService } from './runs/storage.service.js';
import { StorageViewService } from './storage-view.service.js';

const StorageImportResponse = FileImportResponse.meta({ id: 'StorageImport' });

@ApiTags('storage')
@Controller('v1')
export class StorageController {
  constructor(
    private readonly records: StorageRecordsService,
    private readonly storage: StorageService,
    private readonly views: StorageViewService,
  ) {}

  @Post('imports/storage-records')
  @Roles('operator', 'energy-manager')
  @ApiOperation({ summary: 'Take in charges and discharges as CSV, whole or not at all.' })
  @ApiConsumes(...STREAMED_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ standardSchema: StorageImportResponse })
  async importFile(
    @CurrentActor() actor: Actor,
    @Query({ schema: UploadedFile }) { fileName, dryRun }: UploadedFile,
    @Body() body: Readable,
    @CallerGone() signal: AbortSignal,
  ): Promise<FileImportResponse> {
    const bytes = requireUpload(body);
    return toFileImport(await this.records.importFile(actor, { fileName, dryRun, signal }, bytes));
  }

  @Get('storage-records')
  @Roles('operator', ...READERS)
  @ApiOperation({ summary: 'List charges and discharges, with what became of each.' })
  @ApiOkResponse({ standardSchema: StorageRecordListResponse })
  async list(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: StorageQuery }) query: StorageQuery,
  ): Promise<StorageRecordListResponse> {
    return { items: (await this.views.records(ledgerId, query)).map(toStorageRecordResponse) };
  }

  @Post('storage-runs')
  @Roles('energy-manager')
  @ApiOperation({
    summary: 'Trace discharges to charges, and certify again what was certified before.',
  })
  @ApiCreatedResponse({ standardSchema: StorageRunResponse })
  async trace(
    @CurrentActor() actor: Actor,
    @Body({ schema: StorageRunRequest }) request: StorageRunRequest,
  ): Promise<StorageRunResponse> {
    const { run, allocations } = await this.storage.trace(actor, request);
    return { ...toStorageRun(run), allocations: allocations.map(toAllocationResponse) };
  }

  @Get('storage-reports')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Sum a storage device over a period: charge, discharge, losses.' })
  @ApiOkResponse({ standardSchema: StorageReportResponse })
  async report(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: StorageQuery }) query: StorageQuery,
  ): Promise<StorageReportResponse> {
    return { ...query, ...(await this.views.report(ledgerId, query)) };
  }
}
