import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, READERS, Roles } from '../../../platform/auth/roles.js';
import { EngagementId } from '../engagement/engagements.schemas.js';
import { CompletenessService } from './completeness.service.js';
import { InterventionsService } from './interventions.service.js';
import {
  CompletenessResponse,
  InterventionsResponse,
  toCompletenessResponse,
  toInterventionsResponse,
} from './review.schemas.js';

@ApiTags('engagements')
@Controller('v1/engagements/:engagementId')
export class ReviewController {
  constructor(
    private readonly completeness: CompletenessService,
    private readonly interventions: InterventionsService,
  ) {}

  @Get('completeness')
  @Roles(...READERS)
  @ApiOperation({
    summary:
      'Whether all is there: the log without a gap, each meter’s hours, and control totals of each file.',
  })
  @ApiOkResponse({ standardSchema: CompletenessResponse })
  async complete(
    @CurrentActor() { ledgerId }: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
  ): Promise<CompletenessResponse> {
    return toCompletenessResponse(await this.completeness.of(ledgerId, engagementId));
  }

  @Get('interventions')
  @Roles(...READERS)
  @ApiOperation({
    summary: 'Every manual intervention in the months in scope: who, why, and what came of it.',
  })
  @ApiOkResponse({ standardSchema: InterventionsResponse })
  async list(
    @CurrentActor() { ledgerId }: Actor,
    @Param('engagementId', { schema: EngagementId }) engagementId: string,
  ): Promise<InterventionsResponse> {
    return toInterventionsResponse(await this.interventions.of(ledgerId, engagementId));
  }
}
