import { z } from 'zod';
import type { RunResult } from '../../core/settlement/document.js';
import { estimatedStretches } from '../../core/settlement/hours/estimated-hours.js';
import { RUN_TYPES } from '../../core/settlement/hours/hours.js';
import { HOUR_STATES } from '../../core/settlement/hours/series.shape.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { CalendarDay, Instant, Month } from '../../core/shapes/values.shape.js';
import { ElectionsSchema } from '../../core/settlement/elections/elections.shape.js';
import type { RunState } from './runs/approvals.service.js';
import { parseRun, type SettlementRun } from './runs/settlement.document.js';

const HOURS_MAX = 8_832;
const wh = (what: string) =>
  z.array(z.int().min(0)).max(HOURS_MAX).nullable().default(null).describe(`${what}, Wh an hour`);
const Price = z.string().regex(/^-?\d{1,9}(\.\d{1,9})?$/);

export const RunId = z.uuid().describe('Id of a settlement run');

/** What the ledger does not hold: one value for each hour of the period, in order. */
const GivenSeriesSchema = z.strictObject({
  nominatedWh: wh('Nominated'),
  contractWh: wh('SHAPE_8760'),
  referenceMadPerMwh: z.array(Price).max(HOURS_MAX).nullable().default(null),
  potentialWh: wh('What the plants could have generated'),
  sellerFailureWh: wh('Not delivered for the seller’s failure'),
  forceMajeureWh: wh('Not delivered for force majeure'),
  states: z.array(z.literal(HOUR_STATES)).max(HOURS_MAX).nullable().default(null),
});

const requestShape = {
  run: z.literal(RUN_TYPES),
  month: Month.describe(
    'Month to settle; of a RECONCILIATION, the one in which the contract year or the term ends',
  ),
  siteCode: RecordCode.nullable().default(null).describe('null = the only site of the ledger'),
  contractCode: RecordCode.nullable()
    .default(null)
    .describe('Where one contract follows another inside the month; null = the only one'),
  contractYear: z
    .int()
    .min(-200)
    .max(300)
    .nullable()
    .default(null)
    .describe('Of a RECONCILIATION, where two years end with the month; null = the first'),
  tariffGridCode: RecordCode.nullable()
    .default(null)
    .describe('Whose peak hours hold, where excess is sold to the grid'),
  series: GivenSeriesSchema.prefault({}),
  margin: z
    .strictObject({
      before: z.array(Price).max(168).default([]),
      after: z.array(Price).max(168).default([]),
    })
    .prefault({})
    .describe('Reference prices right around the period, for runs of negative hours'),
};

export const SettleRequest = z
  .strictObject({
    ...requestShape,
    acceptEngineChange: z
      .boolean()
      .default(false)
      .describe('Correct a run that another engine made; its part of the delta is shown apart'),
  })
  .meta({ id: 'SettleRequest' });
export type SettleRequest = z.output<typeof SettleRequest>;

export const PreviewRequest = z
  .strictObject({
    ...requestShape,
    elections: ElectionsSchema.nullable()
      .default(null)
      .describe('Draft to try; null = what the contract says'),
  })
  .meta({ id: 'SettlementPreviewRequest' });
export type PreviewRequest = z.output<typeof PreviewRequest>;

export const PositionQuery = z.strictObject({
  contractCode: RecordCode,
  asOf: CalendarDay.describe('Civil day: periods that ended by then count'),
});
export type PositionQuery = z.output<typeof PositionQuery>;

const summaryShape = {
  runId: RunId,
  contractCode: RecordCode,
  contractVersion: z.int().min(1),
  run: z.literal(RUN_TYPES),
  period: z.string().describe('YYYY-MM, or Y and the contract year'),
  version: z.int().min(1),
  corrects: RunId.nullable().describe('The run before of the same period'),
  netMad: z.string(),
  grossMad: z.string(),
  deltaNetMad: z.string().nullable().describe('Against the run before; null = there is none'),
  engineChangeNetMad: z
    .string()
    .nullable()
    .describe('What of it another engine makes; null = one engine made both runs'),
  state: z
    .literal(['DRAFT', 'APPROVED', 'SUPERSEDED'])
    .describe('Made; approved by somebody else; replaced by a later run'),
  unsettledMonths: z
    .array(z.string())
    .describe('Months before in the contract year that no run settles: accounts open without them'),
  resultHash: z.string(),
  sha256: z.string().describe('Of the exact bytes of the document, hex'),
  recordedAt: Instant,
};

