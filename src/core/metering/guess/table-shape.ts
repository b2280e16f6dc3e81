import {
  writtenDate,
  writtenStamp,
  writtenTime,
  stampRange,
  timeRange,
} from '../../time/written-stamp.js';

/** A line of a table, cut into its cells, white space and quotes taken off. */
export interface ShapeRow {
  readonly line: number;
  readonly text: string;
  readonly cells: readonly string[];
}

/** Where the parts of a table stand in a text. */
export interface TableShape {
  readonly delimiter: ',' | ';' | '\t' | '|';
  /** Rows before the header: titles, what was asked for. */
  readonly preamble: readonly ShapeRow[];
  /** Names of the columns, as the header writes them. */
  readonly names: readonly string[];
  readonly data: readonly ShapeRow[];
  /** Rows after the header that are no readings: units, totals, remarks. */
  readonly others: readonly ShapeRow[];
}

const DELIMITERS = ['\t', ';', '|', ','] as const;
const NUMBER = /^[+-]?(\d[\d.,' \u00a0\u202f]*|[.,]\d+)(e[+-]?\d+)?$/i;

/** Whether a cell is a number, however it is written. */
export const isNumber = (cell: string): boolean => NUMBER.test(cell);

/** Whether a cell says a date, a time of day or both, in any order of the date's parts. */
export function isTimeLike(cell: string): boolean {
  if (cell === '' || cell.length > 60) return false;
  const one = stampRange(cell)?.[0] ?? timeRange(cell)?.[0] ?? cell;
  if (/^\d{1,7}$/.test(one) || /^\d{9}$/.test(one)) return false;
  return (
    writtenStamp(one, 'DMY') !== null ||
    writtenStamp(one, 'MDY') !== null ||
    writtenStamp(one, 'YMD') !== null ||
    writtenDate(one, 'DMY') !== null ||
    writtenTime(one) !== null
  );
}

/** Cuts a line into cells; a quote may hold the delimiter. */
export function cellsOf(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let [cell, isQuoted] = ['', false];
  for (let at = 0; at < line.length; at += 1) {
    const mark = line[at]!;
    if (mark === '"') {
      if (isQuoted && line[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = !isQuoted;
    } else if (mark === delimiter && !isQuoted) {
      cells.push(cell);
      cell = '';
    } else cell += mark;
  }
  cells.push(cell);
  // A text that a spreadsheet shall not compute: ="…".
  return cells.map((one) => one.trim().replace(/^=/, (equals) => (one.length > 1 ? '' : equals)));
}

/**
 * Finds the table in a text: the delimiter that most rows of readings agree on, the header above them,
 * and what is no reading before, between and after.
 *
 * @returns Null where no rows hold a time and a number.
 */
export function tableShape(text: string): TableShape | null {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  const tried = DELIMITERS.map((delimiter) => shapeWith(lines, delimiter));
  const found = tried.filter((one) => one !== null);
  if (found.length === 0) return null;
  return found.reduce((best, one) => (weight(one) > weight(best) ? one : best));
}

const weight = ({ data, names }: TableShape): number =>
  data.length * 1000 + Math.min(999, names.length);

/** Whether the cells of a row may be a reading: a time, and a number or an empty cell beside it. */
function isReading(cells: readonly string[]): boolean {
  const times = cells.filter(isTimeLike).length;
  return times > 0 && cells.some((cell) => isNumber(cell) && !isTimeLike(cell));
}

function shapeWith(
  lines: readonly string[],
  delimiter: TableShape['delimiter'],
): TableShape | null {
  const rows = lines
    .map((text, at): ShapeRow => ({ line: at + 1, text, cells: cellsOf(text, delimiter) }))
    .filter(({ text }) => text.trim() !== '');
  const readings = rows.filter(({ cells }) => cells.length > 1 && isReading(cells));
  if (readings.length === 0) return null;
  const width = commonWidth(readings);
  const isData = ({ cells }: ShapeRow): boolean => isReading(cells) && fits(cells, width);
  // A lone row that looks like one may be a heading with a date in it: two in a row are the table.
  const first = rows.findIndex(
    (row, at) => isData(row) && (rows[at + 1] === undefined || isData(rows[at + 1]!)),
  );
  if (first < 0) return null;
  const header = headerAbove(rows.slice(0, first), width);
  if (header < 0) return null;
  const after = rows.slice(header + 1);
  return {
    delimiter,
    preamble: rows.slice(0, header),
    names: rows[header]!.cells,
    data: after.filter(isData),
    others: after.filter((row) => !isData(row) && row.text !== rows[header]!.text),
  };
}

function commonWidth(rows: readonly ShapeRow[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

const fits = (cells: readonly string[], width: number): boolean =>
  cells.length <= width || cells.slice(width).every((cell) => cell === '');

/**
 * The row that names the columns, as near above the readings as one does: each column by a name of its
 * own. A row of units serves where no other names all columns.
 */
function headerAbove(rows: readonly ShapeRow[], width: number): number {
  const near = rows
    .map((row, at) => ({ row, at }))
    .slice(-6)
    .toReversed()
    .filter(({ row }) => fits(row.cells, width) && !isReading(row.cells));
  const namesOf = ({ row }: { readonly row: ShapeRow }): string[] =>
    row.cells.filter((cell) => cell !== '' && !isNumber(cell) && !isFullTime(cell));
  const isWhole = (one: { readonly row: ShapeRow }): boolean =>
    namesOf(one).length === width && new Set(namesOf(one)).size === width;
  const isUnits = (one: { readonly row: ShapeRow }): boolean => namesOf(one).every(isUnitOrForm);
  const isHalf = (one: { readonly row: ShapeRow }): boolean =>
    namesOf(one).length >= 2 && namesOf(one).length * 2 >= width;
  const found =
    near.find((one) => isWhole(one) && !isUnits(one)) ??
    near.find(isWhole) ??
    near.find((one) => isHalf(one) && !isUnits(one));
  return found?.at ?? -1;
}

const isFullTime = (cell: string): boolean => isTimeLike(cell) && /\d{4}/.test(cell);

/** A unit, or how a time is written, as a line below the header says it. */
const isUnitOrForm = (cell: string): boolean =>
  /^\[?\(?(k|m|g)?(wh?|va?rh?|vah?|v|a|hz|°c)\)?\]?$/i.test(cell) ||
  /^[dmyhsjat:/\-. ]{5,}$/i.test(cell);

/** Lines that a profile has to pass over, by how they begin. */
export function ignoredStarts(shape: TableShape): string[] {
  const starts = shape.others.map(({ text }) => {
    const [word = ''] = /^"?[^\d,;\t|"]{3,40}|^[^\d]{1,12}/.exec(text) ?? [text.slice(0, 12)];
    return word === '' ? text.slice(0, 12) : word.trimEnd();
  });
  return [...new Set(starts)].filter((start) => start !== '').slice(0, 20);
}
