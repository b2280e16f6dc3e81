/** One thing wrong with a request body, by JSON pointer (RFC 6901). */
export interface PointerProblem {
  readonly pointer: string;
  readonly rule: string;
  readonly detail: string;
  /** How to mend it; absent where the rule says it. */
  readonly fix?: string;
}

/** One thing wrong with a row of a file: where it stands, what it holds, which rule, how to mend it. */
export interface RowProblem {
  /** Line in the file as an editor shows it; 1 is the header. For JSON, the item's position from 1. */
  readonly row: number;
  readonly column: string;
  /** The value as written, cut to 64 characters. */
  readonly value: string;
  readonly rule: string;
  readonly detail: string;
  readonly fix: string;
}

/** What is wrong with a row, without where the row stands; `column` is the field's name. */
export interface RowFault<Column extends string> extends Omit<
  RowProblem,
  'row' | 'column' | 'value'
> {
  readonly column: Column;
}
