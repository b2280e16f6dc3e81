import { QueryFailedError, TypeORMError } from 'typeorm';
import { DomainError } from '../../../core/errors.js';

/** SQLSTATE class of values that are not of their type. */
const DATA_EXCEPTION = '22';

/** Whether something failed because of what stands in the tables, and not because of the machine. */
export function isOfData(error: unknown): boolean {
  if (error instanceof QueryFailedError) {
    return (error as { code?: string }).code?.startsWith(DATA_EXCEPTION) === true;
  }
  if (error instanceof TypeORMError) return error.message.includes('where condition');
  if (error instanceof DomainError) return !error.code.startsWith('service.');
  const { name, code } = error as { readonly name?: string; readonly code?: unknown };
  // What the machine throws has a code; by name, because errors may be of another realm.
  return OF_VALUES.includes(name) || (name === 'Error' && code === undefined);
}

const OF_VALUES: readonly unknown[] = ['TypeError', 'RangeError', 'SyntaxError'];

/** What an error says, cut short. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : String(error);
}
