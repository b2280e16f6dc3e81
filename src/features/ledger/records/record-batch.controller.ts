import { Body, Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Roles } from '../../../platform/auth/roles.js';
import {
  SavedRecordsResponse,
  SaveRecordsRequest,
  toSavedRecords,
} from './record-batch.schemas.js';
import { RecordBatchService } from './record-batch.service.js';

@ApiTags('records')
@Controller('v1/records')
export class RecordBatchController {
  constructor(private readonly batch: RecordBatchService) {}

  @Post()
  @Roles('energy-manager', 'finance')
  @ApiOperation({
    summary: 'Create many records of any kinds, in the order that they need: all of them, or none.',
  })
  @ApiCreatedResponse({ standardSchema: SavedRecordsResponse })
  async save(
    @CurrentActor() actor: Actor,
    @Body({ schema: SaveRecordsRequest }) { records, isDryRun }: SaveRecordsRequest,
  ): Promise<SavedRecordsResponse> {
    const answers = await this.batch.save(records, {
      isDryRun,
      actorOf: ({ write }) => (write.includes(actor.role) ? actor : null),
    });
    return toSavedRecords(answers, isDryRun);
  }
}
