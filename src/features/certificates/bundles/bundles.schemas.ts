import { z } from 'zod';
import { type Bundle, bundleWh } from '../../../core/certificates/bundle.js';
import { ACTIONS, BUNDLE_STATUSES } from '../../../core/certificates/lifecycle.js';
import { isShareText } from '../../../core/math/exact-share.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { previewShape } from '../../../platform/http/uploads.js';
import { CalendarDay, PositiveInteger, text } from '../../../core/shapes/values.shape.js';

/** Characters of an `Idempotency-Key` (API section 4). */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

export const ActionRequest = z
  .strictObject({
    action: z.literal(ACTIONS),
    actingFor: text(100).describe('Organisation that acts; for actions of the issuer, the issuer'),
    bundles: z
      .array(
        z.strictObject({
          bundleId: z.uuid().describe('A bundle; for a certificate as issued, its own id'),
          expectedVersion: z
            .int()
            .min(0)
            .nullable()
            .default(null)
            .describe('The version last seen'),
        }),
      )
      .min(1)
      .max(10_000)
      .refine(
        (bundles) => new Set(bundles.map(({ bundleId }) => bundleId)).size === bundles.length,
        {
          error: 'a bundle is named once',
        },
      ),
    quantityWh: PositiveInteger.nullable()
      .default(null)
      .describe('Of all bundles together, taken in their order; absent with no percentage = all'),
    percentage: text(80)
      .refine(isShareText, { error: 'a share above 0 and up to 1 is needed, as decimal text' })
      .nullable()
      .default(null)
      .describe('Share of all bundles together, exact; not beside a quantity'),
    target: RecordCode.nullable().default(null).describe('Transfer: the receiver'),
    beneficiary: text(100)
      .nullable()
      .default(null)
      .describe('Cancel: for whom, default the owner. Reserve: for whom it is held'),
    storageRecordId: z
      .uuid()
      .nullable()
      .default(null)
      .describe('Cancel for storage: the charge that the energy went into'),
  })
  .meta({ id: 'CertificateActionRequest' });
export type ActionRequest = z.output<typeof ActionRequest>;

export const BundleResponse = z
  .object({
    bundleId: z.uuid(),
    certificateId: z.uuid(),
    rangeStart: z.int(),
    rangeEnd: z.int(),
    wh: z.int(),
    parentId: z.uuid().nullable(),
    hash: z.string(),
    version: z.int(),
    status: z.literal(BUNDLE_STATUSES),
    ownerCode: z.string(),
    beneficiary: z.string().nullable(),
  })
  .meta({ id: 'CertificateBundle' });
export type BundleResponse = z.output<typeof BundleResponse>;

export function toBundleResponse(bundle: Bundle): BundleResponse {
  const { bundleId, certificateId, rangeStart, rangeEnd, parentId, hash, version } = bundle;
  const { status, ownerCode, beneficiary } = bundle;
  return {
    bundleId,
    certificateId,
    rangeStart,
    rangeEnd,
    wh: bundleWh(bundle),
    parentId,
    hash,
    version,
    status,
    ownerCode,
    beneficiary,
  };
}

export const ActionResponse = z
  .object({
    actionId: z.uuid().describe('Also the id of its event'),
    action: z.literal(ACTIONS),
    bundles: z
      .array(BundleResponse)
      .describe('Every bundle that changed or was made, as it is now'),
    ...previewShape,
  })
  .meta({ id: 'CertificateAction' });
export type ActionResponse = z.output<typeof ActionResponse>;

export const BundleListResponse = z
  .object({ items: z.array(BundleResponse) })
  .meta({ id: 'CertificateBundleList' });
export type BundleListResponse = z.output<typeof BundleListResponse>;

export const ExpiryQuery = z.strictObject({
  withinDays: z.coerce.number().int().min(0).max(3_660).default(90),
});
export type ExpiryQuery = z.output<typeof ExpiryQuery>;

const ExpiringItem = z.object({
  expiresOn: CalendarDay.describe('UTC day'),
  plantCode: RecordCode,
  bundleCount: z.int(),
  wh: z.int(),
  matchedWh: z
    .int()
    .describe('Of it, matched by a run and not cancelled: cancel it for the buyer before'),
});
export const ExpiringResponse = z
  .object({ items: z.array(ExpiringItem) })
  .meta({ id: 'ExpiringCertificates' });
export type ExpiringResponse = z.output<typeof ExpiringResponse>;

export const ExpirySweepResponse = z
  .object({
    expiredCount: z.int(),
    expiredWh: z.int(),
    kept: z.array(ExpiringItem).describe('Past their time, and kept because a run matched them'),
  })
  .meta({ id: 'ExpirySweep' });
export type ExpirySweepResponse = z.output<typeof ExpirySweepResponse>;
