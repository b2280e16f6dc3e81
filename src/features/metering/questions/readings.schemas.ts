import { z } from 'zod';
import { QUALITY_NAMES } from '../../../core/metering/blocks/quality.js';
import { formatInstant, parseInstant, MINUTE_MS } from '../../../core/time/interval.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { CalendarDay, Instant, Month, text } from '../../../core/shapes/values.shape.js';
import { INTEGER_MAX, spanOfDays } from '../../../platform/http/schemas.js';
import { Flag } from '../../../platform/http/uploads.js';
import type { ImportJob } from '../uploads/import-attempts.service.js';
import type { StoredBlock } from '../blocks/interval-blocks.service.js';
import type { DayDifference, ReadingsService } from './readings.service.js';

const Count = z.int().min(0);

export const UtcDay = CalendarDay.describe('UTC day, 24 hours long');
const DAYS_AT_A_TIME = 32;

export const SendReadingsRequest = z
  .strictObject({
    items: z
      .array(
        z.strictObject({
          meter: text(200),
          start: text(40, 0).describe('Instant with an explicit offset'),
          wh: z.int().nullable().describe('Whole Wh; null with quality MISSING'),
          quality: z.literal(QUALITY_NAMES),
        }),
      )
      .min(1)
      .max(5_000),
  })
  .meta({ id: 'SendReadingsRequest' });
export type SendReadingsRequest = z.output<typeof SendReadingsRequest>;

export const SendQuery = z.strictObject({
  atomic: Flag.describe('All or none'),
  dryRun: Flag.describe(
    'Only preview: 200 with what it would do; nothing is written but the bytes',
  ),
});
export type SendQuery = z.output<typeof SendQuery>;

