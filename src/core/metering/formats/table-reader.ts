import { type FieldRow, rowText } from '../../tabular/delimited.js';
import type { RowFault } from '../intake.js';
import { type Header, isIgnored, readHeader, type ReadingContext } from './context.js';

/** A reader of rows of one file; the first row is its header. */
export interface RowReader {
  row(row: FieldRow): void;
}

/** Reads one row after the header; the first rule that it breaks, or null. */
export type ReadRow = (row: FieldRow) => RowFault | null;

/** Rules that a reading may break after others of its row have found their place. */
const PLACES = new Set(['interval.once_in_file', 'start.on_grid', 'start.plausible']);

/**
 * Reads a table: its header once, then its rows. A header that cannot be used is wrong for the whole
 * file. So is a reading without a place in a row of many: the row cannot be set aside, because what
 * stood before it in the row is taken already.
 *
 * @param open          What reads the rows under this header, or why it cannot be used.
 * @param readingsARow  Whether a row holds one reading or many.
 */
export function tableReader(
  context: ReadingContext,
  readingsARow: 'one' | 'many',
  open: (header: Header) => ReadRow | RowFault,
): RowReader {
  let read: ReadRow | null = null;
  let hasHeader = false;
  return {
    row: (row) => {
      if (isIgnored(context.profile, row)) return;
      if (!hasHeader) {
        hasHeader = true;
        const opened = open(readHeader(row));
        if (typeof opened === 'function') read = opened;
        else context.reject({ row: row.line, ...opened }, null);
        return;
      }
      const fault = read === null ? null : read(row);
      if (fault === null) return;
      const isHalfTaken = readingsARow === 'many' && PLACES.has(fault.rule);
      context.reject({ row: row.line, ...fault }, isHalfTaken ? null : rowText(row));
    },
  };
}
