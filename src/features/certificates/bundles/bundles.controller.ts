import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { DomainError } from '../../../core/errors.js';
import { type Actor, CurrentActor, Roles } from '../../../platform/auth/roles.js';
import { DryRunQuery } from '../../../platform/http/uploads.js';
import {
  ActionRequest,
  ActionResponse,
  BundleListResponse,
  ExpiringResponse,
  ExpiryQuery,
  ExpirySweepResponse,
  IDEMPOTENCY_KEY,
  toBundleResponse,
} from './bundles.schemas.js';
import { ExpiryService } from '../expiry/expiry.service.js';
import { BundlesService } from './bundles.service.js';

@ApiTags('certificates')
@Controller('v1')
export class BundlesController {
  constructor(
    private readonly bundles: BundlesService,
    private readonly expiry: ExpiryService,
  ) {}

  @Post('certificate-actions')
  @Roles('energy-manager')
  @ApiOperation({
    summary: 'Split, transfer, reserve, release, cancel, claim, lock, unlock, withdraw or expire.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiCreatedResponse({ standardSchema: ActionResponse })
  async act(
    @CurrentActor() actor: Actor,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: ActionRequest }) request: ActionRequest,
    @Query({ schema: DryRunQuery }) { dryRun }: DryRunQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ActionResponse> {
    const asked = requireKey(key);
    const { response, isReplayed } = await this.bundles.act(actor, asked, request, { dryRun });
    if (isReplayed) void reply.header('idempotent-replayed', 'true');
    return response as ActionResponse;
  }

  @Get('certificate-expiries')
  @Roles('operator', 'energy-manager', 'finance', 'auditor')
  @ApiOperation({ summary: 'What expires soon, by UTC day and plant.' })
  @ApiOkResponse({ standardSchema: ExpiringResponse })
  async expiring(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: ExpiryQuery }) { withinDays }: ExpiryQuery,
  ): Promise<ExpiringResponse> {
    return { items: [...(await this.expiry.expiring(ledgerId, withinDays))] };
  }

  @Post('certificate-expiries')
  @HttpCode(200)
  @Roles('energy-manager')
  @ApiOperation({ summary: 'Expire what should have expired; again, and there is nothing to do.' })
  @ApiOkResponse({ standardSchema: ExpirySweepResponse })
  async sweep(@CurrentActor() actor: Actor): Promise<ExpirySweepResponse> {
    const { expiredCount, expiredWh, kept } = await this.expiry.sweep(actor);
    return { expiredCount, expiredWh, kept: [...kept] };
  }

  @Get('certificates/:certificateId/bundles')
  @Roles('operator', 'energy-manager', 'finance', 'auditor')
  @ApiOperation({ summary: 'List the bundles of a certificate, those that were split among them.' })
  @ApiOkResponse({ standardSchema: BundleListResponse })
  async list(
    @CurrentActor() { ledgerId }: Actor,
    @Param('certificateId', { schema: z.uuid() }) certificateId: string,
  ): Promise<BundleListResponse> {
    const bundles = await this.bundles.ofCertificate(ledgerId, certificateId);
    return { items: bundles.map(toBundleResponse) };
  }
}

function requireKey(key: string | undefined): string {
  if (key !== undefined && IDEMPOTENCY_KEY.test(key)) return key;
  throw new DomainError('idempotency.key_missing', {
    fix: 'Send an Idempotency-Key of 1 to 255 visible ASCII characters, a new one per action.',
  });
}
