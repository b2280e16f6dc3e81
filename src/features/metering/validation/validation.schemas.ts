import { z } from 'zod';
import { LEFT_REASONS, type LeftReason } from '../../../core/metering/vee/estimate.js';
import { VEE_RULES } from '../../../core/metering/vee/rules.js';
import { formatInstant, HOUR_MS, parseInstant } from '../../../core/time/interval.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { CalendarDay, Instant, Month, text } from '../../../core/shapes/values.shape.js';
import { spanOfDays } from '../../../platform/http/schemas.js';
import { previewShape } from '../../../platform/http/uploads.js';
import { DECISION_FOR_GOOD, type MeterException } from './exceptions.service.js';
import type { EstimationResult, ReadingsStretch, ValidationResult } from './validation.service.js';

const Hour = Instant.refine((text) => parseInstant(text)! % HOUR_MS === 0, {
  error: 'A whole UTC hour.',
});
export const Wh = z.int().min(0);

/** A quarter and a day: what is validated or estimated at once (house rule, memory). */
const STRETCH_DAYS_MAX = 93;
/** Two years: counters are read at least yearly (house rule). */
const REGISTER_DAYS_MAX = 731;

const StretchShape = {
  month: Month.optional().describe('Civil month; or give from and to'),
  from: Hour.optional(),
  to: Hour.optional(),
  meterCodes: z.array(RecordCode).min(1).max(1_000).nullable().default(null).describe('Null = all'),
};

export const ValidateRequest = z
  .strictObject({
    ...StretchShape,
    registers: z
      .array(
        z
          .strictObject({ meterCode: RecordCode, from: Instant, to: Instant, wh: Wh })
          .superRefine(spanOfDays(REGISTER_DAYS_MAX)),
      )
      .max(1_000)
      .default([])
      .describe('What counters grew by'),
    clockDriftS: z
      .int()
      .min(-86_400)
      .max(86_400)
      .nullable()
      .default(null)
      .describe('How far the clocks were off, seconds'),
  })
  .refine(isStretch, { error: 'Give a month, or from and to.' })
  .superRefine(spanOfDays(STRETCH_DAYS_MAX))
  .meta({ id: 'ValidateReadingsRequest' });
export type ValidateRequest = z.output<typeof ValidateRequest>;

function isStretch({
  month,
  from,
  to,
}: {
  month?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}): boolean {
  if (month !== undefined) return from === undefined && to === undefined;
  return from !== undefined && to !== undefined;
}

export function toStretch(request: ValidateRequest): ReadingsStretch {
  const { month, from, to, meterCodes, registers, clockDriftS } = request;
  const bounds =
    month === undefined
      ? { startMs: parseInstant(from!)!, endMs: parseInstant(to!)! }
      : civilMonth(MOROCCO_LEGAL_TIME, month);
  return {
    startMs: bounds.startMs,
    endMs: bounds.endMs,
    meterCodes,
    clockDriftS,
    registers: registers.map((one) => ({
      meterCode: one.meterCode,
      startMs: parseInstant(one.from)!,
      endMs: parseInstant(one.to)!,
      wh: one.wh,
    })),
  };
}

export const ExceptionResponse = z
  .object({
    findingId: z.uuid(),
    meterCode: RecordCode,
    rule: z.string(),
    title: z.string(),
    severity: z.literal(['suspect', 'gap', 'warn', 'escalate']),
    from: Instant,
    to: Instant,
    measured: z.string(),
    threshold: z.string(),
    state: z
      .literal(['open', 'accepted', 'overridden', 're-read-requested', 'filled'])
      .describe('filled = the readings are there by now, or were estimated'),
    reason: z.string().nullable(),
    decidedBy: z.string().nullable(),
    recordedAt: Instant,
    ...previewShape,
  })
  .meta({ id: 'MeterException' });
export type ExceptionResponse = z.output<typeof ExceptionResponse>;

const STATES = {
  accept: 'accepted',
  override: 'overridden',
  're-read': 're-read-requested',
} as const;

