import { z } from 'zod';
import { POLICY_NAMES } from '../../core/matching/policies/policies.js';
import { isShareText } from '../../core/math/exact-share.js';
import { STORAGE_METHODS } from '../../core/storage/allocate.js';
import { parseInstant } from '../../core/time/interval.js';
import { isFactorText } from '../../core/units/emissions.js';

const Instant = z
  .string()
  .refine((text) => text.endsWith('Z') && parseInstant(text) !== null, {
    error: 'a UTC instant with Z is needed, for example 2026-10-01T00:00:00Z',
  })
  .describe('UTC instant with Z; start of a half-open interval');
const Wh = z.int().min(0).describe('Whole watt-hours, at most 9007199254740991');
const Factor = z
  .string()
  .refine(isFactorText, { error: 'plain decimal text with at most 3 decimals is needed' })
  .describe('g CO2e per kWh, decimal text');
const Share = z
  .string()
  .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, {
    error: 'a share from 0 to 1 with at most 6 decimals is needed, as text',
  })
  .describe('Share from 0 to 1, decimal text');
const Id = z.string().min(1).max(200);

const Interval = z
  .strictObject({
    start: Instant,
    loadWh: Wh,
    generationWh: Wh.optional().describe('Certifiable generation; or give `generation`'),
    generation: z
      .array(z.strictObject({ id: Id, wh: Wh, estimated: z.boolean() }))
      .optional()
      .describe('Generation by source; estimated generation never counts'),
    gridCfeShare: Share.optional().describe('Carbon-free share of the grid; absent counts 0'),
    gridFactorGPerKwh: Factor,
  })
  .refine(
    ({ generationWh, generation }) => (generationWh === undefined) !== (generation === undefined),
    { error: 'give either generationWh or generation' },
  );

function eachStartOnce(
  starts: readonly { readonly start: string }[],
  context: z.RefinementCtx,
): void {
  const seen = new Set<number>();
  starts.forEach(({ start }, at) => {
    const ms = parseInstant(start)!;
    if (seen.has(ms)) {
      context.addIssue({
        code: 'custom',
        path: [at, 'start'],
        message: 'this start is listed twice',
      });
    }
    seen.add(ms);
  });
}

export const CoverageInput = z
  .strictObject({
    fallbackFactorGPerKwh: Factor.describe('Fossil factor of the residual, g CO2e per kWh'),
    intervals: z.array(Interval).superRefine(eachStartOnce),
  })
  .meta({ title: 'Input of `mizan calc coverage`' });
export type CoverageInput = z.output<typeof CoverageInput>;

const Tiers = z.array(z.array(Id));

export const MatchInput = z
  .strictObject({
    policy: z.literal(POLICY_NAMES),
    tieRule: z
      .literal(['largest-remainder', 'first-listed'])
      .default('largest-remainder')
      .describe('Who gets odd units under tiered-spread'),
    hours: z
      .array(
        z.strictObject({
          start: Instant,
          supply: z.array(z.strictObject({ id: Id, wh: Wh })),
          demand: z.array(
            z.strictObject({
              id: Id,
              wh: Wh,
              supplyTiers: Tiers.optional().describe(
                'Ordered tiers of supply ids; what is not listed is never drawn. ' +
                  'Absent: all supply, one tier. An id listed twice stands in its first place.',
              ),
            }),
          ),
          demandTiers: Tiers.optional().describe(
            'Ordered tiers of demand ids; what is not listed is never served. ' +
              'Absent: all demand, one tier. An id listed twice stands in its first place.',
          ),
        }),
      )
      .superRefine(eachStartOnce),
  })
  .meta({ title: 'Input of `mizan calc match`' });
export type MatchInput = z.output<typeof MatchInput>;

export const StorageInput = z
  .strictObject({
    method: z
      .literal([...STORAGE_METHODS, 'weighted'])
      .describe(
        'Which charge a discharge draws on: earliest, latest, or all in proportion ' +
          '(`weighted` is short for `weighted-average`)',
      ),
    efficiency: z
      .string()
      .refine(isShareText, { error: 'plain decimal text above 0 and up to 1 is needed' })
      .describe('Round-trip efficiency, 0 < e ≤ 1, decimal text'),
    flows: z
      .array(
        z.strictObject({
          start: Instant,
          wh: z
            .int()
            .describe('Whole watt-hours: above zero charged, below zero discharged, zero neither'),
        }),
      )
      .superRefine(eachStartLater)
      .describe('Of one device, in order of start; each lasts until the next starts'),
  })
  .meta({ title: 'Input of `mizan calc storage`' });
export type StorageInput = z.output<typeof StorageInput>;

function eachStartLater(
  flows: readonly { readonly start: string }[],
  context: z.RefinementCtx,
): void {
  flows.forEach(({ start }, at) => {
    const before = flows[at - 1];
    if (before === undefined || parseInstant(before.start)! < parseInstant(start)!) return;
    context.addIssue({
      code: 'custom',
      path: [at, 'start'],
      message: 'not after the flow before it: flows come in order of start, each start once',
    });
  });
}
