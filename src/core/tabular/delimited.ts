import { apostropheLength, NOTES } from './csv-text.js';

/** One row of a delimited file, as places in its bytes. Reused for every row: read it at once. */
export interface FieldRow {
  /** UTF-8 bytes that the places point into. */
  bytes: Uint8Array;
  /** Number of fields; `start` and `end` hold that many entries, `end` exclusive. */
  count: number;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** 1 where the field was quoted, and its doubled quotes stand for one. */
  readonly quoted: Uint8Array;
  /** Line where the row starts, as an editor shows it. */
  line: number;
  /** The whole row without its line break. */
  rowStart: number;
  rowEnd: number;
}

/** What fields may be divided by. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;

/** The delimiter that a header has most of; a comma where it has none. */
export function likelyDelimiter(header: string): string {
  const counts = DELIMITERS.map((delimiter) => ({
    delimiter,
    count: header.split(delimiter).length - 1,
  }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).delimiter;
}

/** Why a file cannot be read as rows. */
export interface DelimitedFault {
  readonly kind: 'quotes' | 'limit';
  readonly line: number;
  /** For `limit`: what is limited, and how much is allowed. */
  readonly limit: string;
  readonly allowed: number;
}

/** Feeds on bytes, gives rows. */
export interface RowScanner {
  /** Takes the next bytes; null, or why nothing more can be read. */
  push(chunk: Uint8Array): DelimitedFault | null;
  /** Ends the file: the last line may lack its break. */
  end(): DelimitedFault | null;
}

/** Largest sizes of a delimited file (API section 8). */
export const DELIMITED_LIMITS = { rows: 2_000_000, columns: 256, fieldBytes: 4_096 } as const;

/** Wide files hold up to 300 intervals of a day beside their names. */
export const WIDE_COLUMNS = 512;

const QUOTE = 34;
const EQUALS = 61;
const LF = 10;
const CR = 13;
const APOSTROPHE = 39;

interface Limits {
  readonly rows: number;
  readonly columns: number;
  readonly fieldBytes: number;
}

/** Lines that are no rows. */
export interface LineSkips {
  /** Whether the line that begins at `from` is passed over unread. */
  skipped(bytes: Uint8Array, from: number): boolean;
  /** Whether a line whose quotes are broken is passed over: nothing is read from it yet. */
  forgiven(): boolean;
}

/**
 * Splits UTF-8 bytes into rows and fields (RFC 4180: quotes, doubled quotes, LF or CRLF) without
 * making a text of any of them.
 *
 * @param delimiter  Code of the delimiting character, ASCII.
 * @param onRow      Called for each row that has a byte, in order; the row is reused.
 * @param limits     Rows after the first, columns, bytes a field.
 * @param skips      Whether a line that begins here is no row at all, whatever its quotes.
 */
export function scanRows(
  delimiter: number,
  onRow: (row: FieldRow) => void,
  limits: Limits = { ...DELIMITED_LIMITS, columns: WIDE_COLUMNS },
  skips?: LineSkips,
): RowScanner {
  const row: FieldRow = {
    bytes: new Uint8Array(0),
    count: 0,
    line: 1,
    rowStart: 0,
    rowEnd: 0,
    start: new Int32Array(limits.columns + 1),
    end: new Int32Array(limits.columns + 1),
    quoted: new Uint8Array(limits.columns + 1),
  };
  const state: ScanState = {
    delimiter,
    limits,
    row,
    nextLine: 1,
    rowCount: 0,
    fault: null,
    skips,
  };
  let buffer = new Uint8Array(0);
  let length = 0;
  const longest = limits.columns * limits.fieldBytes;
  // What is left of the last chunk and the next one stand in one buffer, which is used again.
  const append = (chunk: Uint8Array): void => {
    if (length + chunk.length > buffer.length) {
      const larger = new Uint8Array((length + chunk.length) * 2);
      larger.set(buffer.subarray(0, length));
      buffer = larger;
    }
    buffer.set(chunk, length);
    length += chunk.length;
  };
  const scan = (isLast: boolean): DelimitedFault | null => {
    const bytes = buffer.subarray(0, length);
    let at = 0;
    while (at < length && state.fault === null) {
      const next = readLine(state, bytes, at, isLast);
      if (next < 0) break;
      if (state.fault === null && row.rowEnd > row.rowStart) countRow(state, onRow);
      at = next;
    }
    buffer.copyWithin(0, at, length);
    length -= at;
    if (length > longest) fail(state, 'limit', 'bytes in a row', longest);
    return state.fault;
  };
  return {
    push: (chunk) => {
      append(chunk);
      return scan(false);
    },
    end: () => (state.fault === null && length > 0 ? scan(true) : state.fault),
  };
}

interface ScanState {
  readonly skips: LineSkips | undefined;
  readonly delimiter: number;
  readonly limits: Limits;
  readonly row: FieldRow;
  nextLine: number;
  rowCount: number;
  fault: DelimitedFault | null;
}

function countRow(state: ScanState, onRow: (row: FieldRow) => void): void {
  state.rowCount += 1;
  const { rows } = state.limits;
  if (state.rowCount > rows + 1) fail(state, 'limit', 'rows in one file', rows);
  else onRow(state.row);
}

function fail(
  state: ScanState,
  kind: DelimitedFault['kind'],
  limit: string,
  allowed: number,
): number {
  state.fault ??= { kind, line: state.row.line, limit, allowed };
  return -1;
}

/** Reads a line: a row, or one that is passed over. */
function readLine(state: ScanState, bytes: Uint8Array, from: number, isLast: boolean): number {
  const { skips } = state;
  if (skips?.skipped(bytes, from) === true) return skipLine(state, bytes, from, isLast);
  const next = readRow(state, bytes, from, isLast);
  if (state.fault?.kind !== 'quotes' || skips?.forgiven() !== true) return next;
  state.fault = null;
  return skipLine(state, bytes, from, isLast);
}

function skipLine(state: ScanState, bytes: Uint8Array, from: number, isLast: boolean): number {
  const { row } = state;
  const end = bytes.indexOf(LF, from);
  if (end < 0 && !isLast) return -1;
  row.line = state.nextLine;
  [row.count, row.rowStart, row.rowEnd] = [0, from, from];
  state.nextLine += 1;
  return end < 0 ? bytes.length : end + 1;
}

/** Reads one row into `state.row`; where the next one starts, or −1 when its end is not there yet. */
function readRow(state: ScanState, bytes: Uint8Array, from: number, isLast: boolean): number {
  const { row, delimiter, limits } = state;
  const { length } = bytes;
  row.bytes = bytes;
  row.line = state.nextLine;
  row.rowStart = from;
  row.count = 0;
  let at = from;
  let lines = 1;
  for (;;) {
    const field = row.count;
    if (field >= limits.columns) return fail(state, 'limit', 'columns', limits.columns);
    let start = at;
    let end: number;
    let isQuoted = 0;
    // Excel's own way of keeping a number as text: ="0001".
    const isFormula = at < length && bytes[at] === EQUALS && bytes[at + 1] === QUOTE;
    if (at < length && (isFormula || bytes[at] === QUOTE)) {
      isQuoted = 1;
      start = at + (isFormula ? 2 : 1);
      at = closingQuote(bytes, start);
      if (at < 0) return isLast ? fail(state, 'quotes', '', 0) : tooLong(state, length - start);
      end = at;
      for (let inside = start; inside < end; inside += 1) if (bytes[inside] === LF) lines += 1;
      at += 1;
      if (at === length && !isLast) return -1;
      if (at < length && !endsField(bytes[at]!, delimiter)) return fail(state, 'quotes', '', 0);
      if (at < length && bytes[at] === CR) at += 1;
    } else {
      let byte = 0;
      while (at < length && (byte = bytes[at]!) !== delimiter && byte !== LF) {
        if (byte === QUOTE) return fail(state, 'quotes', '', 0);
        at += 1;
      }
      if (at === length && !isLast) return tooLong(state, at - start);
      end = at > start && bytes[at - 1] === CR && bytes[at] !== delimiter ? at - 1 : at;
    }
    if (end - start > limits.fieldBytes) {
      return fail(state, 'limit', 'bytes in a field', limits.fieldBytes);
    }
    row.start[field] = start;
    row.end[field] = end;
    row.quoted[field] = isQuoted;
    row.count = field + 1;
    if (at < length && bytes[at] === delimiter) {
      at += 1;
      continue;
    }
    row.rowEnd = isQuoted === 1 ? end + 1 : end;
    if (at < length && bytes[at] !== LF) return fail(state, 'quotes', '', 0);
    state.nextLine += lines;
    return at < length ? at + 1 : at;
  }
}

/** An unfinished field waits for more bytes, but not for ever. */
function tooLong(state: ScanState, byteCount: number): number {
  const { fieldBytes } = state.limits;
  return byteCount > fieldBytes * 2 ? fail(state, 'limit', 'bytes in a field', fieldBytes) : -1;
}

/** Place of the quote that closes a field; −1 when it is not there. Doubled quotes are passed over. */
function closingQuote(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    if (bytes[at] !== QUOTE) continue;
    if (bytes[at + 1] !== QUOTE) return at;
    at += 1;
  }
  return -1;
}