export function toExceptionResponse({
  finding,
  decision,
  isFilled,
}: MeterException): ExceptionResponse {
  const { findingId, meterCode, rule, severity, measured, threshold } = finding;
  return {
    findingId,
    meterCode,
    rule,
    title: VEE_RULES[rule].title,
    severity,
    measured,
    threshold,
    from: formatInstant(finding.startsAt.getTime()),
    to: formatInstant(finding.endsAt.getTime()),
    state: decision === null ? (isFilled ? 'filled' : 'open') : STATES[decision.action],
    reason: decision?.reason ?? null,
    decidedBy: decision?.actor ?? null,
    recordedAt: finding.recordedAt.toISOString(),
  };
}

/** The answer to a decision that was taken, or only tried. */
export function toDecidedResponse(decided: MeterException, isDryRun: boolean): ExceptionResponse {
  const response = toExceptionResponse(decided);
  return isDryRun ? { ...response, isDryRun, cannotBeTakenBack: DECISION_FOR_GOOD } : response;
}

export const ExceptionListResponse = z
  .object({ items: z.array(ExceptionResponse) })
  .meta({ id: 'MeterExceptionList' });

export const ExceptionQuery = z
  .strictObject({
    month: Month,
    meterCode: RecordCode.optional(),
    state: z.literal(['open', 'all']).default('open'),
  })
  .describe('Exceptions that touch a civil month');
export type ExceptionQuery = z.output<typeof ExceptionQuery>;

export const DecideRequest = z
  .strictObject({
    action: z.literal(['accept', 'override', 're-read']),
    reason: text(500, 3).trim().min(3),
    values: z
      .array(z.strictObject({ start: Instant, wh: Wh }))
      .max(100_000)
      .default([]),
  })
  .refine(({ action, values }) => (action === 'override') === values.length > 0, {
    path: ['values'],
    error: 'An override, and only an override, has values.',
  })
  .meta({ id: 'DecideExceptionRequest' });
export type DecideRequest = z.output<typeof DecideRequest>;

export const ValidationResponse = z
  .object({
    eventId: z.uuid().nullable().describe('Null when nothing was new'),
    revisedDays: z.int(),
    findings: z.array(ExceptionResponse).describe('New findings; earlier ones are in the list'),
    meters: z.array(
      z.object({
        meterCode: RecordCode,
        days: z.array(
          z.object({
            civilDay: CalendarDay,
            expectedCount: z.int(),
            presentCount: z.int(),
            estimatedCount: z.int(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'ReadingsValidation' });
export type ValidationResponse = z.output<typeof ValidationResponse>;

export function toValidationResponse(result: ValidationResult): ValidationResponse {
  const { eventId, revisedDays, findings, meters } = result;
  return {
    eventId,
    revisedDays,
    findings: findings.map((finding) =>
      toExceptionResponse({ finding, decision: null, isFilled: false }),
    ),
    meters: meters.map(({ meterCode, days }) => ({ meterCode, days: [...days] })),
  };
}

export const EstimationResponse = z
  .object({
    eventId: z.uuid().nullable(),
    revisedDays: z.int(),
    estimates: z.array(
      z.object({
        meterCode: RecordCode,
        from: Instant,
        to: Instant,
        method: z.string(),
        confidence: z.string(),
        wh: z.array(Wh),
      }),
    ),
    left: z
      .array(
        z.object({
          meterCode: RecordCode,
          from: Instant,
          to: Instant,
          intervalCount: z.int(),
          reason: z.literal(Object.keys(LEFT_REASONS) as LeftReason[]),
          detail: z.string(),
        }),
      )
      .describe('What stays missing or suspect, and why'),
  })
  .meta({ id: 'ReadingsEstimation' });
export type EstimationResponse = z.output<typeof EstimationResponse>;

export function toEstimationResponse({
  eventId,
  revisedDays,
  estimates,
  left,
}: EstimationResult): EstimationResponse {
  return {
    eventId,
    revisedDays,
    estimates: estimates.map(({ meterCode, startMs, endMs, method, confidence, wh }) => ({
      meterCode,
      from: formatInstant(startMs),
      to: formatInstant(endMs),
      method,
      confidence,
      wh: [...wh],
    })),
    left: left.map(({ meterCode, startMs, endMs, intervalCount, reason }) => ({
      meterCode,
      from: formatInstant(startMs),
      to: formatInstant(endMs),
      intervalCount,
      reason,
      detail: LEFT_REASONS[reason],
    })),
  };
}
