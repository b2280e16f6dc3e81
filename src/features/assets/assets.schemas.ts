import { z } from 'zod';
import { RecordCode, RecordName } from '../../platform/http/record-controller.js';
import { INTERVAL_MINUTES } from '../../core/metering/blocks/interval-block.js';
import { changesFault } from '../../core/metering/blocks/interval-lengths.js';
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
  name: RecordName,
  organisationCode: RecordCode.describe('Organisation that runs it and buys its energy'),
  boundary: Boundary,
  deliveryPoint: text(200).describe('Where energy is handed over; figures are stated there'),
  contractedPowerW: PositiveInteger.describe('Power that it may draw from the grid, W'),
  legalTime: z.literal('MA').describe('Table of legal time that bounds the months: Morocco'),
});
export type SiteAttributes = z.output<typeof SiteAttributes>;

const IntervalMinutes = z.literal(INTERVAL_MINUTES);

const MEASURES_BY =
  'It is missing: length of its readings, minutes. Only a virtual meter takes that of others.';
const FLOWS =
  'It is missing: the most that can flow through it, W; readings above are SUSPECT (V6). Only a virtual meter takes that of others.';

/** What a meter is, as it is answered: nothing of it is left open. */
export const METER_ANSWER = {
  intervalMinutes: IntervalMinutes,
  ratedPowerW: PositiveInteger,
  isBooked: z.boolean(),
};

export const MeterAttributes = z
  .strictObject({
    name: RecordName,
    siteCode: RecordCode.describe('Site that it measures'),
    intervalMinutes: IntervalMinutes.nullable()
      .default(null)
      .describe(
        'Length of its readings until the first change, minutes; of a virtual meter null = of its coarsest',
      ),
    intervalChanges: z
      .array(z.strictObject({ from: Instant, intervalMinutes: IntervalMinutes }))
      .min(1)
      .max(50)
      .nullable()
      .default(null)
      .describe('Since when its intervals have another length, ascending; on whole UTC hours'),
    ratedPowerW: PositiveInteger.nullable()
      .default(null)
      .describe(
        'Most that can flow through it, W: readings above are SUSPECT (V6); of a virtual meter null = of those that it adds',
      ),
    direction: z
      .literal(['consumption', 'generation'])
      .default('consumption')
      .describe('What it measures'),
    parentCode: RecordCode.nullable()
      .default(null)
      .describe('Meter above it, whose energy passes through this one too'),
    isBooked: z
      .boolean()
      .nullable()
      .default(null)
      .describe(
        'Whether its energy is booked; on one path at most one meter is. Null = yes, unless it is virtual',
      ),
    formula: z
      .array(
        z.strictObject({
          meterCode: RecordCode,
          sign: z.literal([1, -1]).default(1).describe('1 adds, -1 takes away'),
        }),
      )
      .min(1)
      .max(200)
      .nullable()
      .default(null)
      .describe(
        'Of a virtual meter: the meters that it adds and takes away; such a meter is not booked',
      ),
  })
  .superRefine(({ formula, intervalMinutes, intervalChanges, ratedPowerW, isBooked }, context) => {
    const refuse = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    if (intervalMinutes === null && intervalChanges !== null) {
      refuse(['intervalMinutes'], 'Changes of a length need the length before them.');
    }
    const fault = changesFault(intervalMinutes ?? 0, intervalChanges ?? []);
    if (fault !== null) refuse(['intervalChanges', fault.at], fault.detail);
    if (formula !== null) {
      if (isBooked === true) {
        refuse(['isBooked'], 'A virtual meter is not booked: its meters are.');
      }
      return;
    }
    if (intervalMinutes === null && intervalChanges === null) {
      refuse(['intervalMinutes'], MEASURES_BY);
    }
    if (ratedPowerW === null) refuse(['ratedPowerW'], FLOWS);
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
  name: RecordName,
  organisationCode: RecordCode.describe('Organisation that owns it and its certificates'),
  technology: z.literal(TECHNOLOGIES).describe('What it generates by'),
  boundary: Boundary,
  capacityW: PositiveInteger.describe('Installed AC capacity, W'),
  commissionedOn: CalendarDay.describe('Day on which it was commissioned'),
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
  name: RecordName,
  siteCode: RecordCode.describe('Site that it uses a part of'),
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
