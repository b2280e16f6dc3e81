import { DomainError, type RowProblem } from '../../core/errors.js';
import { harmlessRow, NOTES, quotedText } from '../../core/tabular/csv-text.js';
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
   * are passed over when the mended file is sent: CSV, in the file's own delimiter. Cells that a
   * spreadsheet would compute have an apostrophe before them, which is taken off again then.
   */
  *rejects(header: string, delimiter: string): Generator<string> {
    yield `${[harmlessRow(header, delimiter), ...NOTES].join(delimiter)}\n`;
    for (const { text, problem } of this.rows) {
      const { row, column, rule, detail, fix } = problem;
      const cells = [String(row), column, rule, detail, fix].map(quotedText);
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
