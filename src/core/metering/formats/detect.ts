import type { ImportProfile, IntervalFormat } from '../import-profile.js';
import { isWideHeader } from './csv-wide.js';

/** What the first bytes of a file say it is. */
export type Detected =
  | { readonly format: 'espi' | 'nem12' }
  | { readonly format: 'csv-long' | 'csv-wide' | 'csv-columns'; readonly delimiter: string };

const DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * Tells the format of a file of intervals from its beginning.
 *
 * @param head     The first bytes as text, at least the first line that is not blank.
 * @param profile  What is declared is not looked for.
 * @returns        Null when it is none of the formats.
 */
export function detectFormat(head: string, profile: ImportProfile): Detected | null {
  const text = head.trimStart();
  const declared = profile.format;
  if (declared === 'espi' || text.startsWith('<')) {
    return text.startsWith('<') && declared !== null && declared !== 'espi'
      ? null
      : { format: 'espi' };
  }
  if (declared === 'nem12' || (declared === null && /^(100,NEM12|[2349]00,)/i.test(text))) {
    return { format: 'nem12' };
  }
  if (text.startsWith('{') || text.startsWith('[')) return null;
  const header = firstLine(text, profile);
  const delimiter = profile.delimiter ?? likelyDelimiter(header);
  const names = header.split(delimiter).map((name) => name.trim().replaceAll('"', ''));
  return { format: declared ?? csvFormat(names), delimiter };
}

function csvFormat(names: readonly string[]): Exclude<IntervalFormat, 'espi' | 'nem12'> {
  if (isWideHeader(names)) return 'csv-wide';
  const lower = names.map((name) => name.toLowerCase());
  const isPeriods = ['year', 'month', 'day', 'period'].every((name) => lower.includes(name));
  return isPeriods ? 'csv-columns' : 'csv-long';
}

function firstLine(text: string, { ignoreLines }: ImportProfile): string {
  const lines = text.split(/\r?\n/, 100);
  const found = lines.find(
    (line) => line.trim() !== '' && !ignoreLines.some((start) => line.startsWith(start)),
  );
  return found ?? '';
}

/** The delimiter that the header has most of; a comma where it has none. */
function likelyDelimiter(header: string): string {
  const counts = DELIMITERS.map((delimiter) => ({
    delimiter,
    count: header.split(delimiter).length - 1,
  }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).delimiter;
}
