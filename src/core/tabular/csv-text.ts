/** Notes of ours beside rejected rows; a file that ends with them is one that we handed back. */
export const NOTES = [
  'mizan_line',
  'mizan_column',
  'mizan_rule',
  'mizan_detail',
  'mizan_fix',
] as const;

const SPECIAL = '[=+\\-@\\t\\r\\0]';
/** Content that a spreadsheet computes, also behind blanks or apostrophes of its own. */
const COMPUTED = new RegExp(`^(?:[\\t\\r]|['\\s]*${SPECIAL})`);
const PREFIXED = new RegExp(`^'(?=[\\t\\r]|['\\s]*${SPECIAL})`);
const NUMBER = /^\s*[+-]?[\d.,\s]*\d(e[+-]?\d+)?\s*$/i;

/** A cell of a table that is written: numbers and truth values as they are, texts harmless. */
export type CsvCell = string | number | boolean | { readonly asIs: string };

/**
 * Writes a table as CSV (RFC 4180; lines end with LF): a text cell that a spreadsheet would compute
 * has an apostrophe before it (API section 14), numbers stay numbers.
 */
export function csvTable(rows: Iterable<readonly CsvCell[]>): string {
  let text = '';
  for (const row of rows) text += `${row.map(cellText).join(',')}\n`;
  return text;
}

/** An amount, a count or another text that is known to be a number: it stays as it is. */
export const csvNumber = (number: string): CsvCell => ({ asIs: number });

/** A text cell that is on many lines: made harmless once. */
export const csvRepeated = (text: string): CsvCell => ({ asIs: csvText(text) });

function cellText(cell: CsvCell): string {
  if (typeof cell === 'number') return `${cell}`;
  if (typeof cell === 'string') return csvText(cell);
  return typeof cell === 'object' ? cell.asIs : String(cell);
}

/** A text cell that a spreadsheet neither splits nor computes; in quotes where it needs them. */
export function csvText(text: string): string {
  const harmless = `${COMPUTED.test(text) ? "'" : ''}${text}`;
  return /[",\n\r]/.test(harmless) ? quoted(harmless) : harmless;
}

/** As `csvText`, always in quotes: for files with any delimiter. */
export function quotedText(text: string): string {
  return quoted(`${COMPUTED.test(text) ? "'" : ''}${text}`);
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/**
 * A row as somebody wrote it, with an apostrophe before each text cell that a spreadsheet would
 * compute: a cell is computed by what follows its quote, so that is where it goes.
 */
export function harmlessRow(row: string, delimiter: string): string {
  return mapCells(row, delimiter, (content) =>
    COMPUTED.test(content) && !NUMBER.test(content) ? `'${content}` : content,
  );
}

/** The row that `harmlessRow` was given: one apostrophe less before each such cell. */
export function rowBeforeHarmless(row: string, delimiter: string): string {
  return mapCells(row, delimiter, (content) => content.slice(apostropheLength(content)));
}

/** 1 where a cell begins with an apostrophe of ours, else 0. */
export function apostropheLength(content: string): number {
  return PREFIXED.test(content) ? 1 : 0;
}

/** Whether a header is of a file that we handed back. */
export function endsWithNotes(names: readonly string[]): boolean {
  const last = names.slice(-NOTES.length);
  return names.length > NOTES.length && NOTES.every((note, at) => last[at] === note);
}

function mapCells(row: string, delimiter: string, map: (content: string) => string): string {
  const cells: string[] = [];
  let [from, isQuoted] = [0, false];
  for (let at = 0; at <= row.length; at += 1) {
    if (row[at] === '"') isQuoted = !isQuoted;
    if (at < row.length && (isQuoted || row[at] !== delimiter)) continue;
    const cell = row.slice(from, at);
    const start = cell.startsWith('"') ? '"' : '';
    const end = start !== '' && cell.length > 1 && cell.endsWith('"') ? '"' : '';
    cells.push(`${start}${map(cell.slice(start.length, cell.length - end.length))}${end}`);
    from = at + 1;
  }
  return cells.join(delimiter);
}
