import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, READERS, Roles } from '../../../platform/auth/roles.js';
import {
  CheckpointDeliveriesResponse,
  CheckpointDeliveryResponse,
  toCheckpointDelivery,
} from './checkpoint-deliveries.schemas.js';
import { CheckpointDeliveriesService } from './checkpoint-deliveries.service.js';

@ApiTags('ledger')
@Controller('v1/ledger/checkpoint-deliveries')
export class CheckpointDeliveriesController {
  constructor(private readonly deliveries: CheckpointDeliveriesService) {}

  @Get()
  @Roles(...READERS, 'admin')
  @ApiOperation({ summary: 'Checkpoints that were sent to who keeps a copy, the latest first.' })
  @ApiOkResponse({ standardSchema: CheckpointDeliveriesResponse })
  async list(@CurrentActor() { ledgerId }: Actor): Promise<CheckpointDeliveriesResponse> {
    return { items: (await this.deliveries.list(ledgerId)).map(toCheckpointDelivery) };
  }

  @Post()
  @HttpCode(202)
  @Roles(...READERS, 'admin')
  @ApiOperation({ summary: 'Have the log signed as it ends now, and sent to who keeps a copy.' })
  @ApiAcceptedResponse({ standardSchema: CheckpointDeliveryResponse })
  async ask(@CurrentActor() { ledgerId }: Actor): Promise<CheckpointDeliveryResponse> {
    return toCheckpointDelivery(await this.deliveries.ask(ledgerId));
  }
}
