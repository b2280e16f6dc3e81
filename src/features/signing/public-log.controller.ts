import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Public } from '../../platform/auth/roles.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { ledgerIdOf } from '../../platform/ids.js';
import { CheckpointsService } from './checkpoints.service.js';
import { SigningKeysService } from './signing-keys.service.js';
import { JwksResponse, toJwks } from './signing.schemas.js';

const LedgerId = z.uuid().describe('Id of the ledger: the end of its log’s origin');

/** What anybody may see of a log: who signs it, and what was signed. No volumes, no names. */
@ApiTags('public')
@Controller()
export class PublicLogController {
  constructor(
    private readonly checkpoints: CheckpointsService,
    private readonly keys: SigningKeysService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'ledgerName'>,
  ) {}

  @Get('.well-known/jwks.json')
  @Public()
  @ApiOperation({
    summary: 'Keys that sign, or signed, the log of this server’s ledger (RFC 7517).',
  })
  @ApiOkResponse({ standardSchema: JwksResponse })
  async jwks(): Promise<JwksResponse> {
    return toJwks(await this.keys.list(ledgerIdOf(this.config.ledgerName)));
  }

  @Get('public/ledgers/:ledgerId/checkpoint')
  @Public()
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOperation({ summary: 'The last state of a log that was signed, as a signed note (C2SP).' })
  @ApiOkResponse({ schema: { type: 'string' } })
  async checkpoint(@Param('ledgerId', { schema: LedgerId }) ledgerId: string): Promise<string> {
    return (await this.checkpoints.latest(ledgerId)).note;
  }
}
