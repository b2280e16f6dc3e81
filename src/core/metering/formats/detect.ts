import { DELIMITERS, likelyDelimiter } from '../../tabular/delimited.js';
import type { ImportProfile, IntervalFormat } from '../import-profile.js';
import { isWideHeader } from './tables/csv-wide.js';

/** What the first bytes of a file say it is. */
export type Detected =
  | { readonly format: 'espi' | 'nem12' | 'json' }
  | { readonly format: 'csv-long' | 'csv-wide' | 'csv-columns'; readonly delimiter: string };

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
  if (declared === 'nem12' || (declared === null && /^(100,NEM1[23]|[2349]00,|250,)/i.test(text))) {
    return { format: 'nem12' };
  }
  if (text.startsWith('{') || text.startsWith('[')) {
    const isStated = declared === 'json' || (declared === null && profile.rows !== null);
    return isStated ? { format: 'json' } : null;
  }
  if (declared === 'json') return null;
  const { names, delimiter } = headerOf(text, profile);
  return { format: declared ?? csvFormat(names), delimiter };
}

interface HeaderLine {
  readonly names: readonly string[];
  readonly delimiter: string;
}

/** The first line that names the columns of the profile, or the house's; without one, the first line. */
function headerOf(text: string, profile: ImportProfile): HeaderLine {
  const lines = linesOf(text, profile);
  const delimiters = profile.delimiter === null ? DELIMITERS : [profile.delimiter];
  for (const line of lines) {
    for (const delimiter of delimiters) {
      const names = namesOf(line, delimiter);
      if (isHeader(names, profile)) return { names, delimiter };
    }
  }
  const first = lines[0] ?? '';
  const delimiter = profile.delimiter ?? likelyDelimiter(first);
  return { names: namesOf(first, delimiter), delimiter };
}

const namesOf = (line: string, delimiter: string): string[] =>
  line.split(delimiter).map((name) => name.trim().replaceAll('"', '').trim());

function isHeader(names: readonly string[], { columns, format }: ImportProfile): boolean {
  if (names.length < 2) return false;
  const lower = new Set(names.map((name) => name.toLowerCase()));
  const wanted = Object.values(columns).filter((name) => name !== null);
  if (wanted.length > 0) return wanted.every((name) => lower.has(name.toLowerCase()));
  if (isWideHeader(names)) return true;
  const house = format === 'csv-wide' ? ['date'] : ['start'];
  return house.every((name) => lower.has(name)) || isByPeriods(lower);
}

const isByPeriods = (lower: ReadonlySet<string>): boolean =>
  ['year', 'month', 'day', 'period'].every((name) => lower.has(name));

function csvFormat(names: readonly string[]): Exclude<IntervalFormat, 'espi' | 'nem12' | 'json'> {
  if (isWideHeader(names)) return 'csv-wide';
  const lower = new Set(names.map((name) => name.toLowerCase()));
  return isByPeriods(lower) ? 'csv-columns' : 'csv-long';
}

function linesOf(text: string, { ignoreLines }: ImportProfile): string[] {
  return text
    .split(/\r?\n/, 100)
    .filter((line) => line.trim() !== '' && !ignoreLines.some((start) => line.startsWith(start)));
}
