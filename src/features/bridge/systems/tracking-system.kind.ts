import { z } from 'zod';
import { RecordCode, RecordName } from '../../../platform/http/record-controller.js';
import { text } from '../../../core/shapes/values.shape.js';
import { integer } from '../../../platform/records/record-columns.js';
import { recordKind, type RowOf } from '../../../platform/records/record-kind.js';

const MonthNumber = z.int().min(1).max(12);

/** A system of certificates of a whole MWh: I-REC, the Moroccan certificate of origin; dated terms. */
export const TRACKING_SYSTEM = recordKind({
  kind: 'tracking-system',
  path: 'v1/tracking-systems',
  tag: 'MWh certificates',
  noun: 'tracking system',
  id: 'TrackingSystem',
  write: ['energy-manager'],
  attributes: z.strictObject({
    name: RecordName,
    plantCodes: z.array(RecordCode).max(1_000).describe('Plants that are registered there'),
    mayCarryAcrossYears: z
      .boolean()
      .describe('Whether energy of two production years may be in one certificate'),
    deadlines: z
      .array(
        z
          .strictObject({
            firstMonth: MonthNumber.describe('First production month, 1 to 12'),
            lastMonth: MonthNumber,
            yearsLater: z.int().min(0).max(5),
            dueMonth: MonthNumber,
            dueDay: z.int().min(1).max(31),
          })
          .refine(({ firstMonth, lastMonth }) => firstMonth <= lastMonth, {
            error: 'must not be before firstMonth',
            path: ['lastMonth'],
          }),
      )
      .max(12)
      .default([])
      .describe('Until when energy of some months must have been issued'),
    expiryMonths: z
      .int()
      .min(1)
      .max(600)
      .nullable()
      .default(null)
      .describe('Months after production; null = certificates do not expire'),
    alarmDays: z
      .int()
      .min(0)
      .max(3_660)
      .default(90)
      .describe('Days before a deadline or an expiry'),
    source: text(500).describe('Where the rules of the system stand'),
  }),
  columns: { expiryMonths: integer, alarmDays: integer },
  table: {
    checks: {
      tracking_system_warns_ahead: 'alarm_days BETWEEN 0 AND 3660',
      mwh_certificates_expire: 'expiry_months BETWEEN 1 AND 600',
    },
  },
  references: { plantCodes: 'plant' },
});
export type TrackingSystem = RowOf<typeof TRACKING_SYSTEM>;
