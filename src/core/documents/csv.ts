import { type CsvCell, csvNumber, csvTable } from '../tabular/csv-text.js';
import { storedZip } from '../tabular/stored-zip.js';
import { type DocumentModel, type Table, tablesOf, typedCell, type TypedCell } from './model.js';

/** The table that a CSV of a document is, where none is named. */
export const MAIN_TABLE = 'figures';

/**
 * A table as CSV (RFC 4180): columns by their ids, numbers with a point and in the unit of the
 * statement, energy in Wh. Text that a spreadsheet would compute is harmless.
 */
export function tableCsv({ columns, rows }: Table): string {
  return csvTable([
    columns.map(({ id }) => id),
    ...rows.map((row) => row.map((cell, at) => csvCell(typedCell(cell, columns[at]!)))),
  ]);
}

/** Every table of a document as CSV, in one ZIP file whose bytes are the same each time. */
export function documentCsvs(document: DocumentModel): Uint8Array {
  const encoder = new TextEncoder();
  const files = tablesOf(document).map((table) => ({
    name: `${table.id}.csv`,
    bytes: encoder.encode(tableCsv(table)),
  }));
  return storedZip(files, document.identity.issuedAt);
}

function csvCell({ type, value }: TypedCell): CsvCell {
  if (value === null) return '';
  if (typeof value === 'number') return value;
  const isNumber = type === 'wh' || type === 'decimal' || type === 'mad' || type === 'pct';
  return isNumber ? csvNumber(value) : value;
}
