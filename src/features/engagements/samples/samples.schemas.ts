import { z } from 'zod';
import { POPULATIONS, type Sample } from '../../../core/engagements/engagement.js';
import { Instant, PositiveInteger, text } from '../../../core/shapes/values.shape.js';
import { outcomeOf } from './samples.service.js';

export const SampleId = z.uuid().describe('Id of a sample');
export const Population = z
  .literal(POPULATIONS)
  .describe(
    'load: consumption by meter and hour, Wh; certificates: what of each is matched, Wh; emissions: location-based by hour, g CO2e; settlement: lines, centimes; interventions: acts of persons, by their Wh',
  );

export const SampleRequest = z
  .discriminatedUnion('method', [
    z.strictObject({
      method: z.literal('monetary-unit'),
      population: Population,
      tolerable: PositiveInteger.describe(
        'Misstatement that is tolerable, in the population’s unit',
      ),
      confidencePct: z.literal([90, 95]).default(95),
    }),
    z
      .strictObject({
        method: z.literal('stratified'),
        population: Population,
        count: z.int().min(1).max(1_000).nullable().default(null),
        frequency: z
          .literal(['daily', 'weekly', 'monthly', 'quarterly'])
          .nullable()
          .default(null)
          .describe('How often the control is done that is tested: it sets how many items'),
      })
      .refine(({ count, frequency }) => count !== null || frequency !== null, {
        error: 'Name how many items, or how often the control is done.',
        path: ['count'],
      }),
  ])
  .meta({ id: 'SampleRequest' });
export type SampleRequest = z.output<typeof SampleRequest>;

export const PopulationQuery = z.strictObject({
  round: z.coerce.number().int().min(1).optional().describe('State that was fixed; the last'),
});
export type PopulationQuery = z.output<typeof PopulationQuery>;

const Units = z.int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);

export const ResultsRequest = z
  .strictObject({
    results: z
      .array(
        z.strictObject({
          key: text(200).describe('Of an item, as the sample lists it'),
          audited: Units.describe('What it should have been, in the sample’s unit, with its sign'),
          note: text(1_000).nullable().default(null),
        }),
      )
      .min(1)
      .max(1_000),
  })
  .meta({ id: 'SampleResultsRequest' });
export type ResultsRequest = z.output<typeof ResultsRequest>;

const Count = z.int().min(0);

export const SampleResponse = z
  .object({
    sampleId: SampleId,
    round: z.int().min(1),
    drawnAt: Instant,
    drawnBy: z.object({ principalId: z.string(), name: z.string().nullable() }),
    population: z.string(),
    unit: z.string().describe('Wh, g or centime'),
    method: z.string().describe('monetary-unit or stratified'),
    tolerable: Count.nullable(),
    confidencePct: z.int().nullable(),
    plannedCount: Count.describe('n: on the whole population'),
    interval: Count.nullable().describe('J'),
    start: Count.nullable().describe('Seed modulo J'),
    frequency: z.string().nullable(),
    seed: z.string().describe('SHA-256(root || nonce), hex'),
    populationSha256: z.string().describe('Of the table that it was drawn from'),
    totals: z.object({ count: Count, zeroCount: Count, total: Count }),
    items: z.array(
      z.object({
        key: z.string(),
        stratum: z.string(),
        size: Count,
        because: z.string().describe('certain: as large as the interval; drawn'),
        unit: Count.nullable().describe('Place of the unit that it was drawn by'),
        result: z.object({ audited: Units, note: z.string().nullable(), at: Instant }).nullable(),
      }),
    ),
    outcome: z.object({
      testedCount: Count,
      itemCount: Count,
      errorCount: Count,
      known: Units.nullable().describe('Errors in certain items'),
      projected: Units.nullable().describe('Errors in drawn items, projected'),
      total: Units.nullable(),
      isTolerable: z.boolean().nullable().describe('Null until all items are tested'),
      basicPrecision: Count.nullable(),
    }),
  })
  .meta({ id: 'Sample' });
export type SampleResponse = z.output<typeof SampleResponse>;

export function toSampleResponse(
  sample: Sample,
  names: ReadonlyMap<string, string>,
): SampleResponse {
  const { sampleId, round, drawn, population, unit, how, seed, populationSha256 } = sample;
  const { totals, items, results } = sample;
  const isUnits = how.method === 'monetary-unit';
  const found = outcomeOf(sample);
  return {
    sampleId,
    round,
    drawnAt: drawn.at,
    drawnBy: { principalId: drawn.principalId, name: names.get(drawn.principalId) ?? null },
    population,
    unit,
    method: how.method,
    tolerable: isUnits ? how.tolerable : null,
    confidencePct: isUnits ? how.confidencePct : null,
    plannedCount: isUnits ? how.plannedCount : how.count,
    interval: isUnits ? how.interval : null,
    start: isUnits ? how.start : null,
    frequency: isUnits ? null : how.frequency,
    seed,
    populationSha256,
    totals: { ...totals },
    items: items.map(({ key, stratum, size, because, unit: at }) => {
      const result = results.get(key);
      return {
        key,
        stratum,
        size,
        because,
        unit: at,
        result:
          result === undefined
            ? null
            : { audited: result.audited, note: result.note, at: result.by.at },
      };
    }),
    outcome: {
      testedCount: found.testedCount,
      itemCount: found.itemCount,
      errorCount: found.errorCount,
      known: 'known' in found ? found.known : null,
      projected: 'known' in found ? found.projected : null,
      total: 'known' in found ? found.total : null,
      isTolerable: 'known' in found ? found.isTolerable : null,
      basicPrecision: 'known' in found ? found.basicPrecision : null,
    },
  };
}
