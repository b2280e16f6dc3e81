import type { Readable } from 'node:stream';
import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
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
import {
  AttestationJobListResponse,
  AttestationJobResponse,
  AttestationRequest,
  toAttestationJobResponse,
} from './attestation.schemas.js';
import { AttestationJobsService } from './attestation-jobs.service.js';

const JobId = z.uuid().describe('Id of an attestation job');

@ApiTags('attestation')
@Controller('v1/attestations')
export class AttestationController {
  constructor(private readonly jobs: AttestationJobsService) {}

  @Post()
  @Roles(...READERS)
  @ApiOperation({
    summary: 'Make a month’s attestation pack, as a job.',
    description:
      'Seals in the log which of its events the month rests on, has the log signed, and makes the pack that anybody checks away from the ledger. Where nothing came since that matters to the month, the same pack is made. Where the same is on its way, that one is given.',
  })
  @ApiAcceptedResponse({ standardSchema: AttestationJobResponse, description: 'See Location' })
  async open(
    @CurrentActor() actor: Actor,
    @Body({ schema: AttestationRequest }) { month, siteCode, since }: AttestationRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AttestationJobResponse> {
    const job = await this.jobs.open(actor, { month, siteCode: siteCode ?? null }, since ?? []);
    void reply.status(202).header('location', `/v1/attestations/${job.jobId}`);
    return toAttestationJobResponse(job);
  }

  @Get()
  @Roles(...READERS)
  @ApiOperation({ summary: 'List the latest 50 attestation jobs, newest first.' })
  @ApiOkResponse({ standardSchema: AttestationJobListResponse })
  async list(@CurrentActor() { ledgerId }: Actor): Promise<AttestationJobListResponse> {
    return { items: (await this.jobs.list(ledgerId)).map(toAttestationJobResponse) };
  }

  @Get(':jobId')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Read an attestation job: how far it is, or what it made.' })
  @ApiOkResponse({ standardSchema: AttestationJobResponse })
  async read(
    @CurrentActor() { ledgerId }: Actor,
    @Param('jobId', { schema: JobId }) jobId: string,
  ): Promise<AttestationJobResponse> {
    return toAttestationJobResponse(await this.jobs.get(ledgerId, jobId));
  }

  @Get(':jobId/pack')
  @Roles(...READERS)
  @ApiOperation({ summary: 'The pack that a job made, byte for byte.' })
  @ApiProduces('application/zip')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async pack(
    @CurrentActor() { ledgerId }: Actor,
    @Param('jobId', { schema: JobId }) jobId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { job, bytes } = await this.jobs.openPack(ledgerId, jobId);
    sendPack(reply, { name: `pack-${job.siteCode}-${job.month}.zip`, sha256: job.sha256!, bytes });
  }
}

function sendPack(
  reply: FastifyReply,
  {
    name,
    sha256,
    bytes,
  }: { readonly name: string; readonly sha256: string; readonly bytes: Readable },
): void {
  void reply
    .type('application/zip')
    .header('etag', `"${sha256}"`)
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(bytes);
}
