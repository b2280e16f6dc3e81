import { z } from 'zod';
import { RecordCode } from '../../platform/http/record-controller.js';
import { INTERVAL_MINUTES } from '../../core/metering/interval-block.js';
import { changesFault } from '../../core/metering/interval-lengths.js';
import {
  CalendarDay,
  decimalText,
  Instant,
  PositiveInteger,
  text,
} from '../../platform/http/schemas.js';
import type { MeterEntity } from './meter.entity.js';
import type { PlantEntity } from './plant.entity.js';
import type { TenantEntity } from './tenant.entity.js';
import type { SiteEntity } from './site.entity.js';

const Boundary = text(20).describe('Deliverability boundary code; Morocco: MA');

export const SiteAttributes = z.strictObject({
  name: text(200),
  organisationCode: RecordCode,
  boundary: Boundary,
  deliveryPoint: text(200),
  contractedPowerW: PositiveInteger,
  legalTime: z.literal('MA').describe('Table of legal time that bounds the months: Morocco'),
});
export type SiteAttributes = z.output<typeof SiteAttributes>;

const IntervalMinutes = z.literal(INTERVAL_MINUTES);

export const MeterAttributes = z
  .strictObject({
    name: text(200),
    siteCode: RecordCode,
    intervalMinutes: IntervalMinutes.describe('Length of its intervals, until the first change'),
    intervalChanges: z
      .array(z.strictObject({ from: Instant, intervalMinutes: IntervalMinutes }))
      .min(1)
      .max(50)
      .nullable()
      .default(null)
      .describe('Since when its intervals have another length, ascending; on whole UTC hours'),
    ratedPowerW: PositiveInteger,
    direction: z.literal(['consumption', 'generation']).default('consumption'),
    parentCode: RecordCode.nullable()
      .default(null)
      .describe('Meter above it, whose energy passes through this one too'),
    isBooked: z
      .boolean()
      .default(true)
      .describe('Whether its energy is booked; on one path at most one meter is'),
    formula: z
      .array(z.strictObject({ meterCode: RecordCode, sign: z.literal([1, -1]) }))
      .min(1)
      .max(200)
      .nullable()
      .default(null)
      .describe(
        'Of a virtual meter: the meters that it adds and takes away; such a meter is not booked',
      ),
  })
  .superRefine(({ intervalMinutes, intervalChanges }, context) => {
    const fault = changesFault(intervalMinutes, intervalChanges ?? []);
    if (fault === null) return;
    const path = ['intervalChanges', fault.at];
    context.addIssue({ code: 'custom', path, message: fault.detail });
  });
export type MeterAttributes = z.output<typeof MeterAttributes>;

export const TECHNOLOGIES = [
  'solar_pv',
  'wind_turbine',
  'hydro',
  'battery_storage',
  'other_storage',
  'chp',
  'other',
] as const;

const Degrees = z
  .string()
  .regex(/^-?\d{1,3}(\.\d{1,6})?$/)
  .nullable()
  .default(null);

export const PlantAttributes = z.strictObject({
  name: text(200),
  organisationCode: RecordCode,
  technology: z.literal(TECHNOLOGIES),
  boundary: Boundary,
  capacityW: PositiveInteger.describe('Installed AC capacity, W'),
  commissionedOn: CalendarDay,
  lossFactor: z
    .string()
    .regex(/^0(\.\d{1,6})?$/)
    .describe('Share lost between the plant and the delivery point, 0 ≤ x < 1, as text'),
  directFactorGPerKwh: decimalText(4, 3).describe('Direct emission factor, g CO2e per kWh'),
  latitudeDeg: Degrees.describe('North positive; with it, solar energy at night is flagged'),
  longitudeDeg: Degrees.describe('East positive'),
  generationMeterCode: RecordCode.nullable()
    .default(null)
    .describe('Meter of what it generates: no more is certified than that shows'),
});
export type PlantAttributes = z.output<typeof PlantAttributes>;

export function toSiteResponse(row: SiteEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId, name, organisationCode, boundary } = row;
  const { deliveryPoint, contractedPowerW, legalTime } = row;
  const place = { organisationCode, boundary, deliveryPoint, contractedPowerW, legalTime };
  return { code, version, recordedAt: recordedAt.toISOString(), eventId, name, ...place };
}

export function toMeterResponse(row: MeterEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId, name, siteCode } = row;
  const { intervalMinutes, intervalChanges, ratedPowerW } = row;
  const { direction, parentCode, isBooked, formula } = row;
  const place = { direction, parentCode, isBooked, formula };
  const meter = { siteCode, intervalMinutes, intervalChanges, ratedPowerW, ...place };
  return { code, version, recordedAt: recordedAt.toISOString(), eventId, name, ...meter };
}

export function toPlantResponse(row: PlantEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId, name, organisationCode, technology } = row;
  const { boundary, capacityW, commissionedOn, lossFactor, directFactorGPerKwh } = row;
  const { latitudeDeg, longitudeDeg, generationMeterCode } = row;
  return {
    ...{ code, version, recordedAt: recordedAt.toISOString(), eventId, name, organisationCode },
    ...{ technology, boundary, capacityW, commissionedOn, lossFactor, directFactorGPerKwh },
    ...{ latitudeDeg, longitudeDeg, generationMeterCode },
  };
}

export const TenantAttributes = z.strictObject({
  name: text(200),
  siteCode: RecordCode,
  meterCodes: z
    .array(RecordCode)
    .min(1)
    .max(500)
    .refine((codes) => new Set(codes).size === codes.length, { error: 'a meter is listed once' })
    .describe('Booked meters that only this tenant uses; what is of no tenant is common'),
});
export type TenantAttributes = z.output<typeof TenantAttributes>;

export function toTenantResponse(row: TenantEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId, name, siteCode, meterCodes } = row;
  return {
    code,
    version,
    recordedAt: recordedAt.toISOString(),
    eventId,
    name,
    siteCode,
    meterCodes,
  };
}