export const SendReadingsResponse = z
  .object({
    importId: z.uuid(),
    newCount: Count,
    identicalCount: Count,
    changedCount: Count,
    rejectedCount: Count,
    items: z.array(
      z.object({
        index: Count,
        status: z.literal([201, 422]),
        rule: z.string().nullable(),
        detail: z.string().nullable(),
        fix: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'SendReadingsResult' });
export type SendReadingsResponse = z.output<typeof SendReadingsResponse>;

export function toSendReadingsResponse(job: ImportJob, count: number): SendReadingsResponse {
  const preview = job.preview;
  const {
    newCount = 0,
    identicalCount = count,
    changedCount = 0,
    rejectedCount = 0,
  } = preview ?? {};
  const problems = new Map(preview?.problems.map((one) => [one.row - 2, one]));
  return {
    importId: job.importId!,
    newCount,
    identicalCount,
    changedCount,
    rejectedCount,
    items: Array.from({ length: count }, (_, index) => {
      const problem = problems.get(index);
      return problem === undefined
        ? { index, status: 201, rule: null, detail: null, fix: null }
        : { index, status: 422, rule: problem.rule, detail: problem.detail, fix: problem.fix };
    }),
  };
}

const AsOf = z
  .union([
    z.coerce.number().int().min(0),
    Instant.transform((text) => new Date(parseInstant(text)!)),
  ])
  .optional()
  .describe('What was known: a size of the log, or an instant');

export const ReadingsQuery = z
  .strictObject({ from: Instant, to: Instant, asOf: AsOf })
  .superRefine(spanOfDays(DAYS_AT_A_TIME));
export type ReadingsQuery = z.output<typeof ReadingsQuery>;

export const ReadingsResponse = z
  .object({
    meterCode: RecordCode,
    isVirtual: z.boolean(),
    intervalMinutes: z.int().describe('The longest of the stretch, where the length changes in it'),
    from: Instant.describe('Start of the first interval'),
    asOf: Count.describe('Size of the log that this is known from'),
    wh: z.array(Count.nullable()).describe('Wh per interval; null = missing'),
    quality: z.array(z.literal(QUALITY_NAMES)),
  })
  .meta({ id: 'Readings' });
export type ReadingsResponse = z.output<typeof ReadingsResponse>;

export function toReadingsResponse({
  meter,
  series,
  asOf,
  range,
}: Awaited<ReturnType<ReadingsService['read']>>): ReadingsResponse {
  const [from, to] = range;
  return {
    meterCode: meter.code,
    isVirtual: meter.formula !== null,
    intervalMinutes: series.stepMs / MINUTE_MS,
    from: formatInstant(series.startMs + from * series.stepMs),
    asOf,
    wh: Array.from(series.wh.subarray(from, to), (wh) => (Number.isNaN(wh) ? null : wh)),
    quality: Array.from(series.quality.subarray(from, to), (code) => QUALITY_NAMES[code]!),
  };
}

export const DifferenceQuery = z.strictObject({
  from: z.coerce
    .number()
    .int()
    .min(0)
    .max(INTEGER_MAX)
    .default(0)
    .describe('Earlier revision; 0 = none'),
  to: z.coerce
    .number()
    .int()
    .min(1)
    .max(INTEGER_MAX)
    .optional()
    .describe('Later revision; absent = the last'),
});
export type DifferenceQuery = z.output<typeof DifferenceQuery>;

export const DifferenceResponse = z
  .object({
    meterCode: RecordCode,
    utcDay: CalendarDay,
    fromRevision: Count,
    toRevision: Count,
    eventId: z.uuid().describe('Event that sealed the later revision'),
    eventType: z.string(),
    actor: z.string().describe('Id of the key, or cli'),
    recordedAt: Instant,
    changes: z.array(
      z.object({
        start: Instant,
        oldWh: Count.nullable(),
        newWh: Count.nullable(),
        oldQuality: z.string(),
        newQuality: z.string(),
        fileName: z.string().nullable(),
        fileSha256: z.string().nullable(),
        line: z.int().nullable(),
      }),
    ),
  })
  .meta({ id: 'DayDifference' });
export type DifferenceResponse = z.output<typeof DifferenceResponse>;

export function toDifferenceResponse(difference: DayDifference): DifferenceResponse {
  const { from, to, actor, eventType, changes } = difference;
  return {
    meterCode: to.meterCode,
    utcDay: to.utcDay,
    fromRevision: from?.revision ?? 0,
    toRevision: to.revision,
    eventId: to.eventId,
    eventType,
    actor,
    recordedAt: to.recordedAt.toISOString(),
    changes: changes.map(({ line, ...change }) => ({
      ...change,
      fileName: line?.fileName ?? null,
      fileSha256: line?.fileSha256 ?? null,
      line: line?.line ?? null,
    })),
  };
}

export const MonthQuery = z.strictObject({ month: Month });
export type MonthQuery = z.output<typeof MonthQuery>;

export const LossesResponse = z
  .object({
    meterCode: RecordCode,
    month: Month,
    children: z.array(RecordCode),
    completeHours: Count.describe('Hours in which parent and children are all there'),
    parentWh: Count,
    childrenWh: Count,
    unaccountedWh: z.int().describe('Parent minus children over the complete hours'),
    hours: z.array(
      z.object({
        hour: Instant,
        parentWh: Count.nullable(),
        childrenWh: Count.nullable(),
        unaccountedWh: z.int().nullable(),
      }),
    ),
  })
  .meta({ id: 'Losses' });
export type LossesResponse = z.output<typeof LossesResponse>;

export function toLossesResponse(
  meterCode: string,
  month: string,
  { children, hours }: Awaited<ReturnType<ReadingsService['losses']>>,
): LossesResponse {
  const whole = hours.filter(({ unaccountedWh }) => unaccountedWh !== null);
  const sum = (of: 'parentWh' | 'childrenWh' | 'unaccountedWh'): number =>
    whole.reduce((total, hour) => total + hour[of]!, 0);
  return {
    meterCode,
    month,
    children: [...children],
    completeHours: whole.length,
    parentWh: sum('parentWh'),
    childrenWh: sum('childrenWh'),
    unaccountedWh: sum('unaccountedWh'),
    hours: hours.map(({ hourMs, ...hour }) => ({ hour: formatInstant(hourMs), ...hour })),
  };
}

export const BlockListResponse = z
  .object({
    items: z.array(
      z.object({
        meterCode: RecordCode,
        utcDay: UtcDay,
        revision: z.int().min(1),
        intervalMinutes: z.int(),
        wh: z
          .array(Count.nullable())
          .describe('Wh per interval; null = missing, 0 = measured zero'),
        quality: z.array(z.literal(QUALITY_NAMES)),
        eventId: z.uuid(),
        recordedAt: Instant,
      }),
    ),
  })
  .meta({ id: 'BlockList' });
export type BlockListResponse = z.output<typeof BlockListResponse>;

export function toBlockListResponse(blocks: readonly StoredBlock[]): BlockListResponse {
  return {
    items: blocks.map((block) => ({
      meterCode: block.meterCode,
      utcDay: block.utcDay,
      revision: block.revision,
      intervalMinutes: block.intervalMinutes,
      wh: block.wh,
      quality: block.quality.map((code) => QUALITY_NAMES[code]!),
      eventId: block.eventId,
      recordedAt: block.recordedAt.toISOString(),
    })),
  };
}
