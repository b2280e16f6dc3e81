import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Evidence } from '../../core/evidence/evidence.js';
import { type Actor, CurrentActor, READERS, Roles } from '../../platform/auth/roles.js';
import { EvidenceQuery, EvidenceResponse } from './evidence.schemas.js';
import { EvidenceService } from './evidence.service.js';

@ApiTags('evidence')
@Controller('v1/evidence')
export class EvidenceController {
  constructor(private readonly evidence: EvidenceService) {}

  @Get()
  @Roles(...READERS)
  @ApiOperation({ summary: 'A month’s statements with the log and rows to check them offline.' })
  @ApiOkResponse({ standardSchema: EvidenceResponse })
  gather(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: EvidenceQuery }) { month, siteCode }: EvidenceQuery,
  ): Promise<Evidence> {
    return this.evidence.gather(ledgerId, month, siteCode ?? null);
  }
}
