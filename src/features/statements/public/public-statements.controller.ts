import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../../platform/auth/roles.js';
import { CONFIG, type Config } from '../../../platform/config.js';
import { ledgerIdOf } from '../../../platform/ids.js';
import { StatementId } from '../statements.schemas.js';
import {
  KnownStatementQuery,
  KnownStatementResponse,
  toKnownStatementResponse,
} from './public-statements.schemas.js';
import { PublicStatementsService } from './public-statements.service.js';

/** What anybody may ask of a statement that he holds. No volumes, no names. */
@ApiTags('public')
@Controller('public/statements')
export class PublicStatementsController {
  constructor(
    private readonly statements: PublicStatementsService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'ledgerName'>,
  ) {}

  @Get(':statementId')
  @Public()
  @ApiOperation({
    summary:
      'Whether a statement of these bytes was issued, when, and whether a later one stands in its place.',
  })
  @ApiOkResponse({ standardSchema: KnownStatementResponse })
  async known(
    @Param('statementId', { schema: StatementId }) statementId: string,
    @Query({ schema: KnownStatementQuery }) { sha256, ledgerId }: KnownStatementQuery,
  ): Promise<KnownStatementResponse> {
    const ledger = ledgerId ?? ledgerIdOf(this.config.ledgerName);
    return toKnownStatementResponse(await this.statements.known(ledger, statementId, sha256));
  }
}
