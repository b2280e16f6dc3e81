import { z } from 'zod';
import { INTERVAL_MINUTES } from '../../core/metering/blocks/interval-block.js';
import { QUALITY_NAMES } from '../../core/metering/blocks/quality.js';
import { RuleChangesSchema } from '../../core/metering/vee/rule-changes.shape.js';
import { HOUR_MS, parseInstant } from '../../core/time/interval.js';

const Instant = z
  .string()
  .refine((text) => text.endsWith('Z') && parseInstant(text) !== null, {
    error: 'a UTC instant with Z is needed, for example 2026-10-01T00:00:00Z',
  })
  .describe('UTC instant with Z');
const Hour = Instant.refine((text) => parseInstant(text)! % HOUR_MS === 0, {
  error: 'a whole UTC hour is needed',
});
const Wh = z.int().min(0).describe('Whole watt-hours');

const Reading = z
  .strictObject({
    start: Instant,
    wh: z.int().nullable().describe('Whole Wh; null = missing; negative ones are reported'),
    quality: z.literal(QUALITY_NAMES).default('RAW'),
  })
  .refine(({ wh, quality }) => (wh === null) === (quality === 'MISSING') || wh === null, {
    error: 'a MISSING reading has no value',
  });
const Readings = z.array(Reading).max(100_000);

/** Input of `mizan calc vee`. */
export const VeeDocument = z
  .strictObject({
    meter: z.strictObject({
      code: z.string().min(1).max(200).default('METER'),
      intervalMinutes: z.literal(INTERVAL_MINUTES),
      ratedPowerW: z.int().min(1),
      direction: z.literal(['consumption', 'generation']).default('consumption'),
    }),
    from: Hour.describe('First whole UTC hour to validate'),
    to: Hour.describe('One past the last'),
    readings: Readings.describe('Readings; those before `from` are history, up to 36 days'),
    checkReadings: Readings.nullable().default(null).describe('The same energy by another meter'),
    childReadings: Readings.nullable().default(null).describe('Sum of the meters below'),
    registers: z
      .array(z.strictObject({ from: Instant, to: Instant, wh: Wh }))
      .default([])
      .describe('What the counter grew by'),
    clockDriftS: z.int().nullable().default(null).describe('How far the clock was off, s'),
    holidays: z.array(z.iso.date()).default([]).describe('Civil days that count as Sundays'),
    rules: RuleChangesSchema.default({}).describe('Changes to the default thresholds'),
    estimate: z.boolean().default(true).describe('Fill gaps of consumption'),
  })
  .refine(({ from, to }) => parseInstant(from)! < parseInstant(to)!, {
    path: ['to'],
    error: 'to must lie after from',
  })
  .refine(({ from, to }) => parseInstant(to)! - parseInstant(from)! <= 366 * 24 * HOUR_MS, {
    path: ['to'],
    error: 'at most 366 days at a time',
  })
  .meta({ title: 'Input of `mizan calc vee`' });
export type VeeDocument = z.output<typeof VeeDocument>;
