import { z } from 'zod';
import { TracedHourSchema } from '../matching/questions/hour-trace.schemas.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { PERIOD_NAME } from '../../core/time/reporting-period.js';
import { decimalText, Instant, Month, text } from '../../core/shapes/values.shape.js';
import type { TenantWanted } from './tenants/tenants.service.js';
import { type AnyStatement, isOfPeriod, parseAny } from './all-statements.service.js';

export const StatementId = z.uuid().describe('Id of a statement');
export const FigureId = text(120).describe('Id of a figure, for example matchedWh');

export const Period = z
  .string()
  .regex(PERIOD_NAME)
  .describe(
    'Month 2026-10, quarter 2026-Q4, calendar year 2026, or the reporting year that ends in 2026, FY2026',
  );

const KINDS = ['carbon', 'billing', 'tenant'] as const;

export const IssueRequest = z
  .strictObject({
    kind: z.literal(KINDS),
    month: Month.nullable().default(null).describe('Civil month; null where a period is named'),
    period: Period.nullable()
      .default(null)
      .describe('Of a carbon statement, in place of a month: 2026-Q4, 2026, FY2026, or 2026-10'),
    siteCode: RecordCode.nullable().default(null).describe('null = the only site of the ledger'),
    entityCode: RecordCode.nullable()
      .default(null)
      .describe('With a period: the organisation, all of whose sites are stated together'),
    tenantCode: RecordCode.nullable().default(null).describe('Of a tenant’s statement: whose'),
    gpuHours: decimalText(12, 6)
      .nullable()
      .default(null)
      .describe('Of a tenant’s statement: GPU-hours of the month, where supplied'),
  })
  .refine(({ month, period }) => (month === null) !== (period === null), {
    error: 'a statement is of a month or of a period: name one of the two',
    path: ['period'],
  })
  .refine(({ kind, period }) => kind === 'carbon' || period === null, {
    error: 'only a carbon statement is of a period',
    path: ['period'],
  })
  .refine(
    ({ entityCode, period, siteCode }) =>
      entityCode === null || (period !== null && siteCode === null),
    {
      error: 'all sites of an organisation are stated for a period, and without a site',
      path: ['entityCode'],
    },
  )
  .refine(({ kind, tenantCode }) => (kind === 'tenant') === (tenantCode !== null), {
    error: 'a tenant’s statement, and only that, names a tenant',
    path: ['tenantCode'],
  })
  .refine(({ kind, gpuHours }) => kind === 'tenant' || gpuHours === null, {
    error: 'only a tenant’s statement takes GPU-hours',
    path: ['gpuHours'],
  })
  .meta({ id: 'IssueStatementRequest' });
export type IssueRequest = z.output<typeof IssueRequest>;

export const TraceQuery = z.strictObject({
  hour: Instant.optional().describe('Hour to open; absent = the hour with the most energy'),
});
export type TraceQuery = z.output<typeof TraceQuery>;

const summaryShape = {
  statementId: StatementId,
  kind: z.literal(KINDS),
  siteCode: RecordCode.nullable().describe('null = of all sites of `entityCode`'),
  entityCode: RecordCode.nullable().describe('Of a statement of all its sites: the organisation'),
  tenantCode: RecordCode.nullable().describe('Of a tenant’s statement, the tenant'),
  month: Month.nullable().describe('null = of a period, or of all sites'),
  period: Period,
  version: z.int().min(1),
  supersedes: StatementId.nullable(),
  sha256: z.string().describe('Of the exact bytes of the document, hex'),
  recordedAt: Instant,
};

const Figure = z.object({
  id: FigureId,
  label: z.string(),
  value: z.union([z.int(), z.string()]).nullable().describe('null = not applicable'),
  unit: z.string(),
  formula: z.string(),
  measure: z.literal(['load', 'generation', 'matched', 'residual', 'excess']),
  plantCode: RecordCode.nullable(),
  sources: z.array(z.object({ kind: z.string(), id: z.string() })),
});

export const StatementResponse = z
  .object({
    ...summaryShape,
    document: z.looseObject({ figures: z.array(Figure) }).describe('What was issued'),
  })
  .meta({ id: 'Statement' });
export type StatementResponse = z.output<typeof StatementResponse>;

export const IssuedStatementResponse = StatementResponse.extend({
  isNew: z.boolean().describe('false: the last version already says the same'),
}).meta({ id: 'IssuedStatement' });
export type IssuedStatementResponse = z.output<typeof IssuedStatementResponse>;

export const StatementListResponse = z
  .object({ items: z.array(z.object(summaryShape)) })
  .meta({ id: 'StatementList' });
export type StatementListResponse = z.output<typeof StatementListResponse>;

const Wh = z.int().min(0);
export const TraceResponse = z
  .object({
    statementId: StatementId,
    figure: Figure,
    runId: z.uuid(),
    sumWh: Wh.describe('Σ of the hours below'),
    tiesOut: z.boolean().nullable().describe('null for a figure that is not a plain sum of Wh'),
    hours: z.array(z.object({ hour: Instant, wh: Wh })),
    factors: z
      .array(
        z.object({
          code: RecordCode,
          version: z.int().min(1),
          kind: z.string(),
          zone: z.string(),
          basis: z.string(),
          resolution: z.string(),
          publisher: z.string(),
          title: z.string(),
          vintage: z.string(),
          licence: z.string().nullable(),
          validFrom: Instant,
          validTo: Instant,
          eventId: z.uuid().describe('That sealed the version'),
          recordedAt: Instant,
          gPerKwh: z.string().nullable().describe('In the hour that is opened, g CO2e per kWh'),
        }),
      )
      .describe('Emission factors of the figure: record, version, publisher'),
    opened: TracedHourSchema.nullable(),
  })
  .meta({ id: 'Trace' });

export function toStatementSummary(row: AnyStatement): StatementListResponse['items'][number] {
  const { statementId, siteCode, version, supersedes, recordedAt } = row;
  const of = isOfPeriod(row)
    ? { kind: 'carbon' as const, entityCode: row.entityCode, tenantCode: null, month: null }
    : { kind: row.kind, entityCode: null, tenantCode: row.tenantCode, month: row.month };
  return {
    statementId,
    kind: of.kind,
    siteCode,
    entityCode: of.entityCode,
    tenantCode: of.tenantCode,
    month: of.month,
    period: isOfPeriod(row) ? row.period : row.month,
    version,
    supersedes,
    sha256: row.sha256.toString('hex'),
    recordedAt: recordedAt.toISOString(),
  };
}

export function toStatementResponse(row: AnyStatement): StatementResponse {
  const document = parseAny(row) as unknown as StatementResponse['document'];
  return { ...toStatementSummary(row), document };
}

export function toIssuedStatementResponse({
  statement,
  isNew,
}: {
  readonly statement: AnyStatement;
  readonly isNew: boolean;
}): IssuedStatementResponse {
  return { ...toStatementResponse(statement), isNew };
}

/** Whose statement a request is for; empty for one of the site. */
export function tenantOf({ tenantCode, gpuHours }: Pick<IssueRequest, 'tenantCode' | 'gpuHours'>): {
  readonly tenant?: TenantWanted;
} {
  return tenantCode === null ? {} : { tenant: { code: tenantCode, gpuHours } };
}
