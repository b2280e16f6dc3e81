import { type FieldRow, fieldText, rowText } from '../../tabular/delimited.js';
import type { RowFault } from '../intake.js';
import { type Header, isIgnored, readHeader, type ReadingContext } from './context.js';

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

/** Rules that a reading may break after others of its row have found their place. */
const PLACES = new Set(['interval.once_in_file', 'start.on_grid', 'start.plausible']);

/** Rules that put every other row of the file in doubt too. */
const OF_THE_FILE = new Set(['period.of_the_day', 'period.once']);

/** Rows that may stand before the header: titles, addresses, what was asked for. */
const PREAMBLE_ROWS = 50;

/**
 * Reads a table: its header once, then its rows. The header is the first row that names what is
 * looked for; a file without one is wrong as a whole, and so is one whose header cannot be used. So
 * is a reading without a place in a row of many: the row cannot be set aside, because what stood
 * before it in the row is taken already. Blank rows are passed over.
 *
 * @param open          What reads the rows under this header, or why it cannot be used.
 * @param readingsARow  Whether a row holds one reading or many.
 */
export function tableReader(
  context: ReadingContext,
  readingsARow: 'one' | 'many',
  open: (header: Header) => OpenTable | RowFault,
): RowReader {
  let table: OpenTable | null = null;
  let isClosed = false;
  // The widest row so far that was no header: most likely the one that was meant.
  let unread: { readonly row: number; readonly width: number; readonly fault: RowFault } | null =
    null;
  let triedCount = 0;
  const rejectRow = (line: number, fault: RowFault, text: string): void => {
    const isHalfTaken = readingsARow === 'many' && PLACES.has(fault.rule);
    const isWhole = isHalfTaken || OF_THE_FILE.has(fault.rule);
    context.reject({ row: line, ...fault }, isWhole ? null : text);
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
      if (fault !== null) rejectRow(row.line, fault, rowText(row));
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
