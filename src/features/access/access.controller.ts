import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { type Actor, CurrentActor, Roles } from '../../platform/auth/roles.js';
import {
  IssuedKeyResponse,
  IssueKeyRequest,
  KeyId,
  KeyListResponse,
  KeyResponse,
  PrincipalId,
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
  @ApiOperation({
    summary:
      'Issue a key. The answer is the only time it is shown; one that may write waits for another admin.',
  })
  @ApiCreatedResponse({ standardSchema: IssuedKeyResponse })
  async issue(
    @CurrentActor() actor: Actor,
    @Body({ schema: IssueKeyRequest }) { name, role, expiresAt, kind }: IssueKeyRequest,
  ): Promise<IssuedKeyResponse> {
    const until = expiresAt === null ? null : new Date(expiresAt);
    const request = { name, role, expiresAt: until, ...(kind === undefined ? {} : { kind }) };
    return toIssuedKeyResponse(await this.access.issue(actor, request));
  }

  @Post(':keyId/confirmations')
  @HttpCode(200)
  @Roles('admin')
  @ApiOperation({ summary: 'Confirm a key that another admin issued: from then on it works.' })
  @ApiOkResponse({ standardSchema: KeyResponse })
  async confirm(
    @CurrentActor() actor: Actor,
    @Param('keyId', { schema: KeyId }) keyId: string,
  ): Promise<KeyResponse> {
    return toKeyResponse(await this.access.confirm(actor, keyId));
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

@ApiTags('keys')
@Controller('v1/principals')
export class PrincipalsController {
  constructor(private readonly access: AccessService) {}

  @Post(':principalId/erasures')
  @HttpCode(204)
  @Roles('admin')
  @ApiOperation({
    summary: 'Erase the name of a principal whose keys have ended. The log stays as it is.',
  })
  @ApiNoContentResponse()
  async erase(
    @CurrentActor() actor: Actor,
    @Param('principalId', { schema: PrincipalId }) principalId: string,
  ): Promise<void> {
    await this.access.eraseName(actor, principalId);
  }
}
