import { z } from 'zod';
import { COVERAGE_METRICS } from '../../core/contracts/coverage-guarantee.js';
import { DEFAULT_MATCHING_TERMS } from '../../core/contracts/matching-terms.js';
import { isShareText } from '../../core/math/exact-share.js';
import { POLICY_NAMES } from '../../core/matching/policies/policies.js';
import { DELIVERY_FORMS, VOLUME_PRODUCTS } from '../../core/settlement/elections/elections.js';
import { RecordCode, RecordName } from '../../platform/http/record-controller.js';
import {
  Confidence,
  CalendarDay,
  decimalText,
  isValidity,
  PositiveInteger,
  spanOfDays,
  text,
} from '../../platform/http/schemas.js';
import type { ContractEntity } from './contract.entity.js';
import { ElectionsSchema } from './elections.schemas.js';
import type { VatRateEntity } from './vat-rate.entity.js';

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

export const ContractAttributes = z.strictObject({
  name: RecordName,
  sellerCode: RecordCode.describe('Organisation that sells, and issues the invoices'),
  buyerCode: RecordCode.describe('Organisation that buys, and whose certificates are cancelled'),
  siteCode: RecordCode.describe('Site whose consumption is matched'),
  plantCodes: z.array(RecordCode).min(1).max(200).describe('Plants whose energy it sells'),
  deliveryForm: z.literal(DELIVERY_FORMS).describe('Without elections: PHYSICAL'),
  volumeProduct: z.literal(VOLUME_PRODUCTS).describe('Without elections: PAY_AS_PRODUCED'),
  effectiveFrom: CalendarDay.describe('First civil day on which this version holds'),
  strikePriceMadPerMwh: decimalText(6, 6).describe('MAD per MWh delivered, excluding VAT'),
  vatCode: RecordCode.describe('Code of a VAT rate record'),
  currency: z.literal('MAD').describe('Of all its prices'),
  lateData: z
    .strictObject({
      lockDays: z.int().min(0).max(366).describe('Days after the end of a month on which it locks'),
      correctionRunMonths: z
        .array(z.int().min(1).max(120))
        .max(12)
        .describe('Months after its end on which corrections are booked, ascending'),
      reachMonths: z.int().min(0).max(120).describe('Months up to which corrections are booked'),
    })
    .refine(
      ({ correctionRunMonths: runs }) => runs.every((run, at) => at === 0 || runs[at - 1]! < run),
      {
        error: 'Correction runs ascend.',
      },
    )
    .nullable()
    .default(null)
    .describe('Windows for late data; null = months stay open until they are closed'),
  matching: MatchingTermsSchema.nullable()
    .default(null)
    .describe('How its energy is matched; null = pro-rata over all contracted plants and meters'),
  coverageGuarantee: z
    .strictObject({
      metric: z.literal(COVERAGE_METRICS).describe('The averaging rule; there is no default'),
      levelPct: decimalText(3, 6).describe('Per cent of consumption'),
      rateMadPerMwh: decimalText(6, 6).describe('MAD per MWh short'),
      period: z.literal(['month', 'year']).describe('Civil month, or civil year'),
      zeroLoadHour: z
        .literal(['COVERED', 'EXCLUDED'])
        .default('COVERED')
        .describe('An hour without load, under TIME_AVERAGED'),
    })
    .refine(({ levelPct }) => Number(levelPct) > 0 && Number(levelPct) <= 100, {
      error: 'above 0 and up to 100 per cent',
      path: ['levelPct'],
    })
    .nullable()
    .default(null)
    .describe('Coverage that the seller guarantees; null = none'),
  elections: ElectionsSchema.nullable()
    .default(null)
    .describe('What it is settled by; null = energy at the strike price'),
  clause: text(300, 0).nullable().default(null).describe('Where the price comes from'),
});
export type ContractAttributes = z.output<typeof ContractAttributes>;

export const VatRateAttributes = z
  .strictObject({
    ratePct: decimalText(3, 2).describe('Per cent'),
    validFrom: CalendarDay.describe('First civil day'),
    validTo: CalendarDay.nullable().default(null).describe('Day after the last; null = open'),
    source: text(300).describe('Law, article or page that says it, with its date'),
    confidence: Confidence,
  })
  .superRefine(isValidity);
export type VatRateAttributes = z.output<typeof VatRateAttributes>;

export function toContractResponse(row: ContractEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId, name, sellerCode, buyerCode, siteCode } = row;
  const { plantCodes, deliveryForm, volumeProduct, effectiveFrom } = row;
  const { strikePriceMadPerMwh, vatCode, currency, clause, lateData, matching } = row;
  const { coverageGuarantee, elections } = row;
  return {
    ...{ code, version, recordedAt: recordedAt.toISOString(), eventId, name },
    ...{ sellerCode, buyerCode, siteCode, plantCodes, deliveryForm, volumeProduct },
    ...{
      effectiveFrom,
      strikePriceMadPerMwh,
      vatCode,
      currency,
      clause,
      lateData,
      matching,
      coverageGuarantee,
      elections,
    },
  };
}

export function toVatRateResponse(row: VatRateEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId } = row;
  const { ratePct, validFrom, validTo, source, confidence } = row;
  const rate = { ratePct, validFrom, validTo, source, confidence };
  return { code, version, recordedAt: recordedAt.toISOString(), eventId, ...rate };
}
