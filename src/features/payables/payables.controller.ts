import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { z } from 'zod';
import { type Actor, CurrentActor, READERS, Roles } from '../../platform/auth/roles.js';
import {
  CallerGone,
  DryRunQuery,
  requireUpload,
  STREAMED_TYPES,
} from '../../platform/http/uploads.js';
import { CompletenessService } from './checks/completeness.service.js';
import { InvoiceChecksService } from './checks/invoice-checks.service.js';
import { InvoiceTraceService } from './checks/invoice-trace.service.js';
import {
  CheckLineAt,
  CheckLineTraceResponse,
  CompletenessQuery,
  CompletenessResponse,
  PaymentQuery,
  PaymentResponse,
} from './checks/check-reports.schemas.js';
import {
  DisputePackResponse,
  InvoiceCheckResponse,
  InvoiceId,
  InvoiceListQuery,
  InvoiceStepRequest,
  ReceivedInvoiceResponse,
  ReceiveQuery,
  SupplierInvoiceListResponse,
  SupplierInvoiceResponse,
  toCheckResponse,
  toInvoiceResponse,
  toInvoiceSummary,
  toReceivedResponse,
  toStepResponse,
} from './payables.schemas.js';
import { PaymentService } from './checks/payment.service.js';
import { hoursCsv } from './received/supplier-invoice.document.js';
import { SupplierInvoicesService } from './received/supplier-invoices.service.js';

@ApiTags('payables')
@Controller('v1/supplier-invoices')
export class PayablesController {
  constructor(
    private readonly invoices: SupplierInvoicesService,
    private readonly checks: InvoiceChecksService,
    private readonly completeness: CompletenessService,
    private readonly payments: PaymentService,
    private readonly traces: InvoiceTraceService,
  ) {}

