import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import { type Actor, CurrentActor, READERS, Roles } from '../../platform/auth/roles.js';
import { CheckpointsService } from './checkpoints.service.js';
import { LogProofsService } from './log-proofs.service.js';
import { SigningKeysService } from './signing-keys.service.js';
import {
  CheckpointResponse,
  ConsistencyQuery,
  InclusionQuery,
  Kid,
  RenewKeyRequest,
  RevokeKeyRequest,
  RowProofQuery,
  SigningKeyResponse,
  SigningKeysResponse,
  toCheckpointResponse,
  toSigningKeyResponse,
  toTreeProofResponse,
  TreeProofResponse,
} from './signing.schemas.js';
import {
  StampedCheckpointsResponse,
  toStampedCheckpoint,
} from './stamps/checkpoint-stamps.schemas.js';
import { CheckpointStampsService } from './stamps/checkpoint-stamps.service.js';

@ApiTags('ledger')
@Controller('v1/ledger')
export class SigningController {
  constructor(
    private readonly checkpoints: CheckpointsService,
    private readonly keys: SigningKeysService,
    private readonly proofs: LogProofsService,
    private readonly stamps: CheckpointStampsService,
  ) {}

  @Get('checkpoint')
  @Roles(...READERS, 'admin')
  @ApiOperation({ summary: 'The last state of the log that was signed.' })
  @ApiOkResponse({ standardSchema: CheckpointResponse })
  async latest(@CurrentActor() { ledgerId }: Actor): Promise<CheckpointResponse> {
    return toCheckpointResponse(await this.checkpoints.latest(ledgerId));
  }

  @Post('checkpoints')
  @HttpCode(200)
  @Roles(...READERS, 'admin')
  @ApiOperation({ summary: 'Have the log signed as it ends now; the same state is signed once.' })
  @ApiOkResponse({ standardSchema: CheckpointResponse })
  async sign(@CurrentActor() { ledgerId }: Actor): Promise<CheckpointResponse> {
    return toCheckpointResponse(await this.checkpoints.sign(ledgerId));
  }

  @Get('timestamps')
  @Roles(...READERS, 'admin')
  @ApiOperation({
    summary: 'Signed states that a time-stamp authority stamped (RFC 3161), the latest first.',
  })
  @ApiOkResponse({ standardSchema: StampedCheckpointsResponse })
  async timestamps(@CurrentActor() { ledgerId }: Actor): Promise<StampedCheckpointsResponse> {
    return { items: (await this.stamps.list(ledgerId)).map(toStampedCheckpoint) };
  }

  @Get('signing-keys')
  @Roles(...READERS, 'admin')
  @ApiOperation({ summary: 'Every key that signs, or signed, states of the log.' })
  @ApiOkResponse({ standardSchema: SigningKeysResponse })
  async list(@CurrentActor() { ledgerId }: Actor): Promise<SigningKeysResponse> {
    const keys = await this.keys.list(ledgerId);
    return { items: keys.map((key) => toSigningKeyResponse(ledgerId, key)) };
  }

  @Post('signing-keys')
  @Roles('admin')
  @ApiOperation({ summary: 'Take a new signing key; the one before signs no more.' })
  @ApiCreatedResponse({ standardSchema: SigningKeyResponse })
  async renew(
    @CurrentActor() actor: Actor,
    @Body({ schema: RenewKeyRequest }) { reason }: RenewKeyRequest,
  ): Promise<SigningKeyResponse> {
    return toSigningKeyResponse(actor.ledgerId, await this.keys.renew(actor, reason));
  }

  @Post('signing-keys/:kid/revocations')
  @HttpCode(200)
  @Roles('admin')
  @ApiOperation({
    summary: 'Say in the log that others had a signing key from an instant on; it signs no more.',
  })
  @ApiOkResponse({ standardSchema: SigningKeyResponse })
  async revoke(
    @CurrentActor() actor: Actor,
    @Param('kid', { schema: Kid }) kid: string,
    @Body({ schema: RevokeKeyRequest }) request: RevokeKeyRequest,
  ): Promise<SigningKeyResponse> {
    return toSigningKeyResponse(actor.ledgerId, await this.keys.revoke(actor, kid, request));
  }

  @Get('proofs/inclusion')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Proof that an event stands at its place in the log (RFC 9162 2.1.3).' })
  @ApiOkResponse({ standardSchema: TreeProofResponse })
  async inclusion(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: InclusionQuery }) { seq, size }: InclusionQuery,
  ): Promise<TreeProofResponse> {
    return toTreeProofResponse(await this.proofs.inclusion(ledgerId, seq, size));
  }

  @Get('proofs/consistency')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Proof that the log only grew since an earlier size (RFC 9162 2.1.4).' })
  @ApiOkResponse({ standardSchema: TreeProofResponse })
  async consistency(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: ConsistencyQuery }) { from, size }: ConsistencyQuery,
  ): Promise<TreeProofResponse> {
    return toTreeProofResponse(await this.proofs.consistency(ledgerId, from, size));
  }

  @Get('proofs/row')
  @Roles(...READERS)
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOperation({
    summary:
      'Proof that a row is in the log, under the last state that was signed (C2SP tlog-proof).',
  })
  @ApiOkResponse({ schema: { type: 'string' } })
  row(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: RowProofQuery }) { eventId, row }: RowProofQuery,
  ): Promise<string> {
    return this.proofs.row(ledgerId, eventId, row);
  }
}
