import { z } from 'zod';
import { RecordCode, RecordName } from '../../platform/http/record-controller.js';
import {
  CalendarDay,
  Confidence,
  decimalText,
  isValidity,
  Month,
  text,
} from '../../platform/http/schemas.js';
import { UploadedFile } from '../../platform/http/uploads.js';
import { seasonsOf, windowShape } from '../../platform/http/season.schemas.js';
import type { FxSeriesEntity } from './fx-series.entity.js';
import type { HolidayCalendarEntity } from './holiday-calendar.entity.js';
import type { PriceIndexEntity } from './price-index.entity.js';
import type { TariffEntity } from './tariff.entity.js';
import type { TariffGridEntity } from './tariff-grid.entity.js';

const provenance = {
  source: text(300).describe('Decision, publication or page, with its date'),
  confidence: Confidence,
};
/** An index or a rate of exchange of 0 is none: what is measured by it would have no price. */
const isAboveZero = (text: string): boolean => Number(text) > 0;
const ABOVE_ZERO = { error: 'must be above 0' };

const validity = {
  validFrom: CalendarDay.describe('First civil day'),
  validTo: CalendarDay.nullable().default(null).describe('Day after the last; null = open'),
};

export const TariffAttributes = z
  .strictObject({
    madPerKwh: decimalText(6, 9).describe('MAD per kWh, excluding VAT, as decimal text'),
    ...validity,
    ...provenance,
  })
  .superRefine(isValidity);
export type TariffAttributes = z.output<typeof TariffAttributes>;

export const PriceIndexAttributes = z.strictObject({
  name: RecordName,
  values: z
    .array(
      z.strictObject({
        month: Month.describe('Month that the value is of'),
        value: decimalText(9, 9).refine(isAboveZero, ABOVE_ZERO),
        publishedOn: CalendarDay.describe('Day of publication: it is not known before'),
      }),
    )
    .min(1)
    .max(5_000)
    .describe('All values; a later version keeps those of the version before'),
  ...provenance,
});
export type PriceIndexAttributes = z.output<typeof PriceIndexAttributes>;

export const FxSeriesAttributes = z.strictObject({
  rates: z
    .array(
      z.strictObject({
        day: CalendarDay,
        madPerUnit: decimalText(6, 9).refine(isAboveZero, ABOVE_ZERO),
      }),
    )
    .min(1)
    .max(20_000)
    .refine((rates) => new Set(rates.map(({ day }) => day)).size === rates.length, {
      error: 'A day has one rate.',
    })
    .describe('MAD per unit of the currency that the code names, by civil day'),
  ...provenance,
});
export type FxSeriesAttributes = z.output<typeof FxSeriesAttributes>;

export const TariffGridAttributes = z
  .strictObject({
    name: RecordName,
    seasons: seasonsOf(z.strictObject({ ...windowShape, isPeak: z.boolean() })).describe(
      'Seasons of the year with the hours of each, in UTC',
    ),
    ...validity,
    ...provenance,
  })
  .superRefine(isValidity);
export type TariffGridAttributes = z.output<typeof TariffGridAttributes>;

export const HolidayCalendarAttributes = z
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
  .describe('For due dates only');
export type HolidayCalendarAttributes = z.output<typeof HolidayCalendarAttributes>;

export const DatedFiguresQuery = z.strictObject({
  kind: z.literal(['tariff', 'price-index', 'fx-series', 'holiday-calendar']),
  code: RecordCode.describe('Code of the record: it is created, or revised'),
  ...UploadedFile.shape,
  ...provenance,
});
export type DatedFiguresQuery = z.output<typeof DatedFiguresQuery>;

export const DatedFiguresResponse = z
  .strictObject({
    code: z.string(),
    rowCount: z.int(),
    newCount: z.int().describe('Rows that were not there yet'),
    version: z.int().describe('Version that holds them; of a dry run, the one before'),
    isDryRun: z.boolean().describe('It was only tried: nothing was written'),
    cannotBeTakenBack: z.string().describe('What committing the file makes for good'),
  })
  .meta({ id: 'DatedFiguresImport' });
export type DatedFiguresResponse = z.output<typeof DatedFiguresResponse>;

type Row =
  HolidayCalendarEntity | TariffEntity | PriceIndexEntity | FxSeriesEntity | TariffGridEntity;

/** A version of any dated figure, as it is sent. */
function response(row: Row): Record<string, unknown> {
  const { ledgerId: _ledger, recordedAt, ...attributes } = row;
  return { ...attributes, recordedAt: recordedAt.toISOString() };
}

export const toTariffResponse = (row: TariffEntity): Record<string, unknown> => response(row);
export const toPriceIndexResponse = (row: PriceIndexEntity): Record<string, unknown> =>
  response(row);
export const toFxSeriesResponse = (row: FxSeriesEntity): Record<string, unknown> => response(row);
export const toTariffGridResponse = (row: TariffGridEntity): Record<string, unknown> =>
  response(row);
export const toHolidayCalendarResponse = (row: HolidayCalendarEntity): Record<string, unknown> =>
  response(row);