const endsField = (byte: number, delimiter: number): boolean =>
  byte === delimiter || byte === LF || byte === CR;

/**
 * Takes from a row of a rejects file what we added: the notes at its end, and the apostrophe before
 * each cell that a spreadsheet would have computed.
 */
export function withoutNotes(row: FieldRow): void {
  row.count = Math.max(0, row.count - NOTES.length);
  for (let field = 0; field < row.count; field += 1) {
    if (row.bytes[row.start[field]!] !== APOSTROPHE) continue;
    const content = decoder.decode(row.bytes.subarray(row.start[field], row.end[field]));
    row.start[field]! += apostropheLength(content);
  }
  const last = row.count - 1;
  row.rowEnd = last < 0 ? row.rowStart : row.end[last]! + row.quoted[last]!;
}

const decoder = new TextDecoder();

/** A field as text, without white space around it; `''` for a field that the row does not have. */
export function fieldText(row: FieldRow, field: number): string {
  if (field < 0 || field >= row.count) return '';
  const text = decoder.decode(row.bytes.subarray(row.start[field], row.end[field]));
  return (row.quoted[field] === 1 ? text.replaceAll('""', '"') : text).trim();
}

/** All fields of a row as texts. */
export function fieldTexts(row: FieldRow): string[] {
  return Array.from({ length: row.count }, (_, field) => fieldText(row, field));
}

/** The row as it stands in the file, without its line break. */
export function rowText(row: FieldRow): string {
  return decoder.decode(row.bytes.subarray(row.rowStart, row.rowEnd));
}