  @Get()
  @Roles(...READERS)
  @ApiOperation({ summary: 'List suppliers’ documents, by contract, period, day and number.' })
  @ApiOkResponse({ standardSchema: SupplierInvoiceListResponse })
  async list(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: InvoiceListQuery }) { contractCode, period }: InvoiceListQuery,
  ): Promise<SupplierInvoiceListResponse> {
    const all = await this.invoices.summaries(ledgerId, {
      ...(contractCode === undefined ? {} : { contractCode }),
      ...(period === undefined ? {} : { period }),
    });
    return { items: all.map(toInvoiceSummary) };
  }

  @Post()
  @Roles('energy-manager', 'finance')
  @ApiConsumes(...STREAMED_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOperation({
    summary: 'Receive a supplier’s invoice or credit note: UBL 2.1, or keyed into CSV.',
  })
  @ApiCreatedResponse({ standardSchema: ReceivedInvoiceResponse })
  async receive(
    @CurrentActor() actor: Actor,
    @Query({ schema: ReceiveQuery }) { fileName, contract, period, dryRun }: ReceiveQuery,
    @Body() body: unknown,
    @CallerGone() signal: AbortSignal,
  ): Promise<ReceivedInvoiceResponse> {
    const place = { contractCode: contract ?? null, period: period ?? null };
    const options = { fileName, ...place, dryRun, signal };
    const { received, isNew, encoding } = await this.invoices.receive(
      actor,
      options,
      requireUpload(body),
    );
    return toReceivedResponse(received, { isNew, encoding, isDryRun: dryRun });
  }

  @Get('completeness')
  @Roles(...READERS)
  @ApiOperation({
    summary: 'Which periods of a contract are billed: what is missing, what overlaps.',
  })
  @ApiOkResponse({ standardSchema: CompletenessResponse })
  complete(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: CompletenessQuery }) { contractCode }: CompletenessQuery,
  ): Promise<CompletenessResponse> {
    return this.completeness.of(ledgerId, contractCode);
  }

  @Get(':invoiceId')
  @Roles(...READERS)
  @ApiOperation({ summary: 'Read a supplier’s document and what was decided of it.' })
  @ApiOkResponse({ standardSchema: SupplierInvoiceResponse })
  async read(
    @CurrentActor() { ledgerId }: Actor,
    @Param('invoiceId', { schema: InvoiceId }) invoiceId: string,
  ): Promise<SupplierInvoiceResponse> {
    return toInvoiceResponse(await this.invoices.get(ledgerId, invoiceId));
  }

  @Get(':invoiceId/check')
  @Roles(...READERS)
  @ApiOperation({
    summary: 'Check a document line by line against our settlement of its period.',
  })
  @ApiOkResponse({ standardSchema: InvoiceCheckResponse })
  async check(
    @CurrentActor() { ledgerId }: Actor,
    @Param('invoiceId', { schema: InvoiceId }) invoiceId: string,
  ): Promise<z.output<typeof InvoiceCheckResponse>> {
    return toCheckResponse(await this.checks.check(ledgerId, invoiceId));
  }

  @Get(':invoiceId/check/lines/:at/trace')
  @Roles(...READERS)
  @ApiOperation({
    summary: 'Walk a line of a check down: the run, its lines, price rows and clauses behind it.',
  })
  @ApiOkResponse({ standardSchema: CheckLineTraceResponse })
  async trace(
    @CurrentActor() { ledgerId }: Actor,
    @Param('invoiceId', { schema: InvoiceId }) invoiceId: string,
    @Param('at', { schema: CheckLineAt }) at: number,
  ): Promise<z.output<typeof CheckLineTraceResponse>> {
    const traced = await this.traces.trace(ledgerId, invoiceId, at);
    return traced as unknown as z.output<typeof CheckLineTraceResponse>;
  }

  @Get(':invoiceId/payment')
  @Roles(...READERS)
  @ApiOperation({ summary: 'What is to be paid of a document, when, and what being late costs.' })
  @ApiOkResponse({ standardSchema: PaymentResponse })
  payment(
    @CurrentActor() { ledgerId }: Actor,
    @Param('invoiceId', { schema: InvoiceId }) invoiceId: string,
    @Query({ schema: PaymentQuery }) query: PaymentQuery,
  ): Promise<PaymentResponse> {
    return this.payments.of(ledgerId, invoiceId, query);
  }

  @Post(':invoiceId/steps')
  @HttpCode(200)
  @Roles('energy-manager', 'finance')
  @ApiOperation({
    summary: 'Accept a document, open a dispute and take it to its end, or void it with a reason.',
  })
  @ApiOkResponse({ standardSchema: SupplierInvoiceResponse })
  async step(
    @CurrentActor() actor: Actor,
    @Param('invoiceId', { schema: InvoiceId }) invoiceId: string,
    @Body({ schema: InvoiceStepRequest }) request: InvoiceStepRequest,
    @Query({ schema: DryRunQuery }) { dryRun }: DryRunQuery,
  ): Promise<SupplierInvoiceResponse> {
    const received = await this.checks.step(actor, invoiceId, request, { dryRun });
    return toStepResponse(received, dryRun);
  }

  @Get(':invoiceId/dispute-pack')
  @Roles(...READERS)
  @ApiOperation({
    summary: 'What a dispute is sent with: the check, the contract’s words, the hours behind.',
  })
  @ApiOkResponse({ standardSchema: DisputePackResponse })
  async pack(
    @CurrentActor() { ledgerId }: Actor,
    @Param('invoiceId', { schema: InvoiceId }) invoiceId: string,
  ): Promise<DisputePackResponse> {
    const { received, check, clauses, hours, matchingRunIds } = await this.checks.pack(
      ledgerId,
      invoiceId,
    );
    return {
      invoice: toInvoiceResponse(received),
      check: toCheckResponse(check),
      clauses: [...clauses],
      hours: hours.map((hour) => ({ ...hour })),
      matchingRunIds: [...matchingRunIds],
    };
  }

  @Get(':invoiceId/dispute-hours')
  @Roles(...READERS)
  @Header('content-type', 'text/csv; charset=utf-8')
  @ApiOperation({ summary: 'The hours of a dispute pack as CSV.' })
  @ApiOkResponse({ content: { 'text/csv': { schema: { type: 'string' } } } })
  async hours(
    @CurrentActor() { ledgerId }: Actor,
    @Param('invoiceId', { schema: InvoiceId }) invoiceId: string,
  ): Promise<string> {
    return hoursCsv((await this.checks.pack(ledgerId, invoiceId)).hours);
  }
}
