import { z } from 'zod';
import { RUN_TYPES } from '../../core/settlement/hours/hours.js';
import { hourlyPrices, SeriesSchema } from '../../core/settlement/hours/series.shape.js';
import { ElectionsSchema } from '../../core/settlement/elections/elections.shape.js';
import { OpeningsSchema } from '../../core/settlement/accounts/openings.shape.js';
import { ReferencesSchema } from '../../core/settlement/references/references.shape.js';
import { Instant } from '../../core/shapes/values.shape.js';

const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);
const Day = z.iso.date();
/** Input of `calc settle`. */
export const SettleInput = z.strictObject({
  contract: ElectionsSchema.describe('What holds at the end of the period'),
  earlier: z
    .array(
      z.strictObject({
        contract: ElectionsSchema,
        until: Day.describe('First day of the version that follows: the period is cut there'),
      }),
    )
    .max(50)
    .refine((all) => all.every(({ until }, at) => at === 0 || all[at - 1]!.until < until), {
      error: 'Versions follow each other in time.',
    })
    .default([])
    .describe('Versions that held before, in order of time'),
  holdsFrom: optional(Day).describe(
    'First day of the first version, where the contract begins inside a contract year',
  ),
  period: z
    .strictObject({
      start: Instant.describe('On a whole UTC hour'),
      end: Instant,
      run: z.literal(RUN_TYPES),
      asOf: Day.describe('Day of the settlement: what is published later is not known'),
    })
    .refine(({ start, end }) => Date.parse(start) < Date.parse(end), {
      error: 'must be after start',
      path: ['end'],
    })
    .refine(
      ({ start, end }) => [start, end].every((instant) => Date.parse(instant) % 3_600_000 === 0),
      { error: 'start and end are on whole UTC hours', path: ['start'] },
    ),
  series: SeriesSchema,
  references: ReferencesSchema.prefault({}),
  openings: OpeningsSchema.prefault({}),
  margin: z
    .strictObject({ before: hourlyPrices.default([]), after: hourlyPrices.default([]) })
    .prefault({})
    .describe('Reference prices right around the period, for runs of negative hours'),
  withHours: z.boolean().default(false).describe('Whether the amounts of every hour are given'),
});
export type SettleInput = z.output<typeof SettleInput>;
