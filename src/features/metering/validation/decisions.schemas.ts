import { z } from 'zod';
import { VEE_RULE_IDS } from '../../../core/metering/vee/rules.js';
import { parseInstant } from '../../../core/time/interval.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { Instant, Month, text } from '../../../core/shapes/values.shape.js';
import { spanOfDays } from '../../../platform/http/schemas.js';
import { previewShape } from '../../../platform/http/uploads.js';
import { DECISIONS_MAX, type ManyDecisions } from './decisions.service.js';
import { DECISION_FOR_GOOD, type DecidedException } from './exceptions.service.js';
import { ExceptionResponse, toExceptionResponse, Wh } from './validation.schemas.js';

/** A quarter and a day, as validation takes. */
const STRETCH_DAYS_MAX = 93;

const Reason = text(500, 3).trim().min(3).describe('Why; it is sealed with the decision');

const Filter = z
  .strictObject({
    month: Month.optional().describe('Civil month; or give from and to'),
    from: Instant.optional(),
    to: Instant.optional(),
    meterCode: RecordCode.nullable().default(null).describe('Null = any'),
    rule: z.literal(VEE_RULE_IDS).nullable().default(null).describe('Null = any'),
    severity: z.literal(['suspect', 'gap', 'warn', 'escalate']).nullable().default(null),
  })
  .refine(
    ({ month, from, to }) =>
      month === undefined
        ? from !== undefined && to !== undefined
        : from === undefined && to === undefined,
    { error: 'Give a month, or from and to.' },
  )
  .superRefine(spanOfDays(STRETCH_DAYS_MAX))
  .describe('The open exceptions that touch a stretch');

const Row = z
  .strictObject({
    findingId: z.uuid(),
    action: z.literal(['accept', 'override', 're-read']),
    reason: Reason,
    values: z
      .array(z.strictObject({ start: Instant, wh: Wh }))
      .max(100_000)
      .default([])
      .describe('Of an override: every interval of the finding once'),
  })
  .refine(({ action, values }) => (action === 'override') === values.length > 0, {
    path: ['values'],
    error: 'An override, and only an override, has values.',
  });

export const DecideManyRequest = z
  .strictObject({
    filter: Filter.optional().describe(
      'With `action` and `reason`: one decision about all of them',
    ),
    action: z.literal(['accept', 're-read']).optional(),
    reason: Reason.optional(),
    decisions: z.array(Row).min(1).max(DECISIONS_MAX).optional().describe('Or one decision each'),
    isDryRun: z.boolean().default(false).describe('Whether to say what would come of it, only'),
  })
  .refine(
    ({ filter, action, reason, decisions }) =>
      decisions === undefined
        ? filter !== undefined && action !== undefined && reason !== undefined
        : filter === undefined && action === undefined && reason === undefined,
    { error: 'Give a filter with an action and a reason, or decisions.' },
  )
  .meta({ id: 'DecideManyExceptionsRequest' });
export type DecideManyRequest = z.output<typeof DecideManyRequest>;

export function toManyDecisions({
  filter,
  action,
  reason,
  decisions,
}: DecideManyRequest): ManyDecisions {
  if (decisions !== undefined) return { rows: decisions };
  const { month, from, to, meterCode, rule, severity } = filter!;
  const { startMs, endMs } =
    month === undefined
      ? { startMs: parseInstant(from!)!, endMs: parseInstant(to!)! }
      : civilMonth(MOROCCO_LEGAL_TIME, month);
  return {
    filter: { startMs, endMs, meterCode, rule, severity },
    decision: { action: action!, reason: reason! },
  };
}

const Effect = z.object({
  intervalCount: z.int().min(0).describe('Intervals whose value or quality changes'),
  countedWh: Wh.describe('Energy of those intervals, as it counts from then on'),
  changeWh: z.int().describe('By how much that is other than what was measured'),
});

export const DecidedManyResponse = z
  .object({
    isDryRun: z.boolean(),
    cannotBeTakenBack: previewShape.cannotBeTakenBack,
    decidedCount: z.int().min(0),
    ...Effect.shape,
    items: z.array(z.object({ ...ExceptionResponse.shape, effect: Effect })),
  })
  .meta({ id: 'DecidedExceptions' });
export type DecidedManyResponse = z.output<typeof DecidedManyResponse>;

export function toDecidedMany(
  decided: readonly DecidedException[],
  isDryRun: boolean,
): DecidedManyResponse {
  const sum = (of: keyof DecidedException['effect']): number =>
    decided.reduce((total, { effect }) => total + effect[of], 0);
  return {
    isDryRun,
    ...(isDryRun ? { cannotBeTakenBack: DECISION_FOR_GOOD } : {}),
    decidedCount: decided.length,
    intervalCount: sum('intervalCount'),
    countedWh: sum('countedWh'),
    changeWh: sum('changeWh'),
    items: decided.map((one) => ({ ...toExceptionResponse(one), effect: { ...one.effect } })),
  };
}
