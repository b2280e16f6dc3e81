import { Readable } from 'node:stream';
import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Actor, CurrentActor, READERS, Roles } from '../../platform/auth/roles.js';
import { requireNoBody } from '../../platform/http/problems.js';
import { CallerGone } from '../../platform/http/uploads.js';
import {
  KeptVerificationResponse,
  toKeptVerificationResponse,
  toVerificationJobResponse,
  VerificationJobListResponse,
  VerificationJobResponse,
  VerificationRequestQuery,
} from './verification.schemas.js';
import { VerificationJobsService } from './verification-jobs.service.js';
import { VerificationProgressService } from './verification-progress.service.js';

const JobId = z
  .union([z.uuid(), z.literal('latest')])
  .describe('Id of a verification; `latest` for the last that ended');

@ApiTags('ledger')
@Controller('v1/ledger/verifications')
export class VerificationController {
  constructor(
    private readonly jobs: VerificationJobsService,
    private readonly progress: VerificationProgressService,
  ) {}

  @Post()
  @Roles(...READERS)
  @ApiOperation({
    summary: 'Start a verification as a job: of what came since the last one, or of everything.',
    description:
      'Events up to the head of the last verification, and their rows, are not hashed again unless full=true: an old row that somebody edited since, past the program, is only seen by a full one. Where one of the same kind is on its way, that one is given.',
  })
  @ApiAcceptedResponse({ standardSchema: VerificationJobResponse, description: 'See Location' })
  async open(
    @CurrentActor() actor: Actor,
    @Query({ schema: VerificationRequestQuery }) { full, files }: VerificationRequestQuery,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VerificationJobResponse> {
    // Who sends full in a body would be given less than he asked for.
    requireNoBody(body);
    const wanted = { isFull: full, hasFiles: files };
    const job = await this.jobs.open(actor, wanted);
    void reply.status(202).header('location', `/v1/ledger/verifications/${job.jobId}`);
    return toVerificationJobResponse(job);
  }

  @Get()
  @Roles(...READERS)
  @ApiOperation({ summary: 'List the latest 50 verifications, newest first.' })
  @ApiOkResponse({ standardSchema: VerificationJobListResponse })
  async list(@CurrentActor() { ledgerId }: Actor): Promise<VerificationJobListResponse> {
    return { items: (await this.jobs.list(ledgerId)).map(toVerificationJobResponse) };
  }

  @Get(':jobId')
  @Roles(...READERS)
  @ApiOperation({
    summary: 'Read a verification: how far it is, or what it found, and how it was reached.',
  })
  @ApiOkResponse({ standardSchema: KeptVerificationResponse })
  async read(
    @CurrentActor() { ledgerId }: Actor,
    @Param('jobId', { schema: JobId }) jobId: string,
  ): Promise<KeptVerificationResponse> {
    return toKeptVerificationResponse(await this.jobs.kept(ledgerId, jobId));
  }

  @Get(':jobId/events')
  @Roles(...READERS)
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
