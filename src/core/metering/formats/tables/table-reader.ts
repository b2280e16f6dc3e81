import { type FieldRow, fieldText, rowText } from '../../../tabular/delimited.js';
import type { RowFault } from '../../intake/intake.js';
import { type Header, isIgnored, readHeader, type ReadingContext } from '../context.js';

/** A reader of rows of one file; the first row that can be is its header. */
export interface RowReader {
  row(row: FieldRow): void;
  /** Ends the file. */
  end(): void;
}

/** What comes of a row that could not be told at once. */
export type Verdict = (fault: RowFault | null) => void;

/**
 * Reads one row after the header; the first rule that it breaks, or null. A row whose place shows only
 * later takes a verdict with it.
 */
export type ReadRow = (row: FieldRow, later: () => Verdict) => RowFault | null;

/** What reads the rows under a header. */
export interface OpenTable {
  readonly read: ReadRow;
  /** Ends the file: what still waits is told. */
  readonly end?: () => void;
}

/** Rules that put every other row of the file in doubt too. */
const OF_THE_FILE = new Set(['period.of_the_day', 'period.once', 'row.one_place']);

/** Rows that may stand before the header: titles, addresses, what was asked for. */
const PREAMBLE_ROWS = 50;

/**
 * Reads a table: its header once, then its rows. The header is the first row that names what is
 * looked for; a file without one is wrong as a whole, and so is one whose header cannot be used. Blank
 * rows are passed over, and so is the header where it stands again. A total or a remark below the readings is refused for what it is.
 *
 * @param open  What reads the rows under this header, or why it cannot be used.
 */
export function tableReader(
  context: ReadingContext,
  open: (header: Header) => OpenTable | RowFault,
): RowReader {
  let table: OpenTable | null = null;
  let isClosed = false;
  // The widest row so far that was no header: most likely the one that was meant.
  let unread: { readonly row: number; readonly width: number; readonly fault: RowFault } | null =
    null;
  let triedCount = 0;
  let headerText = '';
  const rejectRow = (line: number, fault: RowFault, text: string): void => {
    const isWhole = OF_THE_FILE.has(fault.rule);
    context.reject({ row: line, ...fault, ...asNote(fault, text) }, isWhole ? null : text);
  };
  const close = (): void => {
    if (isClosed || table !== null || unread === null) return;
    isClosed = true;
    context.reject({ row: unread.row, ...unread.fault }, null);
  };
  const openAt = (row: FieldRow): void => {
    const header = readHeader(row);
    const opened = open(header);
    if ('read' in opened) {
      table = opened;
      headerText = rowText(row);
      context.onHeader?.(row);
      return;
    }
    const width = header.names.filter((name) => name !== '').length;
    if (opened.rule !== 'header.known') {
      unread = { row: row.line, width, fault: opened };
      close();
      return;
    }
    if (unread === null || width > unread.width) unread = { row: row.line, width, fault: opened };
    triedCount += 1;
    if (triedCount === PREAMBLE_ROWS) close();
  };
  return {
    row: (row) => {
      if (isClosed || isIgnored(context.profile, row) || isBlank(row)) return;
      if (table === null) {
        openAt(row);
        return;
      }
      const fault = table.read(row, () => {
        const [line, text] = [row.line, rowText(row)];
        return (found) => {
          if (found !== null) rejectRow(line, found, text);
        };
      });
      if (fault === null) return;
      const text = rowText(row);
      // Reports begin each day with the names of their columns.
      if (text !== headerText) rejectRow(row.line, fault, text);
    },
    end: () => {
      close();
      table?.end?.();
    },
  };
}

function isBlank(row: FieldRow): boolean {
  if (row.start[0] !== row.end[0] && row.bytes[row.start[0]!]! > 32) return false;
  for (let field = 0; field < row.count; field += 1) {
    if (fieldText(row, field) !== '') return false;
  }
  return true;
}

/** Rules that a row breaks which is no reading. */
const OF_NOTES = new Set([
  'start.local_time',
  'start.instant_with_offset',
  'start.has_a_time',
  'day.civil',
  'meter.known',
  'row.same_width',
]);
const TOTAL =
  /^["'\s]*(total|totaux|totals?|grand total|sub-?total|sum|summe|somme|suma|soma|totale|totaal|gesamt|average|avg|mean|moyenne|mittelwert|media|promedio|min|max|minimum|maximum|peak|pointe|end|ende|fin|eof|note|source|remark|#|\*)(?![\p{L}\d])/iu;

/** How to mend a row that is a total, or a remark, and no reading: nothing else where it may be one. */
function asNote({ rule, value }: RowFault, text: string): Partial<RowFault> {
  if (!OF_NOTES.has(rule)) return {};
  const isTotal = TOTAL.test(text);
  // Words where a time should be.
  const isWords = rule !== 'meter.known' && !/\d/.test(value) && /^["\s]*\p{L}{3}/u.test(text);
  if (!isTotal && !isWords) return {};
  const start = /^"?[^\d,;\t|]{1,40}/.exec(text)?.[0].trimEnd() ?? text.slice(0, 12);
  return {
    ...(isTotal ? { detail: 'This row is a total or a remark, and no reading.' } : {}),
    fix: `If the row is no reading, name how it begins in the profile: ignoreLines: ${JSON.stringify([start])}.`,
  };
}
