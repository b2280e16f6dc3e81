import { z } from 'zod';
import { RUN_TYPES } from '../../core/settlement/hours/hours.js';
import { hourlyPrices, SeriesSchema } from '../../core/settlement/hours/series.shape.js';
import { tilingProblems } from '../../core/settlement/elections/price-conflicts.js';
import { REGULATED_CHARGES } from '../../core/settlement/elections/elections.shape.js';
import { ElectionsSchema } from '../../core/settlement/elections/elections.shape.js';
import { decimalText, Instant, Month } from '../../core/shapes/values.shape.js';
import { seasonsOf, windowShape } from '../../core/shapes/seasons.shape.js';

const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);
const Day = z.iso.date();
const Amount = decimalText(14, 9);
const rowShape = {
  id: z.string().min(1).max(120),
  confidence: z.string().max(10).default('V'),
};

/** Windows that leave an hour out, or hold it twice, would decide its price in silence. */
const tiled = (context: z.core.ParsePayload<Parameters<typeof tilingProblems>[1]>): void => {
  for (const { pointer, detail } of tilingProblems('', context.value)) {
    const path = pointer
      .split('/')
      .slice(1)
      .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    context.issues.push({ code: 'custom', message: detail, input: context.value, path });
  }
};

const References = z.strictObject({
  tariffs: z
    .array(
      z.strictObject({
        ...rowShape,
        kind: z.literal([...REGULATED_CHARGES, 'EXCESS_PEAK', 'EXCESS_OFF_PEAK']),
        madPerKwh: Amount,
        from: Day,
        to: optional(Day).describe('Exclusive; null = open'),
      }),
    )
    .max(1_000)
    .default([]),
  indices: z
    .array(
      z.strictObject({
        ...rowShape,
        series: z.string().min(1).max(80),
        month: Month,
        value: Amount,
        publishedOn: Day,
      }),
    )
    .max(5_000)
    .default([]),
  fx: z
    .array(
      z.strictObject({
        ...rowShape,
        currency: z.string().regex(/^[A-Z]{3}$/),
        day: Day,
        madPerUnit: Amount,
      }),
    )
    .max(20_000)
    .default([]),
  vat: z
    .array(
      z.strictObject({
        ...rowShape,
        code: z.string().min(1).max(40),
        ratePct: Amount,
        from: Day,
        to: optional(Day),
      }),
    )
    .max(1_000)
    .default([]),
  peakWindows: optional(
    z.strictObject({
      ...rowShape,
      seasons: seasonsOf(z.strictObject({ ...windowShape, isPeak: z.boolean() })).check(tiled),
    }),
  ).describe('Hours of the grid that are peak, in UTC'),
});

const Openings = z.strictObject({
  bank: z
    .array(z.strictObject({ contractYear: z.int(), mwh: Amount, paidMadPerMwh: Amount }))
    .max(100)
    .default([])
    .describe('Make-up energy by contract year'),
  forward: z
    .array(z.strictObject({ contractYear: z.int(), mwh: Amount }))
    .max(100)
    .default([])
    .describe('Energy carried forward, by contract year'),
  damagesYearMad: Amount.default('0'),
  damagesTotalMad: Amount.default('0'),
  deemedUsedMwh: Amount.default('0'),
  takenMwh: Amount.default('0').describe('In the contract year, before the period'),
  testMwh: Amount.default('0').describe('What of it was taken before the COD'),
  productionMwh: Amount.default('0'),
  excessSoldMwh: Amount.default('0'),
  excessCapMwh: Amount.optional().describe(
    'Cap on sales to the grid until then; else capPct of productionMwh',
  ),
});

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
  references: References.prefault({}),
  openings: Openings.prefault({}),
  margin: z
    .strictObject({ before: hourlyPrices.default([]), after: hourlyPrices.default([]) })
    .prefault({})
    .describe('Reference prices right around the period, for runs of negative hours'),
  withHours: z.boolean().default(false).describe('Whether the amounts of every hour are given'),
});
export type SettleInput = z.output<typeof SettleInput>;
