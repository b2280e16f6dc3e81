import { z } from 'zod';
import { CalendarDay, text } from '../../core/shapes/values.shape.js';
import { isValidity } from '../../platform/http/schemas.js';
import { recordKind, type RowOf } from '../../platform/records/record-kind.js';
import { provenance } from './prices.schemas.js';

/** Public holidays of a country; a lunar day moves with a later version. */
export const HOLIDAY_CALENDAR = recordKind({
  kind: 'holiday-calendar',
  path: 'v1/holiday-calendars',
  tag: 'prices',
  noun: 'calendar of holidays',
  id: 'HolidayCalendar',
  write: ['energy-manager', 'finance'],
  seal: 'last',
  attributes: z
    .strictObject({
      validFrom: CalendarDay.describe('First civil day that it knows of'),
      validTo: CalendarDay.describe('Day after the last that it knows of'),
      days: z
        .array(z.strictObject({ day: CalendarDay, name: text(100) }))
        .max(2_000)
        .refine((days) => new Set(days.map(({ day }) => day)).size === days.length, {
          error: 'A day is named once.',
        })
        .describe('Holidays, by civil day'),
      ...provenance,
    })
    .superRefine(isValidity)
    .describe('For due dates only'),
  table: {
    checks: {
      holiday_calendar_ends_after_it_starts: 'valid_to > valid_from',
      holiday_calendar_confidence_is_marked: `confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+')`,
    },
  },
});
export type HolidayCalendar = RowOf<typeof HOLIDAY_CALENDAR>;
