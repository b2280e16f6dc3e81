import type { EntityManager, EntityTarget, ObjectLiteral, ValueTransformer } from 'typeorm';
import { assert } from '../../../core/errors.js';

/** PostgreSQL sends `bigint` as text: the one place where a column becomes a number, checked. */
export const safeInteger: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: string | null) => (value === null ? null : toSafeInteger(value)),
};

/** A whole, safe number from text that PostgreSQL sent. */
export function toSafeInteger(text: string | number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) assert(false, `column: ${text} is not a whole, safe number`);
  return value;
}

/** `bigint[]` whose missing elements are null. */
export const safeIntegers: ValueTransformer = {
  to: (values: readonly (number | null)[]) => values,
  from: (values: (string | null)[]) =>
    values.map((value) => (value === null ? null : toSafeInteger(value))),
};

/** Names of an entity's columns in its table, but for the ledger's. */
export function columnNamesOf(tx: EntityManager, entity: EntityTarget<ObjectLiteral>): string[] {
  const { columns } = tx.connection.getMetadata(entity);
  return columns.map(({ databaseName }) => databaseName).filter((name) => name !== 'ledger_id');
}
