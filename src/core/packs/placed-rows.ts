import { entriesOf, type Move, POSTING_DOMAIN, SINGLE_POSTING_DOMAIN } from '../ledger/postings.js';
import type { PackLog } from './pack-log.js';

/** A sealed row and where it stands. */
interface PlacedRow {
  readonly seq: number;
  readonly row: number;
  readonly value: { readonly '@': string; readonly [member: string]: unknown };
}

/** Rows of some domains, read, in order. */
export function* rowsOf(
  { headers, rows }: PackLog,
  domains: readonly string[],
): Generator<PlacedRow> {
  const starts = domains.map((domain) => `{"@":"${domain}"`);
  for (const [at, { seq }] of headers.entries()) {
    for (const [row, text] of rows[at]!.entries()) {
      if (!starts.some((start) => text.startsWith(start))) continue;
      yield { seq, row, value: JSON.parse(text) as PlacedRow['value'] };
    }
  }
}

/** A member that is text; empty where it is none. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** One entry of the energy book as an event sealed it. */
interface PackEntry {
  readonly seq: number;
  readonly row: number;
  readonly move: Move;
  readonly hourMs: number;
  /** Certificate id or meter code. */
  readonly subject: string;
  /** Above zero. */
  readonly wh: number;
}

/** Entries of the energy book of a period, in the order in which they were sealed. */
export function* bookEntries(
  log: PackLog,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): Generator<PackEntry> {
  for (const { seq, row, value } of rowsOf(log, [POSTING_DOMAIN, SINGLE_POSTING_DOMAIN])) {
    const move = value['move'] as Move;
    const entries =
      value['@'] === POSTING_DOMAIN
        ? entriesOf({
            move,
            startMs: Date.parse(textOf(value['start'])),
            subjects: value['subjects'] as readonly string[],
            wh: value['wh'] as readonly number[],
          })
        : [
            {
              move,
              hourMs: Date.parse(textOf(value['hour'])),
              subject: textOf(value['subject']),
              wh: value['wh'] as number,
            },
          ];
    for (const entry of entries) {
      if (entry.hourMs >= startMs && entry.hourMs < endMs) yield { seq, row, ...entry };
    }
  }
}
