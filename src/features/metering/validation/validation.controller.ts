import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { type Actor, CurrentActor, Roles } from '../../../platform/auth/roles.js';
import { DryRunQuery } from '../../../platform/http/uploads.js';
import {
  DecidedManyResponse,
  DecideManyRequest,
  toDecidedMany,
  toManyDecisions,
} from './decisions.schemas.js';
import { DecisionsService } from './decisions.service.js';
import { ExceptionsService } from './exceptions.service.js';
import {
  DecideRequest,
  EstimationResponse,
  ExceptionListResponse,
  ExceptionQuery,
  ExceptionResponse,
  toEstimationResponse,
  toDecidedResponse,
  toExceptionResponse,
  toStretch,
  toValidationResponse,
  ValidateRequest,
  ValidationResponse,
} from './validation.schemas.js';
import { ValidationService } from './validation.service.js';

const FindingId = z.uuid().describe('Id of a finding');

@ApiTags('metering')
@Controller('v1')
export class ValidationController {
  constructor(
    private readonly validation: ValidationService,
    private readonly exceptions: ExceptionsService,
    private readonly decisions: DecisionsService,
  ) {}

  @Post('validations')
  @Roles('energy-manager')
  @ApiOperation({ summary: 'Run the rules of validation on readings; what fails becomes SUSPECT.' })
  @ApiCreatedResponse({ standardSchema: ValidationResponse })
  async validate(
    @CurrentActor() actor: Actor,
    @Body({ schema: ValidateRequest }) request: ValidateRequest,
  ): Promise<ValidationResponse> {
    return toValidationResponse(await this.validation.validate(actor, toStretch(request)));
  }

  @Post('estimations')
  @Roles('energy-manager')
  @ApiOperation({
    summary: 'Estimate what is missing of consumption, say how, and what is left and why.',
  })
  @ApiCreatedResponse({ standardSchema: EstimationResponse })
  async estimate(
    @CurrentActor() actor: Actor,
    @Body({ schema: ValidateRequest }) request: ValidateRequest,
  ): Promise<EstimationResponse> {
    return toEstimationResponse(await this.validation.estimate(actor, toStretch(request)));
  }

  @Get('exceptions')
  @Roles('operator', 'energy-manager', 'finance', 'auditor')
  @ApiOperation({ summary: 'List what validation found in a civil month, open or all.' })
  @ApiOkResponse({ standardSchema: ExceptionListResponse })
  async list(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: ExceptionQuery }) { month, meterCode, state }: ExceptionQuery,
  ): Promise<{ items: ExceptionResponse[] }> {
    const { startMs, endMs } = civilMonth(MOROCCO_LEGAL_TIME, month);
    const wanted = { startMs, endMs, meterCode: meterCode ?? null, isOpenOnly: state === 'open' };
    return { items: (await this.exceptions.list(ledgerId, wanted)).map(toExceptionResponse) };
  }

  @Post('exceptions/decisions')
  @Roles('energy-manager')
  @ApiOperation({
    summary: 'Decide about many exceptions, by a filter or one each: about all of them, or none.',
  })
  @ApiCreatedResponse({ standardSchema: DecidedManyResponse })
  async decideMany(
    @CurrentActor() actor: Actor,
    @Body({ schema: DecideManyRequest }) request: DecideManyRequest,
  ): Promise<DecidedManyResponse> {
    const { isDryRun } = request;
    const decided = await this.decisions.decide(actor, toManyDecisions(request), { isDryRun });
    return toDecidedMany(decided, isDryRun);
  }

  @Post('exceptions/:findingId/decisions')
  @Roles('energy-manager')
  @ApiOperation({ summary: 'Accept readings, override them with a reason, or ask for a re-read.' })
  @ApiCreatedResponse({ standardSchema: ExceptionResponse })
  async decide(
    @CurrentActor() actor: Actor,
    @Param('findingId', { schema: FindingId }) findingId: string,
    @Body({ schema: DecideRequest }) decision: DecideRequest,
    @Query({ schema: DryRunQuery }) { dryRun }: DryRunQuery,
  ): Promise<ExceptionResponse> {
    const decided = await this.exceptions.decide(actor, findingId, decision, { dryRun });
    return toDecidedResponse(decided, dryRun);
  }
}
