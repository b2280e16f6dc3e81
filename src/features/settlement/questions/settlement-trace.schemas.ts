import { z } from 'zod';
import { LINE_KINDS } from '../../../core/settlement/pricing/lines.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { Instant } from '../../../core/shapes/values.shape.js';
import { TracedHourSchema } from '../../matching/questions/hour-trace.schemas.js';

const basisShape = {
  at: z.int().min(1).describe('Place among the run’s lines, from 1'),
  line: z.looseObject({ kind: z.literal(LINE_KINDS), label: z.string(), amountMad: z.string() }),
  clauses: z
    .array(z.object({ pointer: z.string(), en: z.string(), fr: z.string() }))
    .describe('What the contract says of it'),
  rows: z
    .array(z.looseObject({ kind: z.string(), id: z.string(), confidence: z.string() }))
    .describe('Tariffs, index values, exchange and VAT rates that were used, with what they say'),
};

/** What a line rests on, as routes give it. */
export const LineBasisSchema = z.object(basisShape);

/** A line of a settlement run, walked down, as routes give it. */
export const TracedLineSchema = z
  .object({
    runId: z.uuid(),
    run: z.string(),
    period: z.string(),
    runVersion: z.int().min(1),
    contractCode: RecordCode,
    contractVersion: z.int().min(1),
    earlierVersions: z
      .array(z.int())
      .describe('Versions that held before, in a period that is cut'),
    ...basisShape,
    matching: z.array(z.object({ month: z.string(), matchingRunId: z.uuid() })),
    hours: z
      .array(
        z.object({
          start: Instant,
          generationWh: z.int().nullable(),
          loadWh: z.int().nullable(),
          isEstimated: z.boolean(),
          mad: z.string(),
        }),
      )
      .nullable()
      .describe('null: the line has none, or another engine made the run'),
    sumMad: z.string().nullable().describe('Σ of the hours'),
    tiesOut: z.boolean().nullable().describe('Whether that is the line’s amount'),
    opened: TracedHourSchema.nullable().describe('The hour asked for, or the largest one'),
  })
  .meta({ id: 'SettlementLineTrace' });

export const LineTraceQuery = z.strictObject({
  hour: Instant.optional().describe('Hour to open; absent = the one of the largest amount'),
});
export type LineTraceQuery = z.output<typeof LineTraceQuery>;

export const LineAt = z.coerce.number().int().min(1).max(10_000).describe('Place, from 1');

const CoverageSideSchema = z.object({
  matchedMwh: z.string(),
  loadMwh: z.string(),
  excessMwh: z.string().describe('Delivered and not usable in its own hour'),
  coveragePct: z.string().nullable().describe('Truncated to four decimals; null without load'),
});

export const SettlementCoverageResponse = z
  .object({
    runId: z.uuid(),
    period: z.string(),
    contractCode: RecordCode,
    matching: z.array(z.object({ month: z.string(), matchingRunId: z.uuid() })),
    statement: CoverageSideSchema.describe('As a statement of those matching runs counts'),
    settlement: CoverageSideSchema.nullable().describe('null: the run knows no load'),
    reasons: z
      .array(z.object({ reason: z.string(), mwh: z.string(), says: z.string() }))
      .describe('What is to be added to the statement’s matched energy, in order'),
    differenceMwh: z.string().nullable().describe('Settlement less statement'),
  })
  .meta({ id: 'SettlementCoverage' });
