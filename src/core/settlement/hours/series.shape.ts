import { z } from 'zod';
import type { Immutable } from '../../shapes/immutable.js';

/** What a plant was in an hour. */
export const HOUR_STATES = ['RUNNING', 'OUT_EXCUSED', 'OUT', 'CURTAILED'] as const;
/** One state. */
export type HourState = (typeof HOUR_STATES)[number];

const HOURS_MAX = 20_000;
const Wh = z.int().min(0);
const energies = z.array(Wh).max(HOURS_MAX);
const gappy = z.array(Wh.nullable()).max(HOURS_MAX).describe('Wh an hour; null = missing');
const flags = z.array(z.boolean()).max(HOURS_MAX);
const Price = z.string().regex(/^-?\d{1,9}(\.\d{1,9})?$/);
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);

/** Prices of hours, decimal text. */
export const hourlyPrices = z.array(Price).max(HOURS_MAX).describe('MAD per MWh an hour');

/** Hourly series of a period, one value an hour, in order. Energy in whole Wh. */
export const SeriesSchema = z.strictObject({
  /** Metered at the plants. */
  generationWh: gappy,
  /** Of the site; null where the product does not ask for it. */
  loadWh: optional(gappy),
  nominatedWh: optional(energies),
  contractWh: optional(energies).describe('SHAPE_8760'),
  referenceMadPerMwh: optional(hourlyPrices),
  potentialWh: optional(energies).describe('What the plants could have generated'),
  /** Energy that the seller, or force majeure, kept from being delivered. */
  sellerFailureWh: optional(energies),
  forceMajeureWh: optional(energies),
  /** Of each hour: running, or out, with or without an excuse, or curtailed. */
  states: optional(z.array(z.literal(HOUR_STATES)).max(HOURS_MAX)),
  /** Hours whose generation, or load, is an estimate. */
  estimatedGeneration: optional(flags),
  estimatedLoad: optional(flags),
});

/** Hourly series of a period, as they were checked. */
export type SettlementSeries = Immutable<z.output<typeof SeriesSchema>>;
