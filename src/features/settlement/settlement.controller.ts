import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { requireMadeHere } from '../../core/engines.js';
import { hoursBehind } from '../../core/settlement/hourly.js';
import { MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import { type Actor, CurrentActor, READERS, Roles } from '../../platform/auth/roles.js';
import { ApprovalsService } from './runs/approvals.service.js';
import {
  CoverageDifferenceService,
  type SettlementCoverage,
} from './questions/coverage-difference.service.js';
import { ContractPositionService } from './questions/contract-position.service.js';
import {
  HoursResponse,
  NewSettlementResponse,
  PositionQuery,
  PositionResponse,
  PreviewRequest,
  PreviewResponse,
  RunId,
  SettlementListResponse,
  SettlementRunResponse,
  SettleRequest,
  toRunResponse,
  toRunSummary,
} from './settlement.schemas.js';
import { SettlementService } from './runs/settlement.service.js';
import { parseRun, type SettlementRun } from './runs/settlement.document.js';
import {
  LineAt,
  LineTraceQuery,
  SettlementCoverageResponse,
  TracedLineSchema,
} from './questions/settlement-trace.schemas.js';
import { SettlementTraceService, type TracedLine } from './questions/settlement-trace.service.js';

@ApiTags('settlement')
@Controller('v1')
export class SettlementController {
  constructor(
    private readonly settlement: SettlementService,
    private readonly approvals: ApprovalsService,
    private readonly positions: ContractPositionService,
    private readonly traces: SettlementTraceService,
    private readonly differences: CoverageDifferenceService,
  ) {}

  @Get('settlement-runs')
  @Roles(...READERS)
  @ApiOperation({ summary: 'List the settlement runs, by contract, period and version.' })
  @ApiOkResponse({ standardSchema: SettlementListResponse })
  async list(@CurrentActor() { ledgerId }: Actor): Promise<SettlementListResponse> {
    const runs = await this.settlement.list(ledgerId);
    const states = await this.approvals.statesOf(ledgerId, runs);
    return { items: runs.map((run, at) => toRunSummary(run, states[at]!)) };
  }

  @Post('settlement-runs')
  @Roles('energy-manager', 'finance')
  @ApiOperation({
    summary: 'Settle a matched month, or a contract year, by the elections of its contract.',
  })
  @ApiCreatedResponse({ standardSchema: NewSettlementResponse })
  async settle(
    @CurrentActor() actor: Actor,
    @Body({ schema: SettleRequest }) request: SettleRequest,
  ): Promise<NewSettlementResponse> {
    const { run, isNew } = await this.settlement.settle(actor, request);
    return { ...(await this.answer(run)), isNew };
  }

  @Get('settlement-runs/:runId')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Read a settlement run as it was recorded.' })
  @ApiOkResponse({ standardSchema: SettlementRunResponse })
  async read(
    @CurrentActor() { ledgerId }: Actor,
    @Param('runId', { schema: RunId }) runId: string,
  ): Promise<SettlementRunResponse> {
    return this.answer(await this.settlement.get(ledgerId, runId));
  }

  @Get('settlement-runs/:runId/hours')
  @Roles(...READERS)
  @ApiOperation({ summary: 'The hours behind a settlement run: readings, and MAD of each line.' })
  @ApiOkResponse({ standardSchema: HoursResponse })
  async hours(
    @CurrentActor() { ledgerId }: Actor,
    @Param('runId', { schema: RunId }) runId: string,
  ): Promise<HoursResponse> {
    const document = parseRun(await this.settlement.get(ledgerId, runId));
    requireMadeHere('settlement', document);
    const items = hoursBehind(document.input, MOROCCO_LEGAL_TIME, null);
    return { items: items.map((hour) => ({ ...hour, mad: { ...hour.mad } })) };
  }

  @Get('settlement-runs/:runId/coverage')
  @Roles(...READERS)
  @ApiOperation({
    summary: 'Coverage as a statement counts it beside the settlement’s, and what parts them, MWh.',
  })
  @ApiOkResponse({ standardSchema: SettlementCoverageResponse })
  coverage(
    @CurrentActor() { ledgerId }: Actor,
    @Param('runId', { schema: RunId }) runId: string,
  ): Promise<SettlementCoverage> {
    return this.differences.of(ledgerId, runId);
  }

  @Get('settlement-runs/:runId/lines/:at/trace')
  @Roles(...READERS)
  @ApiOperation({
    summary:
      'Walk a line of a settlement down: clauses, price rows, hours, certificates, readings.',
  })
  @ApiOkResponse({ standardSchema: TracedLineSchema })
  trace(
    @CurrentActor() { ledgerId }: Actor,
    @Param('runId', { schema: RunId }) runId: string,
    @Param('at', { schema: LineAt }) at: number,
    @Query({ schema: LineTraceQuery }) { hour }: LineTraceQuery,
  ): Promise<TracedLine> {
    return this.traces.trace(ledgerId, runId, { at, hour: hour ?? null });
  }

  @Post('settlement-runs/:runId/approvals')
  @HttpCode(200)
  @Roles('energy-manager', 'finance')
  @ApiOperation({ summary: 'Approve the last run of a period; who settled it cannot.' })
  @ApiOkResponse({ standardSchema: SettlementRunResponse })
  async approve(
    @CurrentActor() actor: Actor,
    @Param('runId', { schema: RunId }) runId: string,
  ): Promise<SettlementRunResponse> {
    await this.approvals.approve(actor, runId);
    return this.answer(await this.settlement.get(actor.ledgerId, runId));
  }

  @Post('settlement-previews')
  @HttpCode(200)
  @Roles(...READERS)
  @ApiOperation({
    summary: 'What a period would come to, also under draft elections; nothing is recorded.',
  })
  @ApiOkResponse({ standardSchema: PreviewResponse })
  async preview(
    @CurrentActor() { ledgerId }: Actor,
    @Body({ schema: PreviewRequest }) { elections, ...wanted }: PreviewRequest,
  ): Promise<PreviewResponse> {
    const { basis, result, last } = await this.settlement.preview(ledgerId, wanted, elections);
    const { contract, period } = basis;
    return {
      contractCode: contract.code,
      contractVersion: contract.version,
      period,
      lastRunId: last?.runId ?? null,
      settlement: { ...result.settlement },
      delta: result.delta === null ? null : { ...result.delta },
    };
  }

  @Get('contract-positions')
  @Roles(...READERS)
  @ApiOperation({
    summary: 'Where a contract’s accounts stand: take-or-pay bank, caps, allowances, guarantees.',
  })
  @ApiOkResponse({ standardSchema: PositionResponse })
  async position(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: PositionQuery }) { contractCode, asOf }: PositionQuery,
  ): Promise<PositionResponse> {
    return (await this.positions.position(ledgerId, contractCode, asOf)) as PositionResponse;
  }

  private async answer(run: SettlementRun): Promise<SettlementRunResponse> {
    const [state] = await this.approvals.statesOf(run.ledgerId, [run]);
    return toRunResponse(run, state!);
  }
}
