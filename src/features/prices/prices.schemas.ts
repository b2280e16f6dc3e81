import { z } from 'zod';
import { TEXT_ENCODINGS } from '../../core/tabular/text-encoding.js';
import { DomainError } from '../../core/errors.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { CalendarDay, Confidence, text } from '../../core/shapes/values.shape.js';
import { UploadedFile } from '../../platform/http/uploads.js';

export const provenance = {
  source: text(300).describe('Decision, publication or page, with its date'),
  confidence: Confidence,
};
/** An index or a rate of exchange of 0 is none: what is measured by it would have no price. */
export const isAboveZero = (text: string): boolean => Number(text) > 0;
export const ABOVE_ZERO = { error: 'must be above 0' };

export const validity = {
  validFrom: CalendarDay.describe('First civil day'),
  validTo: CalendarDay.nullable().default(null).describe('Day after the last; null = open'),
};

/** Refuses a code: that of a dated figure is what contracts call it. */
export function requireCode(isKnown: boolean, must: string): void {
  if (isKnown) return;
  const errors = [
    { pointer: '/code', rule: 'code.names_the_figure', detail: `The code is ${must}.` },
  ];
  throw new DomainError('request.invalid', { errors });
}

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
    encoding: z.literal(TEXT_ENCODINGS).describe('What its text is written in'),
    isDryRun: z.boolean().describe('It was only tried: nothing was written'),
    cannotBeTakenBack: z.string().describe('What committing the file makes for good'),
  })
  .meta({ id: 'DatedFiguresImport' });
export type DatedFiguresResponse = z.output<typeof DatedFiguresResponse>;
