import type { EntityManager } from 'typeorm';
import { DomainError, type RefusedByRecord, type RowProblem } from '../../../core/errors.js';
import { refusalOf } from '../refusals.js';

/** Where the row of a file stands, and what of it the record refuses. */
export type RefusedCell = Pick<RowProblem, 'row' | 'column' | 'value'>;

/** How rows of a file are written, and which cell of one to name where a constraint refuses it. */
export interface RowsToInsert<Row> {
  readonly rows: readonly Row[];
  /** Writes some of the rows, the first ones or all. */
  readonly insert: (rows: readonly Row[]) => Promise<void>;
  readonly cellOf: (row: Row, constraint: string) => RefusedCell;
}

/**
 * Writes the rows of a file. Where a constraint refuses them, the first row that it refuses is found by
 * writing ever fewer of them, so that the refusal names row, column, value and rule as any other does.
 *
 * @throws DomainError `energy.serial_overlaps`, `energy.not_conserved`, `constraint.violated`, each with
 *                     the row
 */
export async function insertRows<Row>(
  tx: EntityManager,
  { rows, insert, cellOf }: RowsToInsert<Row>,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query('SAVEPOINT rows');
  try {
    await insert(rows);
    await tx.query('RELEASE SAVEPOINT rows');
    return;
  } catch (error) {
    const refusal = refusalOf(error);
    if (!isOfConstraint(refusal)) throw error;
    await tx.query('ROLLBACK TO SAVEPOINT rows');
    const row = rows[(await firstRefused(tx, rows, insert)) - 1]!;
    const { constraint } = refusal.details;
    throw withRows(refusal, [refusedRow(cellOf(row, constraint), constraint)]);
  }
}

/** What a constraint says of a row; its name is a sentence. */
function refusedRow(cell: RefusedCell, constraint: string): RowProblem {
  return {
    ...cell,
    value: cell.value.slice(0, 64),
    rule: constraint,
    detail: `The record refuses the row, by the rule “${constraint.replaceAll('_', ' ')}”: this row and one that came before, here or in the record, cannot both be.`,
    fix: 'Leave the row out, or correct it; what stands is replaced only by what withdraws it.',
  };
}

/** A refusal with the rows that it is about. */
export function withRows(
  { code, details }: DomainError<RefusalCode>,
  errors: readonly RowProblem[],
): DomainError<RefusalCode> {
  return new DomainError(code, { ...details, errors });
}

type RefusalCode = 'energy.serial_overlaps' | 'energy.not_conserved' | 'constraint.violated';

function isOfConstraint(error: unknown): error is DomainError<RefusalCode> & {
  readonly details: RefusedByRecord;
} {
  return error instanceof DomainError && 'constraint' in error.details;
}

/** How many of the rows it takes until they are refused; all of them are. */
async function firstRefused<Row>(
  tx: EntityManager,
  rows: readonly Row[],
  insert: RowsToInsert<Row>['insert'],
): Promise<number> {
  let [fits, refused] = [0, rows.length];
  while (refused - fits > 1) {
    const middle = Math.floor((fits + refused) / 2);
    let isRefused = false;
    try {
      await insert(rows.slice(0, middle));
    } catch (error) {
      if (!isOfConstraint(refusalOf(error))) throw error;
      isRefused = true;
    }
    await tx.query('ROLLBACK TO SAVEPOINT rows');
    if (isRefused) refused = middle;
    else fits = middle;
  }
  return refused;
}
