import { z } from 'zod';
import { MAIN_TABLE } from '../../../core/documents/csv.js';
import { LANGUAGES } from '../../../core/documents/model.js';
import { DomainError } from '../../../core/errors.js';
import { text } from '../../../core/shapes/values.shape.js';
import { type Format, FORMATS, MEDIA_TYPES, type Wanted } from './statement-documents.service.js';

export const DocumentQuery = z.strictObject({
  format: z
    .literal(FORMATS)
    .optional()
    .describe(
      'Absent: by `Accept`, and JSON where that takes anything. `csv` is one table, `zip` all',
    ),
  lang: z.literal(LANGUAGES).default('en').describe('Language of everything but JSON'),
  table: text(40).default(MAIN_TABLE).describe('Of `csv`: which table'),
});
export type DocumentQuery = z.output<typeof DocumentQuery>;

const TYPES = Object.entries(MEDIA_TYPES).map(([format, type]) => ({
  format: format as Format,
  type: type.split(';')[0]!,
}));

/** Media types of all formats, for the description. */
export const DOCUMENT_TYPES = TYPES.map(({ type }) => type);

/**
 * What is wanted: the format that is named, else the first of ours that `Accept` likes best (RFC 9110,
 * 12.5.1).
 *
 * @throws DomainError `document.not_acceptable`
 */
export function wantedOf({ format, lang, table }: DocumentQuery, accept = '*/*'): Wanted {
  return { format: format ?? acceptedFormat(accept), language: lang, table };
}

function acceptedFormat(accept: string): Format {
  const ranges = accept
    .split(',')
    .map((range) => range.trim().split(';'))
    .map(([type = '', ...parameters]) => ({
      type: type.trim().toLowerCase(),
      weight: Number(/^q=(.+)$/.exec(parameters.at(-1)?.trim() ?? '')?.[1] ?? 1),
    }));
  const weightOf = (type: string): number => {
    const family = `${type.split('/')[0]}/*`;
    const of = (name: string): number | undefined =>
      ranges.find((range) => range.type === name)?.weight;
    return of(type) ?? of(family) ?? of('*/*') ?? 0;
  };
  const best = TYPES.reduce<{ format: Format; weight: number } | null>((so, { format, type }) => {
    const weight = weightOf(type);
    return weight > (so?.weight ?? 0) ? { format, weight } : so;
  }, null);
  if (best !== null) return best.format;
  throw new DomainError('document.not_acceptable', { accept, known: DOCUMENT_TYPES });
}
