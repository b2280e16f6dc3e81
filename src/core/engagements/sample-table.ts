import type { Sample } from './engagement.js';
import { csvNumber, csvTable } from '../tabular/csv-text.js';

/** Columns of a sample's table. */
export const SAMPLE_HEADER = [
  'item',
  'key',
  'stratum',
  'size',
  'because',
  'unit',
  'audited',
  'note',
] as const;
/** How many of them, from the first, the sample says; the others are the auditor's. */
export const SAMPLE_FIXED = 6;

/**
 * A sample as a table: a line for each item in order, with what was found of it; `audited` and `note` are empty
 * where nothing is yet (SAMPLING section 8).
 */
export function sampleTable({ items, results }: Pick<Sample, 'items' | 'results'>): string {
  const number = (value: number | null | undefined) =>
    csvNumber(value === null || value === undefined ? '' : String(value));
  const lines = items.map(({ key, stratum, size, because, unit }, at) => {
    const result = results.get(key);
    return [
      number(at + 1),
      key,
      stratum,
      number(size),
      because,
      number(unit),
      number(result?.audited),
      result?.note ?? '',
    ];
  });
  return csvTable([SAMPLE_HEADER, ...lines]);
}
