import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Roles } from '../../platform/auth/roles.js';
import {
  IssuedKeyResponse,
  IssueKeyRequest,
  KeyId,
  KeyListResponse,
  KeyResponse,
  toIssuedKeyResponse,
  toKeyResponse,
} from './access.schemas.js';
import { AccessService } from './access.service.js';

@ApiTags('keys')
@Controller('v1/api-keys')
export class AccessController {
  constructor(private readonly access: AccessService) {}

  @Get()
  @Roles('admin')
  @ApiOperation({ summary: 'List the keys of the ledger. Secrets are not kept, so none is shown.' })
  @ApiOkResponse({ standardSchema: KeyListResponse })
  async list(@CurrentActor() { ledgerId }: Actor): Promise<KeyListResponse> {
    return { items: (await this.access.list(ledgerId)).map(toKeyResponse) };
  }

  @Post()
  @Roles('admin')
  @ApiOperation({ summary: 'Issue a key. The answer is the only time it is shown.' })
  @ApiCreatedResponse({ standardSchema: IssuedKeyResponse })
  async issue(
    @CurrentActor() actor: Actor,
    @Body({ schema: IssueKeyRequest }) { name, role, expiresAt }: IssueKeyRequest,
  ): Promise<IssuedKeyResponse> {
    const until = expiresAt === null ? null : new Date(expiresAt);
    return toIssuedKeyResponse(await this.access.issue(actor, { name, role, expiresAt: until }));
  }

  @Post(':keyId/revocations')
  @HttpCode(200)
  @Roles('admin')
  @ApiOperation({ summary: 'Revoke a key at once.' })
  @ApiOkResponse({ standardSchema: KeyResponse })
  async revoke(
    @CurrentActor() actor: Actor,
    @Param('keyId', { schema: KeyId }) keyId: string,
  ): Promise<KeyResponse> {
    return toKeyResponse(await this.access.revoke(actor, keyId));
  }
}
