import { z } from 'zod';
import { DEFAULT_MATCHING_TERMS } from '../../core/contracts/matching-terms.js';
import { POLICY_NAMES } from '../../core/matching/policies/policies.js';
import { isShareText } from '../../core/math/exact-share.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { CalendarDay, PositiveInteger, text } from '../../core/shapes/values.shape.js';
import { spanOfDays } from '../../platform/http/schemas.js';

const Tiers = z
  .array(z.array(RecordCode).min(1).max(500))
  .min(1)
  .max(20)
  .refine((tiers) => new Set(tiers.flat()).size === tiers.flat().length, {
    error: 'A code stands in one tier only.',
  });

/** How a contract has its energy matched. */
const century = spanOfDays(36_525, ['commissionedFrom', 'commissionedTo']);
type Commissioned = Readonly<Record<'commissionedFrom' | 'commissionedTo', string | null>>;
/** Both days are within: one day alone is a range. */
const isRange = (range: Commissioned, context: z.core.$RefinementCtx): void => {
  if (range.commissionedFrom !== range.commissionedTo) century(range, context);
};

export const MatchingTermsSchema = z
  .strictObject({
    policy: z.literal(POLICY_NAMES),
    tieRule: z
      .literal(['largest-remainder', 'first-listed'])
      .default('largest-remainder')
      .describe('Who gets odd units under tiered-spread'),
    demandTiers: Tiers.nullable()
      .default(null)
      .describe('Meters in tiers, served in order; one that is not listed is not served'),
    supplyTiers: Tiers.nullable()
      .default(null)
      .describe('Plants in tiers, drawn in order; one that is not listed is not drawn'),
    meterTiers: z
      .array(z.strictObject({ meterCode: RecordCode, supplyTiers: Tiers }))
      .max(500)
      .default([])
      .describe('Meters with supply tiers of their own'),
    eligibility: z
      .strictObject({
        technologies: z.array(text(40)).min(1).max(100).nullable().default(null),
        commissionedFrom: CalendarDay.nullable().default(null).describe('First day, inclusive'),
        commissionedTo: CalendarDay.nullable().default(null).describe('Last day, inclusive'),
        shares: z
          .array(
            z
              .strictObject({
                plantCode: RecordCode,
                share: text(80)
                  .refine(isShareText, { error: 'a share above 0 and up to 1, as decimal text' })
                  .nullable()
                  .default(null)
                  .describe('Part of what the plant generates'),
                trancheW: PositiveInteger.nullable()
                  .default(null)
                  .describe('Contract tranche: the first watts of the plant'),
              })
              .refine(({ share, trancheW }) => (share === null) !== (trancheW === null), {
                error: 'Give a share or a tranche.',
              }),
          )
          .max(200)
          .default([]),
        lossFactor: z
          .literal(['none', 'plant'])
          .default('none')
          .describe('none: certificate Wh match 1:1; plant: less the loss to the delivery point'),
      })
      .superRefine(isRange)
      .default(DEFAULT_MATCHING_TERMS.eligibility as never),
  })
  .refine(
    ({ policy, demandTiers, supplyTiers, meterTiers }) =>
      policy !== 'pro-rata' ||
      (demandTiers === null && supplyTiers === null && meterTiers.length === 0),
    { error: 'pro-rata shares one pool: it takes no tiers.', path: ['policy'] },
  );
