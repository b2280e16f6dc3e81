import { Readable } from 'node:stream';
import { Body, Controller, Get, Headers, Inject, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Actor, CurrentActor, Roles } from '../../../platform/auth/roles.js';
import { CONFIG, type Config } from '../../../platform/config.js';
import { CallerGone, INTERVAL_TYPES, requireUpload } from '../../../platform/http/uploads.js';
import { ImportProgressService } from './import-progress.service.js';
import { ImportUpkeepService } from './import-upkeep.service.js';
import { ImportJobsService } from './import-jobs.service.js';
import {
  CommitJobRequest,
  ImportJobListResponse,
  ImportJobResponse,
  toImportJobResponse,
  type Upload,
  UploadQuery,
} from './interval-import.schemas.js';
import { IntervalImportResponse, toIntervalImportResponse } from './interval-import.schemas.js';

const JobId = z.uuid().describe('Id of an import job');
const READ = ['operator', 'energy-manager', 'finance', 'auditor'] as const;

@ApiTags('imports')
@Controller('v1')
export class IntervalImportController {
  constructor(
    private readonly jobs: ImportJobsService,
    private readonly progress: ImportProgressService,
    private readonly upkeep: ImportUpkeepService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post('imports/intervals')
  @Roles('operator', 'energy-manager')
  @ApiOperation({
    summary:
      'Take in a file of intervals (CSV, NEM12, Green Button, JSON; gzip or ZIP), preview it, or hand it to a job.',
    description:
      'Whole or not at all, unless rejects=set-aside. The same bytes read the same way, no effect. Large files answer 202 with a job.',
  })
  @ApiConsumes(...INTERVAL_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ standardSchema: IntervalImportResponse })
  @ApiOkResponse({ standardSchema: ImportJobResponse, description: 'A preview (dryRun=true)' })
  @ApiAcceptedResponse({ standardSchema: ImportJobResponse, description: 'A job; see Location' })
  async upload(
    @CurrentActor() actor: Actor,
    @Query({ schema: UploadQuery }) query: UploadQuery,
    @Body() body: Readable,
    @CallerGone() signal: AbortSignal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IntervalImportResponse | ImportJobResponse> {
    const upload: Upload = {
      fileName: query.fileName,
      profileCode: query.profile ?? null,
      meterCode: query.meter ?? null,
      rejectsMode: query.rejects,
      goal: query.dryRun ? 'preview' : 'commit',
      previewHash: query.previewHash ?? null,
      isCleanOnly: query.commit === 'if-clean',
    };
    await this.upkeep.requireRoom(actor);
    const job = await this.jobs.open(actor, upload, requireUpload(body), 'reading');
    if (query.asJob || job.byteCount > this.config.jobBytes) {
      void reply.status(202).header('location', `/v1/import-jobs/${job.jobId}`);
      return toImportJobResponse(await this.jobs.handOver(job));
    }
    const ended = await this.jobs.runOpened(job, { signal });
    if (query.dryRun) {
      void reply.status(200);
      return toImportJobResponse(ended);
    }
    const result = await this.jobs.resultOf(ended);
    return { ...toIntervalImportResponse(result), jobId: job.jobId };
  }

  @Get('import-jobs')
  @Roles(...READ)
  @ApiOperation({ summary: 'List the latest 200 uploads, newest first.' })
  @ApiOkResponse({ standardSchema: ImportJobListResponse })
  async list(@CurrentActor() { ledgerId }: Actor): Promise<ImportJobListResponse> {
    await this.upkeep.endLeft(ledgerId);
    return { items: (await this.jobs.list(ledgerId)).map(toImportJobResponse) };
  }

  @Get('import-jobs/:jobId')
  @Roles(...READ)
  @ApiOperation({ summary: 'Read one upload: where it stands, its preview, its problem.' })
  @ApiOkResponse({ standardSchema: ImportJobResponse })
  async read(
    @CurrentActor() { ledgerId }: Actor,
    @Param('jobId', { schema: JobId }) jobId: string,
  ): Promise<ImportJobResponse> {
    await this.upkeep.endLeft(ledgerId);
    return toImportJobResponse(await this.jobs.get(ledgerId, jobId));
  }

  @Post('import-jobs/:jobId/commits')
  @Roles('operator', 'energy-manager')
  @ApiOperation({ summary: 'Commit a previewed upload, exactly as the preview showed it.' })
  @ApiAcceptedResponse({ standardSchema: ImportJobResponse })
  async commit(
    @CurrentActor() actor: Actor,
    @Param('jobId', { schema: JobId }) jobId: string,
    @Body({ schema: CommitJobRequest }) { previewHash }: CommitJobRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportJobResponse> {
    const job = await this.jobs.commitPreviewed(actor, jobId, previewHash);
    if (job.byteCount > this.config.jobBytes) {
      void reply.status(202);
      return toImportJobResponse(await this.jobs.handOver(job));
    }
    return toImportJobResponse(await this.jobs.run(actor.ledgerId, jobId));
  }

  @Post('import-jobs/:jobId/cancellations')
  @Roles('operator', 'energy-manager')
  @ApiOperation({ summary: 'Stop an upload that is on its way, or lay a preview aside.' })
  @ApiCreatedResponse({ standardSchema: ImportJobResponse })
  async cancel(
    @CurrentActor() { ledgerId }: Actor,
    @Param('jobId', { schema: JobId }) jobId: string,
  ): Promise<ImportJobResponse> {
    return toImportJobResponse(await this.jobs.cancel(ledgerId, jobId));
  }

  @Get('import-jobs/:jobId/rejects')
  @Roles(...READ)
  @ApiOperation({ summary: 'The rejected rows as CSV, with what is wrong: mend, and send again.' })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async rejects(
    @CurrentActor() { ledgerId }: Actor,
    @Param('jobId', { schema: JobId }) jobId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const rows = await this.jobs.rejects(ledgerId, jobId);
    void reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="rejects.csv"')
      .send(rows);
  }

  @Get('import-jobs/:jobId/events')
  @Roles(...READ)
  @ApiOperation({ summary: 'Progress as server-sent events; the id of an event is its watermark.' })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string' } })
  async events(
    @CurrentActor() actor: Actor,
    @Param('jobId', { schema: JobId }) jobId: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @CallerGone() gone: AbortSignal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const of = { jobId, lastEventId: lastEventId ?? '' };
    const events = Readable.from(await this.progress.open(actor, of, gone));
    void reply
      .type('text/event-stream')
      .header('cache-control', 'no-cache, no-transform')
      .header('x-accel-buffering', 'no')
      .send(events);
  }
}
