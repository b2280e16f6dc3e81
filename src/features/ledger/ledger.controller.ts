import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, READERS, Roles } from '../../platform/auth/roles.js';
import {
  EventListResponse,
  EventQuery,
  LedgerHeadResponse,
  toEventListResponse,
  toVerificationResponse,
  VerificationQuery,
  VerificationResponse,
} from './ledger.schemas.js';
import { LedgerService } from './ledger.service.js';
import { VerificationService } from './replay/verification.service.js';

@ApiTags('ledger')
@Controller('v1/ledger')
export class LedgerController {
  constructor(
    private readonly ledger: LedgerService,
    private readonly replay: VerificationService,
  ) {}

  @Get('head')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Where the log of the key’s ledger ends.' })
  @ApiOkResponse({ standardSchema: LedgerHeadResponse })
  async head(@CurrentActor() { ledgerId }: Actor): Promise<LedgerHeadResponse> {
    return { ledgerId, ...(await this.ledger.head(ledgerId)) };
  }

  @Get('events')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Events in order, with the exact bytes that were hashed.' })
  @ApiOkResponse({ standardSchema: EventListResponse })
  async events(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: EventQuery }) { after, limit }: EventQuery,
  ): Promise<EventListResponse> {
    return toEventListResponse(await this.ledger.events(ledgerId, after, limit), limit);
  }

  @Get('verification')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Replay the whole log and name the first broken event.' })
  @ApiOkResponse({ standardSchema: VerificationResponse })
  async verification(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: VerificationQuery }) { files }: VerificationQuery,
  ): Promise<VerificationResponse> {
    return toVerificationResponse(await this.replay.verify(ledgerId, { hasFiles: files }));
  }
}
