import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, READERS, Roles } from '../../platform/auth/roles.js';
import {
  FigureId,
  IssuedStatementResponse,
  IssueRequest,
  StatementId,
  StatementListResponse,
  StatementResponse,
  toIssuedStatementResponse,
  toStatementResponse,
  tenantOf,
  toStatementSummary,
  TraceQuery,
  TraceResponse,
} from './statements.schemas.js';
import { AllStatementsService } from './all-statements.service.js';
import { type Trace, TraceService } from './trace.service.js';

@ApiTags('statements')
@Controller('v1/statements')
export class StatementsController {
  constructor(
    private readonly statements: AllStatementsService,
    private readonly traces: TraceService,
  ) {}

  @Get()
  @Roles(...READERS)
  @ApiOperation({
    summary: 'List the statements: of months by month, kind, site and version, then of periods.',
  })
  @ApiOkResponse({ standardSchema: StatementListResponse })
  async list(@CurrentActor() { ledgerId }: Actor): Promise<StatementListResponse> {
    return { items: (await this.statements.list(ledgerId)).map(toStatementSummary) };
  }

  @Post()
  @Roles('energy-manager')
  @ApiOperation({
    summary:
      'Issue a carbon, billing or tenant’s statement of a matched month, or a carbon statement of a quarter, a year, or all sites.',
  })
  @ApiCreatedResponse({ standardSchema: IssuedStatementResponse })
  async issue(
    @CurrentActor() actor: Actor,
    @Body({ schema: IssueRequest }) request: IssueRequest,
  ): Promise<IssuedStatementResponse> {
    const wanted = { ...request, ...tenantOf(request) };
    return toIssuedStatementResponse(await this.statements.issue(actor, wanted));
  }

  @Get(':statementId')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Read a statement as it was issued.' })
  @ApiOkResponse({ standardSchema: StatementResponse })
  async read(
    @CurrentActor() { ledgerId }: Actor,
    @Param('statementId', { schema: StatementId }) statementId: string,
  ): Promise<StatementResponse> {
    return toStatementResponse(await this.statements.get(ledgerId, statementId));
  }

  @Get(':statementId/figures/:figureId/trace')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Walk a figure down to hours, certificates, readings and file lines.' })
  @ApiOkResponse({ standardSchema: TraceResponse })
  trace(
    @CurrentActor() { ledgerId }: Actor,
    @Param('statementId', { schema: StatementId }) statementId: string,
    @Param('figureId', { schema: FigureId }) figure: string,
    @Query({ schema: TraceQuery }) { hour }: TraceQuery,
  ): Promise<Trace> {
    return this.traces.trace(ledgerId, statementId, { figure, hour: hour ?? null });
  }
}
