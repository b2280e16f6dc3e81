import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Roles } from '../../../platform/auth/roles.js';
import { EngagementId } from '../engagement/engagements.schemas.js';
import {
  AuditorReadsResponse,
  ReadsQuery,
  toAuditorReadsResponse,
} from './auditor-reads.schemas.js';
import { AuditorReadsService } from './auditor-reads.service.js';

@ApiTags('engagements')
@Controller('v1/engagements/:engagementId')
export class AuditorReadsController {
  constructor(private readonly reads: AuditorReadsService) {}

  @Get('reads')
  @Roles('auditor')
  @ApiOperation({
    summary:
      'What you read while the engagement gives access: route, ids, instant, key; no answers.',
  })
  @ApiOkResponse({ standardSchema: AuditorReadsResponse })
  async list(
    @CurrentActor() actor: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
    @Query({ schema: ReadsQuery }) { before, limit }: ReadsQuery,
  ): Promise<AuditorReadsResponse> {
    const reads = await this.reads.list(actor, engagementId, { before: before ?? null, limit });
    return toAuditorReadsResponse(engagementId, reads, limit);
  }
}
