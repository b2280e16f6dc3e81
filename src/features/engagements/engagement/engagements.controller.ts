import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Engagement } from '../../../core/engagements/engagement.js';
import { type Actor, CurrentActor, READERS, Roles } from '../../../platform/auth/roles.js';
import { EngagementLogService } from './engagement-log.service.js';
import {
  AnswerRequest,
  ClosureRequest,
  EngagementId,
  EngagementListResponse,
  EngagementRequest,
  EngagementResponse,
  NonceRequest,
  SignOffRequest,
  ThreadId,
  ThreadRequest,
  toEngagementResponse,
} from './engagements.schemas.js';
import { EngagementsService } from './engagements.service.js';

@ApiTags('engagements')
@Controller('v1/engagements')
export class EngagementsController {
  constructor(
    private readonly engagements: EngagementsService,
    private readonly log: EngagementLogService,
  ) {}

  @Post()
  @Roles('energy-manager', 'admin')
  @ApiOperation({
    summary: 'Open an engagement: what is audited, to which standard, by whom and until when.',
  })
  @ApiCreatedResponse({ standardSchema: EngagementResponse })
  async open(
    @CurrentActor() actor: Actor,
    @Body({ schema: EngagementRequest }) request: EngagementRequest,
  ): Promise<EngagementResponse> {
    return this.shown(actor, await this.engagements.open(actor, request));
  }

  @Get()
  @Roles(...READERS)
  @ApiOperation({ summary: 'List the engagements in the order in which they were opened.' })
  @ApiOkResponse({ standardSchema: EngagementListResponse })
  async list(@CurrentActor() { ledgerId }: Actor): Promise<EngagementListResponse> {
    const [all, names] = [await this.engagements.list(ledgerId), await this.log.names(ledgerId)];
    return { items: all.map((one) => toEngagementResponse(one, names)) };
  }

  @Get(':engagementId')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Read an engagement: states, samples, requests, findings, sign-off.' })
  @ApiOkResponse({ standardSchema: EngagementResponse })
  async read(
    @CurrentActor() actor: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
  ): Promise<EngagementResponse> {
    return this.shown(actor, await this.engagements.get(actor.ledgerId, engagementId));
  }

  @Post(':engagementId/checkpoints')
  @HttpCode(200)
  @Roles('auditor')
  @ApiOperation({
    summary: 'Fix the state of the log that is audited: it is signed, and its statements named.',
  })
  @ApiOkResponse({ standardSchema: EngagementResponse })
  async fix(
    @CurrentActor() actor: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
  ): Promise<EngagementResponse> {
    return this.shown(actor, await this.engagements.fix(actor, engagementId));
  }

  @Post(':engagementId/nonces')
  @HttpCode(200)
  @Roles('auditor')
  @ApiOperation({
    summary:
      'Give the nonce of a sample’s seed. Refused before a state was signed, and once given.',
  })
  @ApiOkResponse({ standardSchema: EngagementResponse })
  async giveNonce(
    @CurrentActor() actor: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
    @Body({ schema: NonceRequest }) { nonce }: NonceRequest,
  ): Promise<EngagementResponse> {
    return this.shown(actor, await this.engagements.giveNonce(actor, engagementId, nonce));
  }

  @Post(':engagementId/threads')
  @HttpCode(200)
  @Roles('auditor')
  @ApiOperation({ summary: 'Raise a request or a finding.' })
  @ApiOkResponse({ standardSchema: EngagementResponse })
  async raise(
    @CurrentActor() actor: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
    @Body({ schema: ThreadRequest }) request: ThreadRequest,
  ): Promise<EngagementResponse> {
    return this.shown(actor, await this.engagements.raise(actor, engagementId, request));
  }

  @Post(':engagementId/threads/:threadId/answers')
  @HttpCode(200)
  @Roles(...READERS)
  @ApiOperation({ summary: 'Answer a request or a finding.' })
  @ApiOkResponse({ standardSchema: EngagementResponse })
  async answer(
    @CurrentActor() actor: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
    @Param('threadId', { schema: ThreadId }) threadId: string,
    @Body({ schema: AnswerRequest }) { text }: AnswerRequest,
  ): Promise<EngagementResponse> {
    return this.shown(
      actor,
      await this.engagements.answer(actor, engagementId, { threadId, text }),
    );
  }

  @Post(':engagementId/threads/:threadId/closures')
  @HttpCode(200)
  @Roles('auditor')
  @ApiOperation({ summary: 'Close a request or a finding with its outcome.' })
  @ApiOkResponse({ standardSchema: EngagementResponse })
  async close(
    @CurrentActor() actor: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
    @Param('threadId', { schema: ThreadId }) threadId: string,
    @Body({ schema: ClosureRequest }) { outcome }: ClosureRequest,
  ): Promise<EngagementResponse> {
    const of = { threadId, outcome };
    return this.shown(actor, await this.engagements.close(actor, engagementId, of));
  }

  @Post(':engagementId/sign-offs')
  @HttpCode(200)
  @Roles('auditor')
  @ApiOperation({
    summary: 'Sign off: the work is done, and nothing of the engagement changes from here on.',
  })
  @ApiOkResponse({ standardSchema: EngagementResponse })
  async signOff(
    @CurrentActor() actor: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
    @Body({ schema: SignOffRequest }) { reportSha256 }: SignOffRequest,
  ): Promise<EngagementResponse> {
    return this.shown(actor, await this.engagements.signOff(actor, engagementId, reportSha256));
  }

  private async shown(actor: Actor, engagement: Engagement): Promise<EngagementResponse> {
    return toEngagementResponse(engagement, await this.log.names(actor.ledgerId));
  }
}
