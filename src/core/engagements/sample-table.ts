import type { Sample } from './engagement.js';
import { csvNumber, csvTable } from '../tabular/csv-text.js';

const HEADER = ['item', 'key', 'stratum', 'size', 'because', 'unit', 'audited', 'note'];

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
  return csvTable([HEADER, ...lines]);
}
