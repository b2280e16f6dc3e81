import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Roles } from '../../platform/auth/roles.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { BlockListResponse, toBlockListResponse, UtcDay } from './metering.schemas.js';
import { MeteringService } from './metering.service.js';

@ApiTags('metering')
@Controller('v1')
export class MeteringController {
  constructor(private readonly metering: MeteringService) {}

  @Get('meters/:code/days/:utcDay/revisions')
  @Roles('operator', 'energy-manager', 'finance', 'auditor')
  @ApiOperation({
    summary: 'All revisions of a meter’s UTC day, oldest first. The last one holds.',
  })
  @ApiOkResponse({ standardSchema: BlockListResponse })
  async revisions(
    @CurrentActor() { ledgerId }: Actor,
    @Param('code', { schema: RecordCode }) code: string,
    @Param('utcDay', { schema: UtcDay }) utcDay: string,
  ): Promise<BlockListResponse> {
    return toBlockListResponse(await this.metering.revisions(ledgerId, code, utcDay));
  }
}
