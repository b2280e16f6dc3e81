import { DomainError, type RowProblem } from '../../core/errors.js';
import type { KeptFile } from './file-store.js';

const PROBLEMS_KEPT = 5_000;
const REJECTS_KEPT_BYTES = 16 * 1024 * 1024;

/** Collects what is wrong with a file: the problems, and the rows to hand back for mending. */
export class RowProblems {
  private readonly kept: RowProblem[] = [];
  private readonly rows: { readonly text: string; readonly problem: RowProblem }[] = [];
  private rowBytes = 0;
  private total = 0;
  private wholeFile = 0;

  /** Adds a problem; `rowText` is the row that is wrong alone, null where the whole file is. */
  add(problem: RowProblem, rowText: string | null = null): void {
    this.total += 1;
    const short = { ...problem, value: problem.value.slice(0, 64) };
    if (this.kept.length < PROBLEMS_KEPT) this.kept.push(short);
    this.rowBytes += rowText?.length ?? 0;
    if (rowText === null || this.rowBytes > REJECTS_KEPT_BYTES) this.wholeFile += 1;
    else this.rows.push({ text: rowText, problem: short });
  }

  get isEmpty(): boolean {
    return this.total === 0;
  }

  get count(): number {
    return this.total;
  }

  /** The first five thousand. */
  get list(): readonly RowProblem[] {
    return this.kept;
  }

  /** Whether every problem is one of a row alone, so that the other rows can be taken. */
  get areRowsOnly(): boolean {
    return this.wholeFile === 0;
  }

  /**
   * The rejected rows under the file's own header, each with what is wrong with it in columns that
   * are passed over when the mended file is sent: CSV, in the file's own delimiter.
   */
  *rejects(header: string, delimiter: string): Generator<string> {
    const notes = ['mizan_line', 'mizan_column', 'mizan_rule', 'mizan_detail', 'mizan_fix'];
    yield `${[harmlessRow(header, delimiter), ...notes].join(delimiter)}\n`;
    for (const { text, problem } of this.rows) {
      const { row, column, rule, detail, fix } = problem;
      const cells = [String(row), column, rule, detail, fix].map(quoted);
      yield `${[harmlessRow(text, delimiter), ...cells].join(delimiter)}\n`;
    }
  }

  /** @throws DomainError `import.rows_rejected` when there is any problem. */
  refuseIfAny(file: KeptFile): void {
    if (this.isEmpty) return;
    throw new DomainError('import.rows_rejected', {
      errors: this.kept,
      errorsTotal: this.total,
      fileSha256: file.sha256,
    });
  }
}

const NUMBER = /^[+-]?[\d.,\s]*\d(e[+-]?\d+)?$/i;

/**
 * A row as it was written, with an apostrophe before each text cell that a spreadsheet would compute
 * (API section 14): a cell is computed by what follows its quote, so that is where it goes. Numbers
 * stay as they are. Whoever mends such a cell writes its text anew; one that is a genuine name is
 * rejected again by its apostrophe, never taken in as another.
 */
export function harmlessRow(row: string, delimiter: string): string {
  const cells: string[] = [];
  let [from, isQuoted] = [0, false];
  for (let at = 0; at <= row.length; at += 1) {
    if (row[at] === '"') isQuoted = !isQuoted;
    if (at < row.length && (isQuoted || row[at] !== delimiter)) continue;
    cells.push(row.slice(from, at));
    from = at + 1;
  }
  return cells.map(harmlessCell).join(delimiter);
}

function harmlessCell(cell: string): string {
  const [, start, rest] = /^(\s*"?)([^]*)$/.exec(cell)!;
  const content = rest!.replace(/"\s*$/, '');
  const isComputed = /^\s*[=+\-@\0]/.test(content) || /^[\t\r]/.test(cell);
  return !isComputed || NUMBER.test(content.trim()) ? cell : `${start}'${rest}`;
}

/** A text cell that a spreadsheet neither splits nor computes (API section 14). */
function quoted(text: string): string {
  const harmless = /^[=+\-@\t\r\0]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
