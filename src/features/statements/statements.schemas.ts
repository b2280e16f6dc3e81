import { z } from 'zod';
import { TracedHourSchema } from '../matching/questions/hour-trace.schemas.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { decimalText, Instant, Month, text } from '../../core/shapes/values.shape.js';
import type { TenantWanted } from './tenants/tenants.service.js';
import { type IssueResult, parseStatement, type Statement } from './statements.service.js';

export const StatementId = z.uuid().describe('Id of a statement');
export const FigureId = text(120).describe('Id of a figure, for example matchedWh');

const KINDS = ['carbon', 'billing', 'tenant'] as const;

export const IssueRequest = z
  .strictObject({
    kind: z.literal(KINDS),
    month: Month,
    siteCode: RecordCode.nullable().default(null).describe('null = the only site of the ledger'),
    tenantCode: RecordCode.nullable().default(null).describe('Of a tenant’s statement: whose'),
    gpuHours: decimalText(12, 6)
      .nullable()
      .default(null)
      .describe('Of a tenant’s statement: GPU-hours of the month, where supplied'),
  })
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
  siteCode: RecordCode,
  tenantCode: RecordCode.nullable().describe('Of a tenant’s statement, the tenant'),
  month: Month,
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

export function toStatementSummary(row: Statement): StatementListResponse['items'][number] {
  const { statementId, kind, siteCode, tenantCode, month, version, supersedes } = row;
  return {
    statementId,
    kind,
    siteCode,
    tenantCode,
    month,
    version,
    supersedes,
    sha256: row.sha256.toString('hex'),
    recordedAt: row.recordedAt.toISOString(),
  };
}

export function toStatementResponse(row: Statement): StatementResponse {
  const document = parseStatement(row) as unknown as StatementResponse['document'];
  return { ...toStatementSummary(row), document };
}

export function toIssuedStatementResponse({
  statement,
  isNew,
}: IssueResult): IssuedStatementResponse {
  return { ...toStatementResponse(statement), isNew };
}

/** Whose statement a request is for; empty for one of the site. */
export function tenantOf({ tenantCode, gpuHours }: Pick<IssueRequest, 'tenantCode' | 'gpuHours'>): {
  readonly tenant?: TenantWanted;
} {
  return tenantCode === null ? {} : { tenant: { code: tenantCode, gpuHours } };
}
