import { z } from 'zod';
import { RecordCode } from '../../platform/http/record-controller.js';
import { CalendarDay, Instant, Month, PositiveInteger } from '../../core/shapes/values.shape.js';
import { spanOfMonths } from '../../platform/http/schemas.js';
import type { MwhCertificateEntity } from './conversion/mwh-certificate.entity.js';

/** Three production years: no system lets energy wait longer (house rule). */
const MONTHS_MAX = 36;
const Wh = z.int().min(0);
const scopeShape = { trackingSystemCode: RecordCode, plantCode: RecordCode };
const monthsShape = {
  firstMonth: Month.describe('First civil month of production'),
  lastMonth: Month.describe('Last civil month of production, inclusive'),
};

export const ConversionRequest = z
  .strictObject({
    ...scopeShape,
    ...monthsShape,
    actingFor: RecordCode.describe('Owner of the certificates'),
    quantityWh: PositiveInteger.nullable()
      .default(null)
      .describe('At most so much, the earliest first; null = all that is free'),
  })
  .superRefine(spanOfMonths(MONTHS_MAX, ['firstMonth', 'lastMonth']))
  .meta({ id: 'MwhConversionRequest' });
export type ConversionRequest = z.output<typeof ConversionRequest>;

const MwhCertificate = z.object({
  mwhId: z.uuid(),
  ...scopeShape,
  number: z.int().min(1),
  start: Instant.describe('Start of its first interval'),
  end: Instant,
  expiresAt: Instant.nullable(),
});

export const ConversionResponse = z
  .object({
    eventId: z.uuid(),
    ...scopeShape,
    energyWh: Wh.describe('Cancelled for the system by this conversion'),
    carryBeforeWh: z.int().describe('Below zero where issuers withdrew what was certified'),
    replacedWh: Wh.describe('Took the place of what issuers withdrew'),
    carryAfterWh: z.int(),
    certificates: z.array(MwhCertificate),
  })
  .meta({ id: 'MwhConversion' });
export type ConversionResponse = z.output<typeof ConversionResponse>;

export function toMwhCertificate(row: MwhCertificateEntity): z.output<typeof MwhCertificate> {
  const { mwhId, trackingSystemCode, plantCode, number, startsAt, endsAt, expiresAt } = row;
  return {
    mwhId,
    trackingSystemCode,
    plantCode,
    number,
    start: startsAt.toISOString(),
    end: endsAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}

export const MwhListQuery = z.strictObject({
  ...scopeShape,
  after: z.coerce.number().int().min(0).default(0).describe('Number of the last one seen'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type MwhListQuery = z.output<typeof MwhListQuery>;

export const MwhListResponse = z
  .object({
    items: z.array(
      MwhCertificate.extend({
        liveWh: Wh.describe('1,000,000, unless an issuer withdrew a part'),
        parts: z.array(
          z.object({ bundleId: z.uuid(), start: Instant, rangeStart: z.int(), wh: Wh }),
        ),
      }),
    ),
  })
  .meta({ id: 'MwhCertificateList' });
export type MwhListResponse = z.output<typeof MwhListResponse>;

export const ReconciliationQuery = z
  .strictObject({ ...scopeShape, ...monthsShape })
  .superRefine(spanOfMonths(MONTHS_MAX, ['firstMonth', 'lastMonth']));
export type ReconciliationQuery = z.output<typeof ReconciliationQuery>;

export const ReconciliationResponse = z
  .object({
    ...scopeShape,
    ...monthsShape,
    meteredWh: Wh.nullable().describe('Certifiable Wh of the plant’s meter; null = none is known'),
    hourlyWh: Wh.describe('In hourly certificates that are live or were used as such'),
    carryWh: Wh.describe('Of these months, cancelled for conversion and below a MWh'),
    mwhWh: Wh.describe('Of these months, inside MWh certificates, of any system'),
    uncertifiedWh: z.int().nullable().describe('Metered, in no instrument'),
    exceedingHours: z.int().describe('Hours with more in instruments than the meter now shows'),
    account: z
      .object({
        enteredWh: Wh.describe('Σ energy that was cancelled for the system and not withdrawn'),
        certificateCount: z.int(),
        carryWh: Wh,
        deficitWh: Wh.describe('What live parts of certificates lack to whole MWh'),
        reconciles: z.boolean().describe('certificates × 10⁶ − deficit + carry = entered'),
      })
      .describe('Of the plant in the system, over all time'),
  })
  .meta({ id: 'MwhReconciliation' });
export type ReconciliationResponse = z.output<typeof ReconciliationResponse>;

export const AlarmsResponse = z
  .object({
    items: z.array(
      z.object({
        kind: z.literal(['issuance-deadline', 'mwh-expiry']),
        ...scopeShape,
        ...monthsShape,
        dueOn: CalendarDay.describe('Civil day, inclusive'),
        isPast: z.boolean(),
        wh: Wh.describe('Not issued yet, or inside certificates that expire'),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'MwhAlarms' });
export type Alarm = z.output<typeof AlarmsResponse>['items'][number];
