import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, READERS, Roles } from '../../../platform/auth/roles.js';
import { TenantSharesRequest, TenantSharesResponse } from './tenants.schemas.js';
import { TenantsService } from './tenants.service.js';

@ApiTags('tenants')
@Controller('v1/tenant-shares')
export class TenantSharesController {
  constructor(private readonly tenants: TenantsService) {}

  @Post()
  @HttpCode(200)
  @Roles(...READERS)
  @ApiOperation({
    summary: 'Share a matched month out to tenants, hour by hour: they sum to the site.',
  })
  @ApiOkResponse({ standardSchema: TenantSharesResponse })
  async share(
    @CurrentActor() { ledgerId }: Actor,
    @Body({ schema: TenantSharesRequest }) request: TenantSharesRequest,
  ): Promise<TenantSharesResponse> {
    const { tenants, ...site } = await this.tenants.share(ledgerId, request);
    return { ...site, tenants: [...tenants] };
  }
}
