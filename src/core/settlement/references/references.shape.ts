import { z } from 'zod';
import { tilingProblems } from '../elections/price-conflicts.js';
import { REGULATED_CHARGES } from '../elections/elections.shape.js';
import type { Immutable } from '../../shapes/immutable.js';
import { seasonsOf, windowShape } from '../../shapes/seasons.shape.js';
import { decimalText, Month } from '../../shapes/values.shape.js';

const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);
const Day = z.iso.date();
const Amount = decimalText(14, 9);
/** Where a dated figure comes from (`CODE@version` of a record): printed beside each amount that rests on it. */
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

const Tariff = z.strictObject({
  ...rowShape,
  kind: z.literal([...REGULATED_CHARGES, 'EXCESS_PEAK', 'EXCESS_OFF_PEAK']),
  madPerKwh: Amount,
  from: Day,
  to: optional(Day).describe('Exclusive; null = open'),
});

const Index = z.strictObject({
  ...rowShape,
  series: z.string().min(1).max(80),
  month: Month,
  value: Amount,
  publishedOn: Day,
});

const Fx = z.strictObject({
  ...rowShape,
  currency: z.string().regex(/^[A-Z]{3}$/),
  day: Day,
  madPerUnit: Amount,
});

const Vat = z.strictObject({
  ...rowShape,
  code: z.string().min(1).max(40),
  ratePct: Amount,
  from: Day,
  to: optional(Day),
});

const Peaks = z.strictObject({
  ...rowShape,
  seasons: seasonsOf(z.strictObject({ ...windowShape, isPeak: z.boolean() })).check(tiled),
});

/** Dated figures that a settlement may use, as somebody gives them. */
export const ReferencesSchema = z.strictObject({
  tariffs: z.array(Tariff).max(1_000).default([]),
  indices: z.array(Index).max(5_000).default([]),
  fx: z.array(Fx).max(20_000).default([]),
  vat: z.array(Vat).max(1_000).default([]),
  peakWindows: optional(Peaks).describe('Hours of the grid that are peak, in UTC'),
});

/** A regulated tariff, excluding VAT. Days are civil, `to` exclusive, null = open. */
export type TariffRow = Immutable<z.output<typeof Tariff>>;
/** A value of a price index for a month, as it was published on a day. */
export type IndexRow = Immutable<z.output<typeof Index>>;
/** MAD for one unit of a currency on a day. */
export type FxRow = Immutable<z.output<typeof Fx>>;
/** A VAT rate. Days are civil, `to` exclusive, null = open. */
export type VatRow = Immutable<z.output<typeof Vat>>;
/** The hours of the grid that count as peak, in UTC. */
export type PeakWindows = Immutable<z.output<typeof Peaks>>;

/** Dated figures that a settlement may use. */
export type References = Immutable<z.output<typeof ReferencesSchema>> & {
  /** Where the grid changes inside the period: each with its days, `to` exclusive; absent otherwise. */
  readonly grids?: readonly (PeakWindows & { readonly from: string; readonly to: string | null })[];
};
