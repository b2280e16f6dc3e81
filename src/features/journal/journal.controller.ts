import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Roles } from '../../platform/auth/roles.js';
import { DryRunQuery } from '../../platform/http/uploads.js';
import {
  EntryAt,
  EntryTraceResponse,
  ExportedResponse,
  toEntryTraceResponse,
  toExportedResponse,
} from './journal-answers.schemas.js';
import {
  BatchId,
  BatchListResponse,
  BatchResponse,
  FormatQuery,
  JournalRequest,
  toBatchResponse,
  toBatchSummary,
} from './journal.schemas.js';
import { JournalService } from './journal.service.js';
import { batchFile } from './journal.document.js';
import { JournalTraceService } from './journal-trace.service.js';

@ApiTags('journal')
@Controller('v1/exports')
export class JournalController {
  constructor(
    private readonly journal: JournalService,
    private readonly traces: JournalTraceService,
  ) {}

  @Get()
  @Roles('finance', 'auditor')
  @ApiOperation({ summary: 'List the batches of entries, in the order of their export.' })
  @ApiOkResponse({ standardSchema: BatchListResponse })
  async list(@CurrentActor() { ledgerId }: Actor): Promise<BatchListResponse> {
    return { items: (await this.journal.list(ledgerId)).map(toBatchSummary) };
  }

  @Post('journal')
  @Roles('finance')
  @ApiOperation({
    summary:
      'Export a month’s entries: documents received, and what is settled, approved and not billed.',
  })
  @ApiCreatedResponse({ standardSchema: ExportedResponse })
  async export(
    @CurrentActor() actor: Actor,
    @Body({ schema: JournalRequest }) { month, accountMapCode }: JournalRequest,
    @Query({ schema: DryRunQuery }) { dryRun }: DryRunQuery,
  ): Promise<ExportedResponse> {
    const exported = await this.journal.export(actor, month, accountMapCode, { dryRun });
    return toExportedResponse(exported, dryRun);
  }

  @Get(':batchId')
  @Roles('finance', 'auditor')
  @ApiOperation({ summary: 'Read a batch as it was exported.' })
  @ApiOkResponse({ standardSchema: BatchResponse })
  async read(
    @CurrentActor() { ledgerId }: Actor,
    @Param('batchId', { schema: BatchId }) batchId: string,
  ): Promise<BatchResponse> {
    return toBatchResponse(await this.journal.get(ledgerId, batchId));
  }

  @Get(':batchId/entries/:at/trace')
  @Roles('finance', 'auditor')
  @ApiOperation({
    summary: 'Walk an entry down: document or settlement, its lines, price rows and clauses.',
  })
  @ApiOkResponse({ standardSchema: EntryTraceResponse })
  async trace(
    @CurrentActor() { ledgerId }: Actor,
    @Param('batchId', { schema: BatchId }) batchId: string,
    @Param('at', { schema: EntryAt }) at: number,
  ): Promise<EntryTraceResponse> {
    return toEntryTraceResponse(await this.traces.trace(ledgerId, batchId, at));
  }

  @Get(':batchId/file')
  @Roles('finance', 'auditor')
  @Header('content-type', 'text/csv; charset=utf-8')
  @ApiOperation({ summary: 'A batch as neutral CSV, or for Odoo or Oracle.' })
  @ApiOkResponse({ content: { 'text/csv': { schema: { type: 'string' } } } })
  async file(
    @CurrentActor() { ledgerId }: Actor,
    @Param('batchId', { schema: BatchId }) batchId: string,
    @Query({ schema: FormatQuery }) { format }: FormatQuery,
  ): Promise<string> {
    return batchFile(await this.journal.get(ledgerId, batchId), format);
  }

  @Post(':batchId/reversal')
  @HttpCode(201)
  @Roles('finance')
  @ApiOperation({ summary: 'Take a batch back by contra-entries in a new one.' })
  @ApiCreatedResponse({ standardSchema: BatchResponse })
  async reverse(
    @CurrentActor() actor: Actor,
    @Param('batchId', { schema: BatchId }) batchId: string,
  ): Promise<BatchResponse> {
    return toBatchResponse(await this.journal.reverse(actor, batchId));
  }
}
