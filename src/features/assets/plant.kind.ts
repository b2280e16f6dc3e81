import { z } from 'zod';
import { RecordCode, RecordName } from '../../platform/http/record-controller.js';
import { CalendarDay, decimalText, PositiveInteger } from '../../core/shapes/values.shape.js';
import { numeric } from '../../platform/records/record-columns.js';
import { recordKind } from '../../platform/records/record-kind.js';
import { Boundary } from './assets.schemas.js';

const TECHNOLOGIES = [
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

/** A plant that generates: what it is, how big, since when, what is lost on the way. */
export const PLANT = recordKind({
  kind: 'plant',
  path: 'v1/plants',
  tag: 'assets',
  noun: 'plant',
  id: 'Plant',
  write: ['energy-manager'],
  attributes: z.strictObject({
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
  }),
  columns: {
    lossFactor: numeric,
    directFactorGPerKwh: numeric,
    latitudeDeg: numeric,
    longitudeDeg: numeric,
  },
  table: {
    foreignKeys: {
      plant_belongs_to_an_organisation: 'organisationCode',
    },
    checks: {
      plant_technology_is_known: `technology IN ('solar_pv', 'wind_turbine', 'hydro', 'battery_storage', 'other_storage', 'chp', 'other')`,
      plant_capacity_is_positive: 'capacity_w > 0 AND capacity_w <= 9007199254740991',
      plant_loss_factor_is_a_share:
        'loss_factor >= 0 AND loss_factor < 1 AND scale(loss_factor) <= 6',
      plant_direct_factor_is_not_negative: 'direct_factor_g_per_kwh >= 0',
      plant_stands_on_earth:
        'latitude_deg BETWEEN -90 AND 90 AND longitude_deg BETWEEN -180 AND 180',
      plant_place_has_two_coordinates: '(latitude_deg IS NULL) = (longitude_deg IS NULL)',
    },
  },
  references: { organisationCode: 'organisation', generationMeterCode: 'meter' },
  addedLater: { latitudeDeg: null, longitudeDeg: null, generationMeterCode: null },
});
