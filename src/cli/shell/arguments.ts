import { accessSync, constants, statSync } from 'node:fs';
import type { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { faultOf } from './new-file.js';

/**
 * Reads one argument by its shape.
 *
 * @param pointer  Where a fault is said to be: `/day`.
 * @throws DomainError `request.invalid`
 */
export function argument<Shape extends z.ZodType>(
  pointer: string,
  shape: Shape,
  word: string | undefined,
): z.output<Shape> {
  const { data, error } = shape.safeParse(word);
  if (error === undefined) return data;
  const errors = pointerProblems(error.issues);
  throw new DomainError('request.invalid', { errors: errors.map((one) => ({ ...one, pointer })) });
}

/**
 * Reads what a command was given as the document that it stands for.
 *
 * @throws DomainError `request.invalid`
 */
export function parsed<Shape extends z.ZodType>(shape: Shape, document: unknown): z.output<Shape> {
  const { data, error } = shape.safeParse(document);
  if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
  return data as z.output<Shape>;
}

/**
 * Requires files that can be read, before anything is done with one of them.
 *
 * @throws DomainError `import.file_unreadable`
 */
export function requireFiles(...paths: readonly string[]): void {
  for (const file of paths) {
    const detail = faultOf(() => {
      if (statSync(file).isDirectory()) return 'It is a folder.';
      accessSync(file, constants.R_OK);
      return null;
    });
    if (detail !== null) throw new DomainError('import.file_unreadable', { file, detail });
  }
}