export const SettlementListResponse = z
  .strictObject({ items: z.array(z.strictObject(summaryShape)) })
  .meta({ id: 'SettlementRunList' });
export type SettlementListResponse = z.output<typeof SettlementListResponse>;

export const SettlementRunResponse = z
  .strictObject({
    ...summaryShape,
    estimatedHours: z
      .array(
        z.strictObject({
          series: z.literal(['generationWh', 'loadWh']),
          from: Instant,
          to: Instant,
          hours: z.int().min(1),
        }),
      )
      .describe('Hours whose generation or load rests on estimates, by series, then time'),
    document: z
      .looseObject({})
      .describe('Input, lines with formula and trace, totals, accounts, delta; as it was recorded'),
  })
  .meta({ id: 'SettlementRun' });
export type SettlementRunResponse = z.output<typeof SettlementRunResponse>;

export const HoursResponse = z
  .strictObject({
    items: z.array(
      z.strictObject({
        start: Instant,
        generationWh: z.int().nullable(),
        loadWh: z.int().nullable(),
        isEstimated: z.boolean(),
        mad: z
          .record(z.string(), z.string())
          .describe('By kind and label of the contract’s lines; rounded only where elected'),
      }),
    ),
  })
  .meta({ id: 'SettlementHours' });
export type HoursResponse = z.output<typeof HoursResponse>;

export const NewSettlementResponse = z
  .strictObject({ ...SettlementRunResponse.shape, isNew: z.boolean() })
  .meta({ id: 'NewSettlementRun' });
export type NewSettlementResponse = z.output<typeof NewSettlementResponse>;

export const PreviewResponse = z
  .strictObject({
    contractCode: RecordCode,
    contractVersion: z.int().min(1),
    period: z.string(),
    lastRunId: RunId.nullable(),
    settlement: z.looseObject({}),
    delta: z.looseObject({}).nullable().describe('Against the last run; null = there is none'),
  })
  .meta({ id: 'SettlementPreview' });
export type PreviewResponse = z.output<typeof PreviewResponse>;

const nullable = z.looseObject({}).nullable();
export const PositionResponse = z
  .strictObject({
    contractYear: z.int(),
    settledPeriods: z.array(z.string()),
    takeOrPay: nullable.describe('Obliged, taken, to take, make-up bank with expiry'),
    excess: nullable.describe('Sold to the grid, and what its cap leaves'),
    deemed: nullable,
    outputGuarantee: nullable,
    damages: z.strictObject({
      yearMad: z.string(),
      totalMad: z.string(),
      yearLeftMad: z.string().nullable().describe('null = no cap'),
      totalLeftMad: z.string().nullable(),
    }),
  })
  .meta({ id: 'ContractPosition' });
export type PositionResponse = z.output<typeof PositionResponse>;

export function toRunSummary(
  run: SettlementRun,
  state: RunState,
): SettlementListResponse['items'][number] {
  const { runId, contractCode, contractVersion, period, version, corrects, recordedAt } = run;
  const { settlement, delta, unsettledMonths } = parseRun(run);
  const { netMad, grossMad } = settlement.totals;
  return {
    runId,
    contractCode,
    contractVersion,
    run: run.run,
    period,
    version,
    corrects,
    netMad,
    grossMad,
    deltaNetMad: delta?.totals.netMad ?? null,
    state,
    engineChangeNetMad: delta?.parts?.engineChange.totals.netMad ?? null,
    unsettledMonths: [...unsettledMonths],
    resultHash: settlement.resultHash,
    sha256: run.sha256.toString('hex'),
    recordedAt: recordedAt.toISOString(),
  };
}

export function toRunResponse(run: SettlementRun, state: RunState): SettlementRunResponse {
  const document = parseRun(run);
  return {
    ...toRunSummary(run, state),
    estimatedHours: estimatedHoursOf(document.input),
    document: { ...document },
  };
}

function estimatedHoursOf({
  series,
  startMs,
}: RunResult['input']): SettlementRunResponse['estimatedHours'] {
  const of = (name: 'generationWh' | 'loadWh', flags: readonly boolean[] | null) =>
    estimatedStretches(flags, startMs).map((one) => ({ series: name, ...one }));
  return [...of('generationWh', series.estimatedGeneration), ...of('loadWh', series.estimatedLoad)];
}
