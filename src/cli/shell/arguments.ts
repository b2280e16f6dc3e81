import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import { pointerProblems } from '../../platform/http/problems.js';

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

/**
 * Requires a place that a new file can be written to, before there is something to write. Nothing is
 * written over: a name that was mistyped may be of the only copy of something.
 *
 * @throws DomainError `request.invalid`
 */
export function requirePlaceFor(pointer: string, file: string): void {
  const detail = faultOf(() => {
    const there = statSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory() === true) return 'It is a folder.';
    if (there?.isFile() === true) return 'It is there already, and is not written over.';
    accessSync(there === undefined ? dirname(file) : file, constants.W_OK);
    return file === '' ? 'No file is named.' : null;
  });
  if (detail === null) return;
  const fix = 'Name a new file in a folder that is there and may be written to.';
  throw new DomainError('request.invalid', {
    errors: [{ pointer, rule: 'file.writable', detail: `${file}: ${detail}`, fix }],
  });
}

/** How such a file is opened: what came there meanwhile is not written over either. */
export function newFile(file: string): { readonly flags: 'wx' | 'w' } {
  // A device or a pipe is there already, and is what was asked for.
  const isOther = statSync(file, { throwIfNoEntry: false })?.isFile() === false;
  return { flags: isOther ? 'w' : 'wx' };
}

const FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file.',
  ENOTDIR: 'There is no such file.',
  ELOOP: 'Its links lead round in a circle.',
  ENAMETOOLONG: 'Its name is too long for a file.',
  EACCES: 'This user may not.',
  EPERM: 'This user may not.',
  EROFS: 'It is on a disk that is read only.',
};

function faultOf(look: () => string | null): string | null {
  try {
    return look();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const fault = FAULTS[code ?? ''];
    if (fault === undefined) throw error;
    return fault;
  }
}
